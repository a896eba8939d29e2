// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sharedblock.h"

#include "engine/context.h"
#include "engine/errors.h"
#include "engine/semaphorewait.h"
#include "engine/state.h"

#include <unistd.h>

#include <cerrno>
#include <limits>
#include <mutex>
#include <set>
#include <utility>

namespace daemonscope::engine {
namespace {

/// What this process told the tracker of and has not let go. Guarded by RuntimeState::mutex; never destroyed, as daemon
/// threads go on while the process ends.
struct OwnNames {
    std::set<std::string> names;
    unsigned made = 0;
    int pid = 0; ///< whose names these are: a forked child has made none
    bool hasFinalizer = false;
};
OwnNames& ownNames()
{
    static auto* own = new OwnNames;
    if (own->pid != ::getpid()) {
        own->names.clear();
        own->pid = ::getpid();
        own->hasFinalizer = false;
    }
    return *own;
}

/// SemLock._cleanup(). Does nothing for a name that is not known any more.
void forgetName(const std::string& name)
{
    // To the end, so that the finalizer waits for a feeder thread that does it: otherwise the process might end in
    // between.
    const std::lock_guard lock(state().mutex);
    if (ownNames().names.erase(name) > 0)
        tracker::unregisterName(name);
}

void forgetOwnNames()
{
    std::set<std::string> names;
    {
        const std::lock_guard lock(state().mutex);
        ownNames().hasFinalizer = false;
        names = ownNames().names;
    }
    for (const std::string& name : names)
        forgetName(name);
}

/// Tells the tracker of one more. Its name there.
std::string trackNew()
{
    const std::lock_guard lock(state().mutex);
    OwnNames& own = ownNames();
    std::string name = "semaphore-" + std::to_string(own.pid) + "-" + std::to_string(++own.made);
    tracker::registerName(name);
    own.names.insert(name);
    if (!std::exchange(own.hasFinalizer, true))
        addFinalizer(forgetOwnNames, 0);
    return name;
}

std::size_t blockSize(std::size_t count)
{
    if (count == 0 || count > std::numeric_limits<std::size_t>::max() / sizeof(sem_t))
        throw OSError(EINVAL);
    return count * sizeof(sem_t);
}

} // namespace

SharedBlock::SharedBlock(std::shared_ptr<SharedMemory> memory, std::size_t offset, std::size_t count)
    : memory_(std::move(memory))
    , offset_(offset)
    , count_(count)
{
}

SharedBlock::~SharedBlock()
{
    if (tracked_.empty())
        return;
    try {
        forgetName(tracked_);
    } catch (const std::exception&) {
        // The tracker that could not be told will warn of it when the program has ended.
    }
}

sem_t& SharedBlock::at(std::size_t semaphore) const
{
    return static_cast<sem_t*>(memory_->at(offset_))[semaphore];
}

std::unique_ptr<SharedBlock> SharedBlock::create(StartMethod method, std::size_t count, unsigned value)
{
    registerExitSequence();
    auto [memory, offset] = allocateShared(method, blockSize(count));
    std::unique_ptr<SharedBlock> block(new SharedBlock(std::move(memory), offset, count));
    for (std::size_t index = 0; index < count; ++index) {
        if (::sem_init(&block->at(index), 1, value) != 0)
            throw OSError(errno);
    }
    if (method != StartMethod::Fork)
        block->tracked_ = trackNew();
    return block;
}

std::unique_ptr<SharedBlock> SharedBlock::received(
    std::shared_ptr<SharedMemory> memory, std::size_t offset, std::size_t count)
{
    const std::size_t bytes = blockSize(count);
    // Beyond its end there would be a SIGBUS.
    if (bytes > memory->size() || offset > memory->size() - bytes || offset % alignof(sem_t) != 0)
        throw OSError(EINVAL);
    return std::unique_ptr<SharedBlock>(new SharedBlock(std::move(memory), offset, count));
}

bool SharedBlock::wait(std::size_t semaphore, std::optional<std::chrono::nanoseconds> timeout)
{
    return takeSemaphore(at(semaphore), timeout);
}

void SharedBlock::post(std::size_t semaphore)
{
    if (::sem_post(&at(semaphore)) != 0)
        throw ValueError("semaphore or lock released too many times");
}

int SharedBlock::value(std::size_t semaphore) const
{
    int value = 0;
    ::sem_getvalue(&at(semaphore), &value);
    return value;
}

} // namespace daemonscope::engine
