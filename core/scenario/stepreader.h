// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/readscope.h"
#include "scenario/valuereader.h"

#include <initializer_list>
#include <string>
#include <vector>

/// Internal to the reader: steps, one member for each verb. All throw ReadError.
namespace daemonscope::scenario {

constexpr unsigned maxScenarioSteps = 2000;

class StepReader {
public:
    /// `stepCount` is the id of the next step, and goes on from function to function.
    StepReader(ReadScope& scope, unsigned& stepCount)
        : scope_(scope)
        , stepCount_(stepCount)
    {
    }
    Steps steps(const YamlNode& node);

private:
    using Verb = Action (StepReader::*)(const YamlNode&);
    struct KnownVerb {
        const char* name;
        Verb read;
    };
    static const std::vector<KnownVerb>& verbs();
    Step step(const YamlNode& node);

    // Runs of steps.
    Action repeat(const YamlNode& node);
    Action forever(const YamlNode& node);
    Action repeatUntilSet(const YamlNode& node);
    Action tryCatch(const YamlNode& node);
    Action withLock(const YamlNode& node);
    Action call(const YamlNode& node);
    Action forkCopy(const YamlNode& node);
    Action daemonize(const YamlNode& node);
    Action comment(const YamlNode& node);

    // Processes and threads.
    Action create(const YamlNode& node);
    Action thread(const YamlNode& node);
    Action start(const YamlNode& node);
    Action join(const YamlNode& node);
    Action terminate(const YamlNode& node);
    Action killProcess(const YamlNode& node);
    Action close(const YamlNode& node);
    Action setDaemon(const YamlNode& node);
    Action setStartMethod(const YamlNode& node);
    Action exit(const YamlNode& node);
    Action osExit(const YamlNode& node);
    Action raise(const YamlNode& node);

    // The operating system.
    Action print(const YamlNode& node);
    Action sleep(const YamlNode& node);
    Action onSignal(const YamlNode& node);
    Action sendSignal(const YamlNode& node);
    Action open(const YamlNode& node);
    Action write(const YamlNode& node);
    Action countLines(const YamlNode& node);
    Action runCommand(const YamlNode& node);

    // What is shared.
    Action make(const YamlNode& node);
    Action acquire(const YamlNode& node);
    Action release(const YamlNode& node);
    Action setEvent(const YamlNode& node);
    Action waitEvent(const YamlNode& node);
    Action put(const YamlNode& node);
    Action get(const YamlNode& node);

    /// A mapping with all of `required`, and of `optional` what is wanted.
    static void checkKeys(const YamlNode& node, std::initializer_list<const char*> required,
        std::initializer_list<const char*> optional = {});
    /// The value of a required key.
    static const YamlNode& field(const YamlNode& node, const char* key);
    static bool flag(const YamlNode& node, const char* key, bool otherwise);
    std::optional<Duration> timeout(const YamlNode& node);
    std::string result(const YamlNode& node);
    /// Steps that are taken perhaps, so that what they make is not known afterwards.
    Steps perhaps(const YamlNode& node);
    /// Function and arguments of call, fork, daemonize.
    template <class T> T calling(const YamlNode& node);
    /// Function, arguments, name and flag of create and thread.
    template <class T> T creating(const YamlNode& node, const char* variable, TypeSet type);

    ReadScope& scope_;
    unsigned& stepCount_;
};

} // namespace daemonscope::scenario
