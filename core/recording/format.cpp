// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/format.h"

#include "os/procfs.h"
#include "recording/crc32c.h"

#include <cstddef>

namespace daemonscope::format {

std::uint32_t recordCrc(const RecordHeader& header, std::string_view payload, std::string_view more)
{
    constexpr std::size_t kFirst = offsetof(RecordHeader, type);
    const std::string_view bytes{reinterpret_cast<const char*>(&header), sizeof header};
    return crc32c(more, crc32c(payload, crc32c(bytes.substr(kFirst))));
}

std::uint64_t processStartTicks(std::int32_t pid)
{
    const auto stat = readProcStat(pid);
    return stat.ok() ? stat.value().startTicks : 0;
}

} // namespace daemonscope::format
