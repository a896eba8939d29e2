// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/filter.h"
#include "os/ptrace.h"
#include "os/result.h"
#include "os/uniquefd.h"

#include <cstdint>
#include <optional>

namespace daemonscope {

/// Hears of the calls that the recorder's filter looks at from a process that is not traced any more, and from all that
/// it makes (seccomp_unotify(2)). Without somebody who answers, these calls would fail: each must be let go on, or be
/// answered. A program has at most one such listener. Belongs to one thread after install().
class SyscallListener {
public:
    /// Gives a process, all of whose threads are traced by this thread and stopped, `tid` among them as RemoteCalls
    /// wants it, a second filter by which the calls of the first one come here. The thread stays stopped, to be
    /// detached at once. An error leaves the process as it is, unless it says otherwise.
    static Result<SyscallListener> install(
        std::int32_t tid, std::int32_t pid, bool manyThreads, const SyscallFilter& filter);

    /// Can be polled for input, and for a hang-up (poll(2)).
    [[nodiscard]] int descriptor() const { return descriptor_.get(); }
    /// Nobody is left who could make a call. Where the kernel is older than 6.11, the ended count until collected.
    [[nodiscard]] bool hungUp() const;

    struct Call {
        std::uint64_t id = 0;
        std::int32_t tid = 0; ///< in the recorder's numbers
        tracing::SyscallEntry entry;
    };
    /// The next call that waits for an answer; does not wait.
    [[nodiscard]] std::optional<Call> next() const;
    /// Whether it still waits, so that what was read of its thread was its own.
    [[nodiscard]] bool waits(const Call& call) const;
    /// Lets it be made.
    void letPass(const Call& call) const;
    /// Gives a duplicate of the caller's own descriptor `fd` as its result; whether that was possible.
    [[nodiscard]] bool answerByDuplicate(const Call& call, int fd, bool closeOnExec) const;

private:
    explicit SyscallListener(UniqueFd descriptor)
        : descriptor_(std::move(descriptor))
    {
    }
    UniqueFd descriptor_;
};

} // namespace daemonscope
