// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace daemonscope {

/// A mapped file that somebody cuts shorter, or whose disk fails, answers a store with SIGBUS, which would end the
/// process (mmap(2)). From now on such a page is replaced by an empty one of this process's own, and that is told.
void surviveLostPages();
/// Whether a page has been lost.
bool lostPages();

/// While it exists, the pages of a mapped stretch may be lost; those of others end the process as ever.
class GuardedPages {
public:
    GuardedPages() = default;
    GuardedPages(char* data, std::size_t size);
    GuardedPages(GuardedPages&& other) noexcept;
    GuardedPages& operator=(GuardedPages&& other) noexcept;
    GuardedPages(const GuardedPages&) = delete;
    GuardedPages& operator=(const GuardedPages&) = delete;
    ~GuardedPages();

private:
    static constexpr int kNone = -1;
    int slot_ = kNone;
};

} // namespace daemonscope
