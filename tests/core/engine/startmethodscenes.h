// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/context.h"

#include <map>
#include <optional>
#include <string>

/// Programs under the engine, each a run of the test's own executable; they print what they observe, "key = value".
const std::map<std::string, void (*)(daemonscope::engine::Context&)>& startMethodScenes();

/// Prints what a scene observes.
void say(const std::string& key, const std::string& value);
void say(const std::string& key, const char* value);
void say(const std::string& key, bool value);
void say(const std::string& key, std::optional<int> value);

/// What the scenes' processes run: names of registered targets.
namespace scenetarget {
extern const daemonscope::engine::Target endAs; ///< (how): ends in the way that `how` says
extern const daemonscope::engine::Target sleep;
extern const daemonscope::engine::Target who;          ///< (key, main's pid): says who it is
extern const daemonscope::engine::Target nest;         ///< (main's pid): the same, and has a child that does it
extern const daemonscope::engine::Target share;        ///< (lock, event, queue, the same queue, text, number, truth)
extern const daemonscope::engine::Target signals;      ///< (key): says what it does about signals
extern const daemonscope::engine::Target surroundings; ///< (descriptor)
extern const daemonscope::engine::Target handlers;     ///< registers an atexit handler and a finalizer
extern const daemonscope::engine::Target threadExit;   ///< (with a daemon): the same, and ends its main thread
extern const daemonscope::engine::Target leave;        ///< (event): ends, and leaves a fork that waits for the event
} // namespace scenetarget

class SceneWorker : public daemonscope::engine::Process {
public:
    using Process::Process;
    void run() override;
    [[nodiscard]] std::string className() const override { return "SceneWorker"; }
};
