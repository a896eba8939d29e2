// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace daemonscope {

/// A record of the hook protocol (docs/hook-protocol.md), understood.
struct HookRecord {
    EventTime time{};
    std::int64_t lostBefore = 0;                 ///< events that the hook could not send before this one
    std::optional<std::int32_t> kernelParentPid; ///< where the record names it
    std::vector<Payload> payloads;               ///< none for an event that this version does not know
};

/// Resolves a pid, as the program sees it, to a process of the recording.
using ResolvePid = std::function<std::optional<ProcessId>(std::int32_t)>;

/// The lines of a packet, each of which should be a record; empty ones are left out. The bytes may be anything.
std::vector<std::string_view> recordsOf(std::string_view packet);

/// Decodes one record. The bytes may be anything: nothing is returned for what is not a record of the protocol.
std::optional<HookRecord> decodeHookRecord(std::string_view bytes, const ResolvePid& resolve);

} // namespace daemonscope
