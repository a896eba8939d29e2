// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/single_threaded.h>

/// Internal to the engine: stands before every function that each forked child runs through. The linker puts them side
/// by side, so that a child looks few pages of code up again: a fork copies no page tables of files, and page faults
/// are most of what an empty process costs.
#define DAEMONSCOPE_IN_EACH_FORK [[gnu::hot]]
/// The same for variables, mostly for those that each forked child writes to: such a page has to be copied.
#define DAEMONSCOPE_DATA_IN_EACH_FORK [[gnu::section("daemonscope_fork")]]

namespace daemonscope::engine {

/// Whether the calling thread is known to be the only one, so that there is nobody to lock out. A child that was forked
/// by such a process need not look up the code of locks.
inline bool isOnlyThread()
{
    return __libc_single_threaded != 0;
}

} // namespace daemonscope::engine
