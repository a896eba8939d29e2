// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/letgocalls.h"
#include "capture/lightwitness.h"
#include "capture/reapwatch.h"

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace daemonscope {

/// The processes that the tracer has let go of, because another one of the program is to trace them (a debugger,
/// strace), and all that comes of them. From then on they are followed by the light witness, and the calls that they
/// make are answered by LetGoCalls. Both begin with the first such process. Belongs to the tracer's thread.
class LetGo {
public:
    struct Callbacks {
        std::function<void(ProcessId process)> takeLastWords;
        std::function<bool(std::uint64_t inode)> isProgramEnd; ///< whether a socket is one of the program's streams
        /// The process is not ended with the tracer any more, should the recorder be killed: sees to it in another way.
        std::function<Outcome(std::int32_t pid)> keep;
    };
    /// `filter`: what the program was launched with.
    LetGo(RecordingWriter& recording, ProcessRegistry& processes, ReapWatch& reaping, const SyscallFilter& filter,
        Callbacks callbacks);
    ~LetGo();
    LetGo(const LetGo&) = delete;
    LetGo& operator=(const LetGo&) = delete;

    /// A process that this thread traces. All its threads are held.
    struct Leaver {
        ProcessId process;
        std::int32_t tid = 0;     ///< that stands as SyscallListener::install() wants it
        bool manyThreads = false; ///< it is not the only one
        bool stopped = false;     ///< its group was stopped by a signal before
        std::int32_t tracer = 0;  ///< who will trace it
        bool program = false;     ///< it is the program itself, a child of this process's
    };
    /// Takes it over; its threads are to be detached then. The error says why it has to stay.
    Outcome take(const Leaver& leaver);
    /// Whether there has been any.
    [[nodiscard]] bool any() const { return any_; }
    /// A process may have lost this parent, which is traced.
    void parentEnded(std::int32_t pid, std::int32_t parentPid);
    /// Whether the program itself was one of them. Then its end is known by being its parent, and told by:
    [[nodiscard]] bool hasProgram() const { return program_.has_value(); }
    /// It is dead, and about to be collected;
    void programIsDead();
    /// it is collected.
    void programEnded(const ExitStatus& status, std::int64_t maxRssBytes);
    /// Waits until all of them have ended, as far as that can be told.
    void waitUntilAllEnded();
    /// Ends their recording.
    void finish();

private:
    Outcome begin();
    void sayLetGo(const Leaver& leaver);
    /// Whose child a process is, after its end; `parent` is who was told to be.
    [[nodiscard]] ReapWatch::Parent parentOfEnded(std::int32_t pid, const ReapWatch::Parent& parent) const;

    RecordingWriter& recording_;
    ProcessRegistry& processes_;
    ReapWatch& reaping_;
    const SyscallFilter& filter_;
    Callbacks callbacks_;
    std::unique_ptr<LightWitness> light_;
    std::unique_ptr<LetGoCalls> calls_;
    std::optional<ProcessId> program_;
    std::int64_t programsCpuNs_ = 0;
    std::promise<payload::Exited> programsEnd_; ///< told by the tracer's thread, waited for by the light witness's
    bool any_ = false;
    int said_ = 0;
};

} // namespace daemonscope
