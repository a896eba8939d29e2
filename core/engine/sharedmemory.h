// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <cstddef>
#include <memory>
#include <utility>

namespace daemonscope::engine {

enum class StartMethod;

/// Internal to the engine: memory that processes share. It never has a name: forks have it because they are copies, and
/// other processes get its descriptor (memfd_create(2)). So the kernel frees it when the last process that has it is
/// gone, however that went, and nothing of it can be left behind.
class SharedMemory {
public:
    /// Without a descriptor, for forks only. Throws OSError.
    static std::shared_ptr<SharedMemory> forForks(std::size_t bytes);
    /// With one. Throws OSError.
    static std::shared_ptr<SharedMemory> withDescriptor(std::size_t bytes);
    /// What another process made. Throws OSError.
    static std::shared_ptr<SharedMemory> received(UniqueFd descriptor);
    SharedMemory(UniqueFd descriptor, std::size_t bytes);
    ~SharedMemory();
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    /// -1: only forks can share it.
    [[nodiscard]] int descriptor() const { return descriptor_.get(); }
    [[nodiscard]] std::size_t size() const { return bytes_; }
    [[nodiscard]] void* at(std::size_t offset) const { return static_cast<std::byte*>(begin_) + offset; }

private:
    UniqueFd descriptor_;
    std::size_t bytes_;
    void* begin_;
};

/// A piece of shared memory, zeroed, and where in it it lies. For spawn and forkserver many of a process's pieces lie
/// in one memory, so that a thousand locks do not take a thousand descriptors. A piece is not used again. Throws
/// OSError.
std::pair<std::shared_ptr<SharedMemory>, std::size_t> allocateShared(StartMethod method, std::size_t bytes);

} // namespace daemonscope::engine
