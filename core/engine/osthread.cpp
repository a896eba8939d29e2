// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/osthread.h"

#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/semaphorewait.h"

#include <cxxabi.h>

#include <csignal>

namespace daemonscope::engine {
namespace {

DAEMONSCOPE_DATA_IN_EACH_FORK constinit std::atomic<unsigned> generationNow = 0;

DAEMONSCOPE_IN_EACH_FORK void beginGeneration()
{
    generationNow.fetch_add(1);
}

[[maybe_unused]] const int generationIsWatched = ::pthread_atfork(nullptr, nullptr, beginGeneration);

/// Blocks all signals in this thread, for one that is being made to inherit that.
class BlockedSignals {
public:
    explicit BlockedSignals(bool wanted)
        : wanted_(wanted)
    {
        sigset_t all;
        ::sigfillset(&all);
        if (wanted_)
            ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~BlockedSignals()
    {
        if (wanted_)
            ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

private:
    bool wanted_;
    sigset_t before_{};
};

} // namespace

unsigned processGeneration()
{
    return generationNow.load();
}

OsThread::OsThread(std::function<void()> run)
    : run_(std::move(run))
    , generation_(processGeneration())
{
    ::sem_init(&end_, 0, 0);
}

OsThread::~OsThread()
{
    // After a fork the handle means nothing, and its memory may be another thread's.
    if (joinable_.load() && generation_.load() == processGeneration())
        ::pthread_detach(handle_);
    ::sem_destroy(&end_);
}

std::shared_ptr<OsThread> OsThread::start(std::function<void()> run, Signals signals)
{
    auto thread = std::make_shared<OsThread>(std::move(run));
    auto keptSelf = std::make_unique<std::shared_ptr<OsThread>>(thread);
    thread->joinable_.store(true);
    const BlockedSignals blocked(signals == Signals::Blocked);
    if (::pthread_create(&thread->handle_, nullptr, enter, keptSelf.get()) != 0) {
        thread->joinable_.store(false);
        throw RuntimeError("can't start new thread");
    }
    static_cast<void>(keptSelf.release()); // enter() has it
    return thread;
}

void* OsThread::enter(void* keptSelf)
{
    std::shared_ptr<OsThread> self;
    {
        const std::unique_ptr<std::shared_ptr<OsThread>> kept(static_cast<std::shared_ptr<OsThread>*>(keptSelf));
        self = std::move(*kept);
    }
    try {
        self->run_();
    } catch (const abi::__forced_unwind&) { // pthread_exit(), pthread_cancel()
        self->tellOfEnd();
        throw;
    }
    self->tellOfEnd();
    return nullptr;
}

void OsThread::tellOfEnd()
{
    run_ = nullptr; // what it holds is gone before anybody is told of the end
    ended_.store(true);
    ::sem_post(&end_);
}

bool OsThread::ended() const
{
    return ended_.load() || generation_.load() != processGeneration();
}

bool OsThread::wait(std::optional<std::chrono::nanoseconds> timeout)
{
    if (generation_.load() != processGeneration())
        return true;
    if (!takeSemaphore(end_, timeout))
        return false;
    ::sem_post(&end_); // for the others who wait, now or later
    // Its last instructions take no time worth a handler; after this the thread is gone for the kernel as well.
    if (joinable_.exchange(false))
        ::pthread_join(handle_, nullptr);
    return true;
}

void OsThread::surviveFork()
{
    joinable_.store(false);
    generation_.store(processGeneration());
}

} // namespace daemonscope::engine
