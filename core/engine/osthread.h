// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <pthread.h>
#include <semaphore.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

/// Internal to the engine: threads of the operating system, which know that a fork leaves all but one of them behind.
namespace daemonscope::engine {

/// Changes with every fork, in the child: what was made under another number belongs to a process that is not this one,
/// and so do its threads and the mutexes they may have held.
unsigned processGeneration();

/// A running thread. It may be waited for by any number of threads, which signal handlers interrupt; without that it
/// ends by itself. All members may be called from any thread.
class OsThread : public std::enable_shared_from_this<OsThread> {
public:
    enum class Signals {
        AsCreator, ///< takes the signals that the thread which starts it takes
        Blocked,   ///< takes none, so that its system calls are not interrupted and SIGPIPE is an error code
    };
    /// `run` must not throw, but may end the thread (pthread_exit(3)). Throws RuntimeError "can't start new thread".
    static std::shared_ptr<OsThread> start(std::function<void()> run, Signals signals);
    explicit OsThread(std::function<void()> run);
    ~OsThread();
    OsThread(const OsThread&) = delete;
    OsThread& operator=(const OsThread&) = delete;

    /// Whether it has ended; false only after `timeout` (none: waits; zero or less: looks). Throws what a signal
    /// handler throws.
    bool wait(std::optional<std::chrono::nanoseconds> timeout);
    /// A thread that a fork left behind has ended.
    [[nodiscard]] bool ended() const;
    /// In a forked child, called by the thread that forked: it goes on as this.
    void surviveFork();

private:
    static void* enter(void* keptSelf);
    void tellOfEnd();

    std::function<void()> run_;
    pthread_t handle_{};
    sem_t end_{};
    std::atomic<bool> ended_ = false;
    std::atomic<bool> joinable_ = false;
    std::atomic<unsigned> generation_;
};

} // namespace daemonscope::engine
