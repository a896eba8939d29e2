// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace daemonscope::test {

using std::chrono::milliseconds;

/// Which witnesses a story has, and how its output is captured.
struct Witnesses {
    bool kernel = true;
    bool runtime = true;
    bool calls = false;  ///< kill() and its like, and who collects
    std::string means{}; ///< the kernel witness's; empty: ptrace, as in older recordings
};

/// What is said of a Process object and its start.
struct ChildTraits {
    bool daemon = false;
    bool daemonExplicit = false; ///< given to the constructor; else inherited
    std::string method = "fork";
    std::string target = "work";
    std::string place = "/src/story.py:10";
    std::optional<ProcessId> forker{}; ///< by the kernel; the creator if none (forkserver!)
};

/// A stream of events, made step by step in the words of what happened. Times are milliseconds since the program's
/// start, which is at kStart. Events are kept in the order in which they were added, as in a recording.
class Story {
public:
    static constexpr EventTime kStart = std::chrono::seconds(1000);
    static constexpr int kRecorderPid = 4000;

    explicit Story(Witnesses witnesses = {});

    /// Any event at all.
    Story& add(milliseconds t, ProcessId process, Witness witness, Payload payload);
    Story& kernel(milliseconds t, ProcessId process, Payload payload);
    Story& runtime(milliseconds t, ProcessId process, Payload payload);
    Story& ended(milliseconds t); ///< RecordingEnded

    // What the kernel sees. Born, exec and exit events are left out in a story without a kernel witness.
    ProcessId launch(milliseconds t, std::vector<std::string> argv);
    ProcessId fork(milliseconds t, ProcessId parent);
    Story& exec(milliseconds t, ProcessId process, std::vector<std::string> argv);
    Story& exited(milliseconds t, ProcessId process, int code);
    Story& died(milliseconds t, ProcessId process, int signal);
    Story& reaped(milliseconds t, ProcessId process, std::optional<ProcessId> by);
    /// A signal from a process of the story; nothing for one that comes from elsewhere, by pid and si_code.
    Story& delivered(milliseconds t, ProcessId process, int signal, ProcessId sender);
    Story& delivered(milliseconds t, ProcessId process, int signal, int senderPid, int code);

    // What Python tells.
    /// Launches a Python main: born, exec, interpreter; ready at `t` + 20 ms.
    ProcessId launchPython(milliseconds t);
    Story& interpreter(milliseconds t, ProcessId process, const std::string& role);
    ObjectId object(milliseconds t, ProcessId creator, const std::string& identity, const std::string& name,
        const ChildTraits& traits = {});
    /// start() of an object, from the call at `t` to the child's bootstrap at `t` + 3 ms and the return at `t` + 4 ms.
    ProcessId start(milliseconds t, const ObjectId& object, const std::string& name, const ChildTraits& traits = {});
    /// object() and start() in one; the identity is the number of the story's children.
    ProcessId child(milliseconds t, ProcessId creator, const std::string& name, const ChildTraits& traits = {});
    Story& join(
        milliseconds begin, std::optional<milliseconds> end, ProcessId waiter, ProcessId child, bool timedOut = false);
    /// A child whose target returned, and that then ended with this code 2 ms later.
    Story& returned(milliseconds t, ProcessId child, int code = 0);
    /// The end of main's code and the begin of its exit sequence 1 ms later.
    Story& mainCodeEnds(
        milliseconds t, ProcessId main, const std::vector<ProcessId>& daemons, const std::vector<ProcessId>& others);
    /// The exit sequence terminates a daemon: step, sending, delivery and death within 3 ms.
    Story& terminateAtExit(milliseconds t, ProcessId main, ProcessId daemon);
    /// The exit sequence joins a child from `begin` to `end`.
    Story& joinAtExit(milliseconds begin, milliseconds end, ProcessId main, ProcessId child);

    [[nodiscard]] ObjectId objectOf(ProcessId child) const;
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }
    /// The fold of all events, or of those up to a time.
    [[nodiscard]] ProcessTree tree() const;
    [[nodiscard]] ProcessTree treeUntil(milliseconds t) const;
    /// The story's time as an event's.
    static EventTime time(milliseconds t) { return kStart + t; }

private:
    ProcessId next();

    Witnesses witnesses_;
    std::vector<Event> events_;
    std::vector<std::pair<ProcessId, ObjectId>> objects_;
    std::vector<std::pair<ProcessId, std::string>> names_;
    std::uint32_t serial_ = 0;
    int identity_ = 0;
};

/// A main process that starts a daemon and a non-daemon, ends its code after 3 s, terminates the daemon and waits until
/// 5 s for the other one: the story of the reference pictures.
struct ReferenceStory {
    explicit ReferenceStory(Witnesses witnesses = {});
    Story story;
    ProcessId main;
    ProcessId daemon;
    ProcessId worker;
};

} // namespace daemonscope::test
