// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/popen.h"

#include "engine/errors.h"
#include "engine/forkcalls.h"
#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"
#include "engine/state.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace daemonscope::engine {
namespace {

struct CloseOnExecPipe {
    UniqueFd reader;
    UniqueFd writer;
};

CloseOnExecPipe makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw OSError(errno);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// A pidfd of this process, one for all the children that it forks; -1 where the kernel gives none.
DAEMONSCOPE_IN_EACH_FORK int ownPidfd()
{
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    const int pid = ::getpid();
    if (runtime.ownPidfdOf != pid) { // a forked child has that of its parent
        runtime.ownPidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
        runtime.ownPidfdOf = pid;
    }
    return runtime.ownPidfd;
}

/// Waits for the end of a child without reaping it. False: nobody will see its end any more, as somebody reaped it.
bool awaitChildEnd(int pid)
{
    // A pidfd, so that a signal cannot slip in between the look at it and the wait (ppoll in waitReadable).
    if (inMainThread()) {
        const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (handle.valid())
            return waitReadable(handle.get(), std::nullopt);
        if (errno == ESRCH)
            return false;
    }
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0) {
        if (errno != EINTR)
            return false;
        runPendingSignalHandlers();
    }
    return true;
}

/// In the child: everything up to its end.
[[noreturn]] DAEMONSCOPE_IN_EACH_FORK void runForkedChild(ProcessPtr process, int parentSentinel)
{
    RuntimeState& runtime = state();
    const bool ownHandlers = runtime.profile == Profile::Python313;
    if (ownHandlers) {
        runtime.atExitHandlers.clear();
        runtime.exitSequenceRegistered = false;
    }
    const auto leave = [ownHandlers](int code) {
        if (ownHandlers) {
            runAtExitHandlers();
            flushStandardStreams();
        }
        ::_exit(code & 0xff);
    };
    try {
        leave(bootstrap(std::move(process), parentSentinel));
    } catch (const abi::__forced_unwind&) {
        leave(0);
    }
    ::_exit(1); // not reached
}

} // namespace

std::optional<int> Popen::returnCode() const
{
    const int code = returnCode_.load();
    return code == unknownCode ? std::nullopt : std::optional(code);
}

std::optional<int> Popen::wait(std::optional<std::chrono::nanoseconds> timeout, Telling telling)
{
    if (const auto known = returnCode())
        return known;
    if (timeout && !waitReadable(sentinel(), timeout))
        return std::nullopt;
    return poll(!timeout || timeout->count() != 0, telling);
}

void Popen::sendSignal(int signalNumber, bool atExit)
{
    if (returnCode())
        return;
    if (report::enabled())
        report::Packet("signal").number("child", pid_).number("sig", signalNumber).flag("at_exit", atExit).send();
    if (::kill(pid_, signalNumber) == 0 || errno == ESRCH)
        return;
    const int error = errno;
    if (!wait(std::chrono::milliseconds(100)))
        throw OSError(error);
}

void Popen::setReturnCode(int code, Telling telling)
{
    returnCode_.store(code);
    if (!report::enabled())
        return;
    report::Packet packet("reaped");
    packet.number("child", pid_).number("code", code);
    if (telling == Telling::Now)
        packet.send();
    else
        packet.sendWithNext();
}

std::optional<int> ChildPopen::poll(bool block, Telling telling)
{
    for (;;) {
        if (const auto known = returnCode())
            return known;
        {
            // One thread reaps and notes it before another may look.
            const std::lock_guard lock(state().mutex);
            if (const auto known = returnCode())
                return known;
            int status = 0;
            const pid_t ended = ::waitpid(pid(), &status, WNOHANG);
            if (ended == pid()) {
                setReturnCode(WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), telling);
                return returnCode();
            }
            if (ended < 0 && errno != EINTR)
                return std::nullopt;
        }
        if (!block)
            return std::nullopt;
        if (!awaitChildEnd(pid()))
            block = false;
    }
}

DAEMONSCOPE_IN_EACH_FORK std::unique_ptr<Popen> startFork(Process& process)
{
    flushStandardStreams();
    CloseOnExecPipe end = makePipe(); // its writer is the child's: readable here when that is gone
    int parent = ownPidfd();          // what the child's ParentProcess watches
    CloseOnExecPipe parentPipe;       // does it where there are no pidfds
    if (parent < 0) {
        parentPipe = makePipe();
        parent = parentPipe.reader.get();
    }
    ProcessPtr self = process.shared_from_this(); // counted before the fork, not in a page that it has to copy
    const int pid = forkEngine();
    if (pid == 0) {
        closeInFork(end.reader.release());
        if (parentPipe.writer.valid())
            closeInFork(parentPipe.writer.release());
        (void)parentPipe.reader.release();
        runForkedChild(std::move(self), parent);
    }
    return std::make_unique<ChildPopen>(pid, std::move(end.reader), std::move(parentPipe.writer));
}

} // namespace daemonscope::engine
