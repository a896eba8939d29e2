// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace daemonscope::engine {

/// What a child knows of the process that started it (logically: with forkserver that is not its parent by the kernel).
class ParentProcess {
public:
    ParentProcess(std::string name, int pid, int sentinel);
    ~ParentProcess();
    ParentProcess(const ParentProcess&) = delete;
    ParentProcess& operator=(const ParentProcess&) = delete;

    /// The name it had when the object was made.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] bool daemon() const { return false; } ///< always, as in Python
    [[nodiscard]] bool isAlive() const;
    void join(std::optional<std::chrono::nanoseconds> timeout = std::nullopt) const;
    [[nodiscard]] std::optional<int> exitCode() const { return std::nullopt; } ///< always, as in Python
    /// Both throw AttributeError "'NoneType' object has no attribute 'terminate'" (or 'kill'): a child does not end its
    /// parent.
    [[noreturn]] void terminate() const;
    [[noreturn]] void kill() const;

private:
    std::string name_;
    int pid_;
    int sentinel_;
};
/// Nothing in a program's first process.
[[nodiscard]] std::shared_ptr<ParentProcess> parentProcess();

} // namespace daemonscope::engine
