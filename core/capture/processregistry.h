// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/ids.h"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace daemonscope {

/// A process that has not been seen to end.
struct LiveProcess {
    ProcessId id;
    std::chrono::nanoseconds seen{}; ///< when it was announced, on the clock sinceBoot()
    bool stopped = false;            ///< by a signal, as far as the kernel witness saw
    bool frozen = false;             ///< the recorder has sent it SIGSTOP (Freezer)
    bool letGo = false;              ///< may be traced by another process of the program (LetGo)
};

/// Gives every process of a recording its identity, and joins the witnesses: whichever of them speaks of a pid means
/// the process that had the pid last. Thread safe.
class ProcessRegistry {
public:
    /// A process was born with this pid: gives it the next serial.
    ProcessId born(std::int32_t pid);
    /// The kernel announces a birth, but may do so after another witness has spoken of the process: the identity that
    /// the pid got then, if nobody has announced it yet and it has not ended; else the next serial.
    ProcessId announced(std::int32_t pid);
    /// The process that has this pid, or had it last.
    [[nodiscard]] std::optional<ProcessId> find(std::int32_t pid) const;
    /// The same, or a new identity for a process that no witness has announced; `isNew` tells which.
    ProcessId findOrAdd(std::int32_t pid, bool& isNew);
    /// The process with this pid is dead and about to be collected, after which the kernel may use its pid again: from
    /// now on whileAlive() refuses it.
    void ending(std::int32_t pid);
    /// The same, unless another process has its pid by now.
    void ending(ProcessId process);
    /// The process with this pid has ended. Its pid still finds it, until another one is born with it.
    void ended(std::int32_t pid);
    /// The same, unless another process has its pid by now.
    void ended(ProcessId process);
    [[nodiscard]] bool lives(std::int32_t pid) const;
    /// The same, and the kernel witness has told its birth.
    [[nodiscard]] bool isAnnounced(std::int32_t pid) const;
    [[nodiscard]] std::vector<std::int32_t> livePids() const;
    /// The living, in order of birth.
    [[nodiscard]] std::vector<LiveProcess> live() const;
    /// The next living ones after serial `after` (none: from the first), at most `limit`, in order of birth.
    [[nodiscard]] std::vector<LiveProcess> liveAfter(std::optional<std::uint32_t> after, std::size_t limit) const;

    /// Does `action`, which must be short, at a moment at which `id` has not been collected by the recorder, so that
    /// its pid means no other process. Returns when it was announced (LiveProcess::seen); nothing, without the action,
    /// if it is dead or the pid belongs to another one now.
    std::optional<std::chrono::nanoseconds> whileAlive(ProcessId id, const std::function<void()>& action) const;

    /// The kernel witness saw it stop or go on.
    void setStopped(std::int32_t pid, bool stopped);
    /// It is not followed by ptrace any more, or has never been.
    void setLetGo(std::int32_t pid);
    /// Marks it as frozen by the recorder, if it lives, is not stopped and is not marked; whether that was so.
    bool freeze(ProcessId id);
    /// Takes the mark off.
    void unfreeze(std::int32_t pid);
    [[nodiscard]] bool isFrozen(std::int32_t pid) const;
    /// `ask` is called, in any thread and with nothing locked here, before a pid is said to be nobody's: a witness that
    /// hears of births later than they happen tells what it has not told yet. Nothing to ask if it is empty.
    void askBeforeUnknown(std::function<void()> ask);

private:
    struct Entry {
        LiveProcess process;
        bool alive = true;
        bool ending = false;
        bool announced = true; ///< by the kernel
    };
    ProcessId add(std::int32_t pid);
    void end(Entry& entry);
    [[nodiscard]] const Entry* living(std::int32_t pid) const;
    void askIfUnknown(std::int32_t pid, std::unique_lock<std::mutex>& lock) const;

    mutable std::mutex mutex_;
    std::function<void()> ask_;
    std::unordered_map<std::int32_t, Entry> byPid_;
    std::map<std::uint32_t, std::int32_t> live_; ///< pids by serial
    std::uint32_t nextSerial_ = 0;
};

} // namespace daemonscope
