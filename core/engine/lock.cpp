// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/errors.h"
#include "engine/sharedblock.h"
#include "engine/sync.h"

namespace daemonscope::engine {
namespace {

constexpr std::size_t theLock = 0; // 1: free, 0: taken

} // namespace

Lock::Lock(StartMethod method)
    : block_(SharedBlock::create(method, 1, 1))
{
}

Lock::Lock(std::unique_ptr<SharedBlock> block)
    : block_(std::move(block))
{
}

Lock::~Lock() = default;

bool Lock::acquire(std::optional<std::chrono::nanoseconds> timeout)
{
    return block_->wait(theLock, timeout);
}

void Lock::release()
{
    // A look and then the deed, as SemLock.release() does it: two releases at the same moment may both succeed.
    if (block_->value(theLock) >= 1)
        throw ValueError("semaphore or lock released too many times");
    block_->post(theLock);
}

} // namespace daemonscope::engine
