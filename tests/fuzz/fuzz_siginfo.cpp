// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is a siginfo_t as a program may have made it up.

#include "fuzz.h"

#include "os/siginfo.h"
#include "os/signal.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto info = daemonscope::tracing::decodeSignalInfo(fuzz::bytesOf(data, size));
    fuzz::require(info.code <= 0 || (info.senderPid == 0 && info.senderUid == 0), "only processes have pids");
    fuzz::require(!daemonscope::Signal{info.signal}.name().empty(), "every number has a name");
    return 0;
}
