// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is the packets that a program sends to the hook's socket, with NULs between them.

#include "fuzz.h"

#include "capture/hookdecoder.h"

#include <algorithm>

using namespace daemonscope;

namespace {

std::optional<ProcessId> resolve(std::int32_t pid)
{
    return pid > 0 && pid < 5000 ? std::optional{ProcessId{pid, static_cast<std::uint32_t>(pid % 16)}} : std::nullopt;
}

void check(std::string_view record)
{
    const auto decoded = decodeHookRecord(record, resolve);
    if (!decoded)
        return;
    fuzz::require(decoded->lostBefore >= 0, "nobody loses a negative number of events");
    for (const Payload& payload : decoded->payloads) {
        const std::string bytes = encode(payload);
        const auto again = decode(static_cast<std::uint8_t>(payload.index()), bytes);
        fuzz::require(again && encode(*again) == bytes, "what is recorded can be read back");
        (void)toText(payload);
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest = fuzz::bytesOf(data, size);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\0'), rest.size());
        const std::string_view packet = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        std::size_t inRecords = 0;
        for (const std::string_view record : recordsOf(packet)) {
            fuzz::require(!record.empty() && record.find('\n') == std::string_view::npos, "a record is a line");
            inRecords += record.size();
            check(record);
        }
        const auto newlines = static_cast<std::size_t>(std::count(packet.begin(), packet.end(), '\n'));
        fuzz::require(inRecords + newlines == packet.size(), "every byte is in a record or between two");
    }
    return 0;
}
