// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sharedblock.h"

#include "engine/context.h"
#include "engine/errors.h"
#include "engine/semaphorewait.h"
#include "engine/state.h"

#include "os/uniquefd.h"

#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>
#include <mutex>
#include <set>

namespace daemonscope::engine {
namespace {

constexpr int nameAttempts = 100; // as SemLock.__init__
constexpr mode_t blockMode = 0600;
constexpr std::size_t nameBytes = 8;

/// The names this process made and has not removed. Guarded by RuntimeState::mutex; never destroyed, as daemon threads
/// go on while the process ends.
struct OwnNames {
    std::set<std::string> names;
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

/// SemLock._cleanup(). Does nothing for a name that has been removed.
void removeName(const std::string& name)
{
    // To the end, so that the finalizer waits for a feeder thread that does it: otherwise the process might end in
    // between.
    const std::lock_guard lock(state().mutex);
    if (ownNames().names.erase(name) == 0)
        return;
    ::shm_unlink(name.c_str());
    tracker::unregisterName(name);
}

void removeOwnNames()
{
    std::set<std::string> names;
    {
        const std::lock_guard lock(state().mutex);
        ownNames().hasFinalizer = false;
        names = ownNames().names;
    }
    for (const std::string& name : names)
        removeName(name);
}

void rememberName(const std::string& name)
{
    tracker::registerName(name);
    const std::lock_guard lock(state().mutex);
    OwnNames& own = ownNames();
    own.names.insert(name);
    if (own.hasFinalizer)
        return;
    own.hasFinalizer = true;
    addFinalizer(removeOwnNames, 0);
}

std::string randomBlockName()
{
    std::array<unsigned char, nameBytes> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw OSError(errno);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name = "/daemonscope-";
    for (const unsigned char byte : bytes) {
        name += digits[byte >> 4U];
        name += digits[byte & 0xfU];
    }
    return name;
}

/// A new, empty object. `name` becomes its name.
UniqueFd createObject(std::string& name)
{
    for (int attempt = 0; attempt < nameAttempts; ++attempt) {
        name = randomBlockName();
        UniqueFd object(::shm_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, blockMode));
        if (object.valid())
            return object;
        if (errno != EEXIST)
            throw OSError(errno);
    }
    throw OSError(EEXIST);
}

/// The memory of `bytes` bytes of an object, or memory without a name for -1.
void* mapBlock(int object, std::size_t bytes)
{
    const int flags = object < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, object, 0);
    if (memory == MAP_FAILED) // NOLINT(cppcoreguidelines-pro-type-cstyle-cast): the system's macro
        throw OSError(errno);
    return memory;
}

std::size_t blockSize(std::size_t count)
{
    if (count == 0 || count > std::numeric_limits<std::size_t>::max() / sizeof(sem_t))
        throw OSError(EINVAL);
    return count * sizeof(sem_t);
}

sem_t& semaphoreAt(void* memory, std::size_t index)
{
    return static_cast<sem_t*>(memory)[index];
}

} // namespace

SharedBlock::SharedBlock(std::string name, void* memory, std::size_t count, bool owner)
    : name_(std::move(name))
    , memory_(memory)
    , count_(count)
    , ownerPid_(owner ? ::getpid() : 0)
{
}

SharedBlock::~SharedBlock()
{
    ::munmap(memory_, count_ * sizeof(sem_t));
    if (name_.empty() || ownerPid_ != ::getpid())
        return;
    try {
        removeName(name_);
    } catch (const std::exception&) {
        // The name is gone; the tracker that could not be told looks for it in vain when the program has ended.
    }
}

std::unique_ptr<SharedBlock> SharedBlock::create(StartMethod method, std::size_t count, unsigned value)
{
    const std::size_t bytes = blockSize(count);
    std::string name;
    UniqueFd object;
    if (method != StartMethod::Fork) {
        object = createObject(name);
        try {
            if (::ftruncate(object.get(), static_cast<off_t>(bytes)) != 0)
                throw OSError(errno);
            rememberName(name);
        } catch (...) {
            ::shm_unlink(name.c_str());
            throw;
        }
    }
    // From here on the name is removed at the end of the process at the latest, whatever fails.
    std::unique_ptr<SharedBlock> block(new SharedBlock(name, mapBlock(object.get(), bytes), count, true));
    for (std::size_t index = 0; index < count; ++index) {
        if (::sem_init(&semaphoreAt(block->memory_, index), 1, value) != 0)
            throw OSError(errno);
    }
    return block;
}

std::unique_ptr<SharedBlock> SharedBlock::open(const std::string& name, std::size_t count)
{
    const std::size_t bytes = blockSize(count);
    const UniqueFd object(::shm_open(name.c_str(), O_RDWR | O_CLOEXEC, 0));
    struct stat found { };
    if (!object.valid() || ::fstat(object.get(), &found) != 0)
        throw OSError(errno);
    if (static_cast<std::size_t>(found.st_size) < bytes)
        throw OSError(EINVAL); // beyond its end there would be a SIGBUS
    return std::unique_ptr<SharedBlock>(new SharedBlock(name, mapBlock(object.get(), bytes), count, false));
}

bool SharedBlock::wait(std::size_t semaphore, std::optional<std::chrono::nanoseconds> timeout)
{
    return takeSemaphore(semaphoreAt(memory_, semaphore), timeout);
}

void SharedBlock::post(std::size_t semaphore)
{
    if (::sem_post(&semaphoreAt(memory_, semaphore)) != 0)
        throw ValueError("semaphore or lock released too many times");
}

int SharedBlock::value(std::size_t semaphore) const
{
    int value = 0;
    ::sem_getvalue(&semaphoreAt(memory_, semaphore), &value);
    return value;
}

} // namespace daemonscope::engine
