// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

#include <array>
#include <cstdint>
#include <string_view>

/// The bytes of a recording file; docs/recording-format.md says them in words. All numbers are little endian.
namespace daemonscope::format {

constexpr std::array<char, 8> kMagic{'\x89', 'D', 'S', 'C', 'O', 'P', 'E', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kHeaderSize = 4096; ///< one page; records begin after it
constexpr std::uint64_t kSegmentSize = 16ULL << 20;
constexpr std::uint64_t kAlignment = 8;
/// Longer ones are damage: no record of the recorder's is, and a reader must not believe a number that it can't hold.
constexpr std::uint32_t kMaxRecordSize = 4U << 20;

/// At the beginning of the file. The recorder updates committedLength after each record (release order) and state
/// when it closes the file.
struct FileHeader {
    std::array<char, 8> magic = kMagic;
    std::uint32_t version = kVersion;
    std::uint32_t headerSize = kHeaderSize;
    std::uint64_t committedLength = kHeaderSize; ///< bytes of the file that are whole records
    std::uint32_t state = 0;                     ///< FileState
    std::int32_t recorderPid = 0;
    std::uint64_t recorderStartTicks = 0; ///< starttime of /proc/PID/stat: the pid alone is no identity
};
enum class FileState : std::uint32_t { Growing = 0, Closed = 1 };

/// Before each record's payload. `length` is stored last; 0 means that nothing is here yet.
struct RecordHeader {
    std::uint32_t length = 0; ///< of the payload
    std::uint32_t crc = 0;    ///< CRC-32C of the rest of this header and of the payload
    std::uint8_t type = 0;    ///< index in Payload
    std::uint8_t witness = 0;
    std::uint16_t reserved = 0;
    std::int32_t pid = 0;
    std::uint32_t serial = 0;
    std::uint32_t reserved2 = 0;
    std::int64_t timeNs = 0;
};
static_assert(sizeof(RecordHeader) == 32);

/// The size of a record in the file: header, payload, and zeros up to the alignment.
constexpr std::uint64_t recordSize(std::uint32_t payloadLength)
{
    return (sizeof(RecordHeader) + payloadLength + kAlignment - 1) / kAlignment * kAlignment;
}

/// The crc that belongs into `header`, with `payload` in one or two pieces.
std::uint32_t recordCrc(const RecordHeader& header, std::string_view payload, std::string_view more = {});

/// The starttime of process `pid` in clock ticks since boot (proc(5)), 0 if there is no such process.
std::uint64_t processStartTicks(std::int32_t pid);

} // namespace daemonscope::format
