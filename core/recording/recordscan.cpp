// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/recordscan.h"

#include <algorithm>
#include <cstring>

namespace daemonscope {

namespace {

std::optional<format::RecordHeader> headerAt(FileWindow& file, std::uint64_t offset, std::uint64_t end)
{
    format::RecordHeader header;
    if (offset >= end || end - offset < sizeof header)
        return std::nullopt;
    const std::string_view bytes = file.view(offset, sizeof header, end);
    if (bytes.size() < sizeof header)
        return std::nullopt;
    std::memcpy(&header, bytes.data(), sizeof header);
    const bool fits = header.length <= format::kMaxRecordSize && format::recordSize(header.length) <= end - offset;
    return fits ? std::optional{header} : std::nullopt;
}

/// Whether the recorder could have written this header; saves most checksums of bytes that are none.
bool isPlausible(const format::RecordHeader& header)
{
    return header.reserved == 0 && header.reserved2 == 0
        && header.witness <= static_cast<std::uint8_t>(Witness::Output);
}

} // namespace

std::optional<ScannedRecord> RecordScan::at(FileWindow& file, std::uint64_t offset, std::uint64_t end)
{
    const auto header = headerAt(file, offset, end);
    if (!header)
        return std::nullopt;
    const std::string_view record = file.view(offset, sizeof *header + header->length, end);
    if (record.size() < sizeof *header + header->length)
        return std::nullopt;
    const std::string_view payload = record.substr(sizeof *header);
    if (format::recordCrc(*header, payload) == header->crc)
        return ScannedRecord{*header, payload};
    wastedBytes_ += header->length;
    return std::nullopt;
}

std::uint64_t RecordScan::resume(FileWindow& file, std::uint64_t damaged, std::uint64_t end)
{
    // A program may have written what looks like records, and what it wrote is in a record of output. So that one is
    // passed over as a whole where its length is good.
    static const std::size_t kOutput = Payload{payload::OutputWritten{}}.index();
    if (const auto header = headerAt(file, damaged, end); header && isPlausible(*header) && header->type == kOutput) {
        const std::uint64_t next = damaged + format::recordSize(header->length);
        if (next == end || at(file, next, end))
            return next;
    }
    constexpr std::uint64_t kBlock = 64UL << 10;
    std::uint64_t offset = damaged + format::kAlignment;
    while (offset < end && !givenUp()) {
        if (offset % kBlock == 0)
            offset = std::max(offset, file.nextData(offset) / format::kAlignment * format::kAlignment);
        const auto header = headerAt(file, offset, end);
        if (header && isPlausible(*header) && at(file, offset, end))
            return offset;
        offset += format::kAlignment;
    }
    return end;
}

} // namespace daemonscope
