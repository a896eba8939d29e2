// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is the packets that a program sends to the hook's socket, with NULs between them.

#include "fuzz.h"

#include "capture/hookdecoder.h"

using namespace daemonscope;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest = fuzz::bytesOf(data, size);
    const auto resolve = [](std::int32_t pid) {
        return pid > 0 && pid < 5000 ? std::optional{ProcessId{pid, static_cast<std::uint32_t>(pid % 16)}}
                                     : std::nullopt;
    };
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\0'), rest.size());
        const std::string_view packet = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto decoded = decodeHookPacket(packet, resolve);
        if (!decoded)
            continue;
        fuzz::require(decoded->lostBefore >= 0, "nobody loses a negative number of events");
        for (const Payload& payload : decoded->payloads) {
            const std::string bytes = encode(payload);
            const auto again = decode(static_cast<std::uint8_t>(payload.index()), bytes);
            fuzz::require(again && encode(*again) == bytes, "what is recorded can be read back");
            (void)toText(payload);
        }
    }
    return 0;
}
