// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

/// Internal to the engine: a process that was started, as its parent holds it (Lib/multiprocessing/popen_fork.py,
/// popen_spawn_posix.py, popen_forkserver.py).
namespace daemonscope::engine {

class Process;

class Popen {
public:
    virtual ~Popen() = default;
    Popen(const Popen&) = delete;
    Popen& operator=(const Popen&) = delete;

    /// When daemonscope is told of an end that is seen: at once, or with what the caller is sure to tell it next.
    enum class Telling { Now, WithNext };

    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] int sentinel() const { return sentinel_.get(); }
    /// What is known of the end, without looking.
    [[nodiscard]] std::optional<int> returnCode() const;
    /// Looks, or waits, for the end: exit code or minus the signal. Nothing if it runs, and also if somebody else
    /// reaped it. May be called by several threads at once. Throws what a signal handler throws.
    virtual std::optional<int> poll(bool block, Telling telling = Telling::Now) = 0;
    /// poll(), after at most `timeout` of waiting on the sentinel; without a time-out waits in poll().
    std::optional<int> wait(std::optional<std::chrono::nanoseconds> timeout, Telling telling = Telling::Now);
    /// Sends it, unless the end has been seen: Popen._send_signal. Throws OSError.
    void sendSignal(int signalNumber, bool atExit);

protected:
    Popen(int pid, UniqueFd sentinel, UniqueFd parentPipe)
        : pid_(pid)
        , sentinel_(std::move(sentinel))
        , parentPipe_(std::move(parentPipe))
    {
    }
    /// Notes the end and tells daemonscope.
    void setReturnCode(int code, Telling telling);

private:
    int pid_;
    UniqueFd sentinel_;   ///< read end; the child has the write end
    UniqueFd parentPipe_; ///< write end of what the child's ParentProcess watches, if that is a pipe
    static constexpr int unknownCode = -100000;
    std::atomic<int> returnCode_ = unknownCode;
};

/// A child of ours by the kernel, which waitpid() waits for: fork and spawn.
class ChildPopen : public Popen {
public:
    ChildPopen(int pid, UniqueFd sentinel, UniqueFd parentPipe)
        : Popen(pid, std::move(sentinel), std::move(parentPipe))
    {
    }
    std::optional<int> poll(bool block, Telling telling) override;
};

/// Each starts the process and returns in the parent only. They throw OSError, and the last two PicklingError.
std::unique_ptr<Popen> startFork(Process& process);
std::unique_ptr<Popen> startSpawn(Process& process);
std::unique_ptr<Popen> startForkServer(Process& process);

/// What a process that was executed by the engine has to do instead of the program: the words behind the program's name
/// say it ("--multiprocessing-fork …", "--multiprocessing-forkserver …", "--multiprocessing-tracker …").
/// Nothing if the words say nothing of the kind. Otherwise does it, and gives the exit status.
std::optional<int> runHelperRole(int argc, char** argv);

} // namespace daemonscope::engine
