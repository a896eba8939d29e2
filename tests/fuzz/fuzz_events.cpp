// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is the records of a recording, whose checksums are made right: any events in any order are read, folded,
// and told in every way there is.

#include "fuzz.h"
#include "memoryfile.h"

#include "lifecycle/report/jsonreport.h"
#include "lifecycle/report/textreport.h"
#include "lifecycle/verdict.h"
#include "recording/format.h"
#include "recording/reader.h"

#include <cstring>

using namespace daemonscope;

namespace {

/// A recording with these records in it.
std::string recordingOf(std::string records)
{
    std::size_t at = 0;
    while (at + sizeof(format::RecordHeader) <= records.size()) {
        format::RecordHeader header;
        std::memcpy(&header, records.data() + at, sizeof header);
        const std::size_t left = records.size() - at - sizeof header;
        header.length = static_cast<std::uint32_t>(std::min<std::size_t>(header.length, left));
        header.reserved = 0;
        header.reserved2 = 0;
        // So that most events concern a process that others concern, too.
        constexpr std::uint32_t kSerials = 16;
        header.serial %= kSerials;
        header.pid = static_cast<std::int32_t>(1000 + header.serial);
        header.type %= static_cast<std::uint8_t>(std::variant_size_v<AnyPayload> + 1);
        const auto payload = std::string_view{records}.substr(at + sizeof header, header.length);
        header.crc = format::recordCrc(header, payload);
        std::memcpy(records.data() + at, &header, sizeof header);
        at += format::recordSize(header.length);
    }
    records.resize(at);
    format::FileHeader header;
    header.committedLength = format::kHeaderSize + at;
    header.state = static_cast<std::uint32_t>(format::FileState::Closed);
    std::string file{reinterpret_cast<const char*>(&header), sizeof header};
    file.resize(format::kHeaderSize);
    return file + records;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::MemoryFile file{recordingOf(std::string{fuzz::bytesOf(data, size)})};
    auto reader = RecordingReader::open(file.path());
    fuzz::require(reader.ok(), "a whole header is accepted");
    ProcessTree tree;
    for (auto events = reader.value().poll(); !events.empty(); events = reader.value().poll()) {
        for (const Event& event : events) {
            tree.apply(event);
            (void)toText(event.payload);
            (void)toJsonLine(event, tree.start());
            const auto again = decode(static_cast<std::uint8_t>(event.payload.index()), encode(event.payload));
            fuzz::require(again.has_value(), "what was decoded can be encoded");
        }
        (void)tree.takeChanges();
    }
    const EventTime end = tree.latest();
    for (const Process& process : tree.processes()) {
        (void)verdict(tree, process.index);
        (void)kindText(process, end);
        for (const EventTime time : {tree.start(), process.born, end, process.ended.value_or(end)})
            (void)stateText(tree, process.index, time);
        for (const ProcessIndex child : tree.children(process.index))
            fuzz::require(child > process.index, "a parent is older than its children");
    }
    (void)textReport(tree, {});
    (void)jsonText(jsonReport(tree));
    return 0;
}
