// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>

namespace daemonscope::tracing {

/// Lets a thread that is traced and stopped make system calls of the tracer's choice, and then go on as if nothing had
/// been: with the registers that it had, in front of the call at whose door it stood, or in the blocked call that its
/// stop has interrupted. Meanwhile no signal reaches it. The process's other threads must be stopped. Belongs to the
/// tracer's thread.
class RemoteCalls {
public:
    /// The thread must stand at a seccomp stop, or at an event stop, also one for a stopped group. Nothing if it is no
    /// 64-bit program's, or if no place was found from which to call.
    static std::optional<RemoteCalls> begin(std::int32_t tid);
    RemoteCalls(RemoteCalls&&) noexcept;
    RemoteCalls& operator=(RemoteCalls&&) noexcept;
    RemoteCalls(const RemoteCalls&) = delete;
    RemoteCalls& operator=(const RemoteCalls&) = delete;
    ~RemoteCalls();

    /// Its result, a value or minus an errno; nothing if the thread was killed.
    std::optional<std::int64_t> make(std::uint64_t number, std::initializer_list<std::uint64_t> arguments);
    /// Puts everything back and leaves the thread stopped, to be detached. One that stood at a seccomp stop makes its
    /// call anew then. False if the thread was killed.
    bool end();

private:
    struct State;
    explicit RemoteCalls(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace daemonscope::tracing
