// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/executedfacts.h"

#include "os/procfs.h"

#include <utility>

namespace daemonscope {

payload::Executed readExecuted(std::int32_t pid)
{
    payload::Executed executed;
    const auto take = [&executed](auto result, auto& field) {
        if (result.ok())
            field = std::move(result).value();
        else
            executed.unreadable += (executed.unreadable.empty() ? "" : "; ") + result.error().message;
    };
    take(readCommandLine(pid), executed.argv);
    take(readProcLink(pid, "exe"), executed.executable);
    take(readProcLink(pid, "cwd"), executed.workingDirectory);
    return executed;
}

} // namespace daemonscope
