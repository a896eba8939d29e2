// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/context.h"
#include "engine/popen.h"
#include "engine/process.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace daemonscope::engine {

/// Internal to the engine: what a process object consists of (BaseProcess's attributes). `identity`, `parentPid` and
/// the configuration are the same in parent and child, however the child came to be.
class ProcessBody {
public:
    std::vector<unsigned> identity;  ///< path of numbers, empty for MainProcess
    int parentPid = 0;               ///< the creator's; 0 for MainProcess
    std::string parentName;          ///< the creator's name when the object was made
    std::optional<std::string> name; ///< none: class name and identity
    std::optional<bool> daemon;      ///< _config['daemon']; absent counts as no
    bool daemonExplicit = false;     ///< given to the constructor
    std::string authKey;
    unsigned nextChild = 1;     ///< the counter of the objects it makes
    Context* context = nullptr; ///< null: the default one
    Target target;
    Arguments args;
    std::unique_ptr<Popen> popen; ///< from start() to close(), in the parent only
    bool started = false;         ///< target and arguments are gone (after a successful start, in the parent)
    bool closed = false;
    bool announced = false; ///< daemonscope has been told that it was made

    /// Throws ValueError "process object is closed".
    void checkOpen() const;
};

/// "3", "-SIGTERM"
std::string exitCodeName(int code);
/// "1:2", as in a default name.
std::string identityText(const std::vector<unsigned>& identity, char separator);

} // namespace daemonscope::engine
