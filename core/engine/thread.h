// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/target.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace daemonscope::engine {

class ThreadBody;

struct ThreadOptions {
    // Each has an initialiser, so that -Wextra accepts the designated ones that a program picks.
    Target target = {};
    Arguments args = {};
    std::string name = {};           ///< empty: "Thread-1 (count)", as Python 3.10 and newer
    std::optional<bool> daemon = {}; ///< empty: inherited from the thread that makes the object
};

/// threading.Thread: a process waits for its threads before its exit sequence, except for daemon threads, which simply
/// stop being there. An exception in one is printed ("Exception in thread T:") and changes no exit code; SystemExit
/// ends it silently, and so does pthread_exit(3). Only the thread that forks is in the child. Copies share one thread.
class Thread {
public:
    explicit Thread(ThreadOptions options);

    /// Throws RuntimeError "threads can only be started once", or "can't start new thread".
    void start();
    /// Throws RuntimeError "cannot join thread before it is started", "cannot join current thread".
    void join(std::optional<std::chrono::nanoseconds> timeout = std::nullopt);
    [[nodiscard]] bool isAlive() const;
    [[nodiscard]] std::string name() const;
    [[nodiscard]] bool daemon() const;
    /// Throws RuntimeError "cannot set daemon status of active thread".
    void setDaemon(bool daemon);

private:
    std::shared_ptr<ThreadBody> body_;
};

/// The name of the thread that asks: "MainThread", a Thread's name, or "Dummy-1" for one the engine did not make. A
/// forked child's only thread keeps the name it had in the parent.
[[nodiscard]] std::string currentThreadName();
[[nodiscard]] bool currentThreadIsDaemon();

} // namespace daemonscope::engine
