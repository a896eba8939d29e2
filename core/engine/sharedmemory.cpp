// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sharedmemory.h"

#include "engine/context.h"
#include "engine/errors.h"
#include "engine/state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace daemonscope::engine {
namespace {

constexpr std::size_t usualBytes = std::size_t{1} << 16; // some two thousand locks; takes no memory before it is used
constexpr std::size_t pieceAlignment = alignof(std::max_align_t);

/// Where the next piece is cut off. Guarded by RuntimeState::mutex.
struct OpenMemory {
    std::weak_ptr<SharedMemory> memory; ///< goes with its last piece
    std::size_t used = 0;
    int pid = 0; ///< whose it is: a forked child must not cut off what its parent does
};
OpenMemory& openMemory()
{
    static auto* open = new OpenMemory; // never destroyed: locks may be made while the process ends
    return *open;
}

UniqueFd createMemoryFile()
{
    constexpr unsigned noExecute = 0x0008U; // MFD_NOEXEC_SEAL, which some systems demand and others do not know
    UniqueFd file(::memfd_create("daemonscope-engine", MFD_CLOEXEC | MFD_ALLOW_SEALING | noExecute));
    if (!file.valid() && errno == EINVAL)
        file = UniqueFd(::memfd_create("daemonscope-engine", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file.valid())
        throw OSError(errno);
    return file;
}

} // namespace

SharedMemory::SharedMemory(UniqueFd descriptor, std::size_t bytes)
    : descriptor_(std::move(descriptor))
    , bytes_(bytes)
    , begin_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
          descriptor_.valid() ? MAP_SHARED : MAP_SHARED | MAP_ANONYMOUS, descriptor_.get(), 0))
{
    if (begin_ == MAP_FAILED) // NOLINT(cppcoreguidelines-pro-type-cstyle-cast): the system's macro
        throw OSError(errno);
}

SharedMemory::~SharedMemory()
{
    ::munmap(begin_, bytes_);
}

std::shared_ptr<SharedMemory> SharedMemory::forForks(std::size_t bytes)
{
    return std::make_shared<SharedMemory>(UniqueFd(), bytes);
}

std::shared_ptr<SharedMemory> SharedMemory::withDescriptor(std::size_t bytes)
{
    UniqueFd file = createMemoryFile();
    // Nobody shall be able to cut it off under the feet of others.
    if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0
        || ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
        throw OSError(errno);
    return std::make_shared<SharedMemory>(std::move(file), bytes);
}

std::shared_ptr<SharedMemory> SharedMemory::received(UniqueFd descriptor)
{
    struct stat found { };
    if (::fstat(descriptor.get(), &found) != 0)
        throw OSError(errno);
    return std::make_shared<SharedMemory>(std::move(descriptor), static_cast<std::size_t>(found.st_size));
}

std::pair<std::shared_ptr<SharedMemory>, std::size_t> allocateShared(StartMethod method, std::size_t bytes)
{
    if (method == StartMethod::Fork)
        return {SharedMemory::forForks(bytes), 0};
    const std::lock_guard lock(state().mutex);
    OpenMemory& open = openMemory();
    auto memory = open.pid == ::getpid() ? open.memory.lock() : nullptr;
    if (!memory || memory->size() - open.used < bytes) {
        memory = SharedMemory::withDescriptor(std::max(bytes, usualBytes));
        open = {memory, 0, ::getpid()};
    }
    const std::size_t begin = open.used;
    const std::size_t rounded = (bytes + pieceAlignment - 1) / pieceAlignment * pieceAlignment;
    open.used = std::min(memory->size(), begin + rounded);
    return {std::move(memory), begin};
}

} // namespace daemonscope::engine
