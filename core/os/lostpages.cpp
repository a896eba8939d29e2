// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/lostpages.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <utility>

namespace daemonscope {

namespace {

struct Stretch {
    std::atomic<bool> taken = false;
    std::atomic<std::uintptr_t> begin = 0;
    std::atomic<std::uintptr_t> end = 0;
};
/// A recording has a header and a segment, and the next one for a moment; more than that is not guarded.
std::array<Stretch, 16> stretches;
std::atomic<bool> lost = false;

/// Async-signal-safe: atomics and one system call.
void onBusError(int signal, siginfo_t* info, void*)
{
    constexpr std::uintptr_t kPage = 4096;
    const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (const Stretch& stretch : stretches) {
        if (at < stretch.begin || at >= stretch.end)
            continue;
        void* const page = reinterpret_cast<void*>(at / kPage * kPage); // NOLINT(performance-no-int-to-ptr)
        if (::mmap(page, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) {
            lost = true;
            return;
        }
    }
    // The store is tried again, now with the default action.
    ::signal(signal, SIG_DFL);
}

} // namespace

void surviveLostPages()
{
    struct sigaction action { };
    action.sa_sigaction = &onBusError;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
}

bool lostPages()
{
    return lost.load(std::memory_order_relaxed);
}

GuardedPages::GuardedPages(char* data, std::size_t size)
{
    for (std::size_t index = 0; index < stretches.size(); ++index) {
        Stretch& stretch = stretches.at(index);
        if (stretch.taken.exchange(true))
            continue;
        stretch.begin = reinterpret_cast<std::uintptr_t>(data);
        stretch.end = reinterpret_cast<std::uintptr_t>(data) + size;
        slot_ = static_cast<int>(index);
        return;
    }
}

GuardedPages::GuardedPages(GuardedPages&& other) noexcept
    : slot_(std::exchange(other.slot_, kNone))
{
}

GuardedPages& GuardedPages::operator=(GuardedPages&& other) noexcept
{
    std::swap(slot_, other.slot_);
    return *this;
}

GuardedPages::~GuardedPages()
{
    if (slot_ == kNone)
        return;
    Stretch& stretch = stretches.at(static_cast<std::size_t>(slot_));
    stretch.end = 0;
    stretch.begin = 0;
    stretch.taken = false;
}

} // namespace daemonscope
