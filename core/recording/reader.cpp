// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/reader.h"

#include "recording/format.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace daemonscope {

namespace {

/// How many bytes of the header the file has.
std::size_t readHeaderBytes(const FileWindow& file, format::FileHeader& header)
{
    return file.read(reinterpret_cast<char*>(&header), sizeof header, 0);
}

bool readFileHeader(const FileWindow& file, format::FileHeader& header)
{
    return readHeaderBytes(file, header) == sizeof header;
}

} // namespace

RecordingReader::RecordingReader(FileWindow file, std::string path)
    : file_(std::move(file))
    , path_(std::move(path))
    , position_(format::kHeaderSize)
{
}

Result<RecordingReader> RecordingReader::open(const std::string& path)
{
    // Without waiting: a FIFO has nobody at its other end.
    UniqueFd descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!descriptor.valid())
        return systemError("cannot open the recording '" + path + "'", errno);
    FileWindow file{std::move(descriptor)};
    if (!file.regular())
        return Error{"'" + path + "' is not a recording: it is not a regular file"};
    format::FileHeader header;
    const std::size_t headerBytes = readHeaderBytes(file, header);
    if (headerBytes < sizeof header.magic || header.magic != format::kMagic) {
        return Error{"'" + path + "' is not a daemonscope recording"
            + (file.size() == 0 ? std::string{": it is empty"} : std::string{})};
    }
    if (headerBytes < sizeof header) {
        return Error{"the recording '" + path + "' is truncated: it ends at byte " + std::to_string(headerBytes)
            + ", within its header, so nothing of it can be read"};
    }
    if (header.version > format::kVersion) {
        return Error{"the recording '" + path + "' has version " + std::to_string(header.version)
            + ", but this daemonscope reads up to version " + std::to_string(format::kVersion)
            + "; open it with the daemonscope that made it, or a newer one"};
    }
    if (header.headerSize != format::kHeaderSize)
        return Error{"the recording '" + path + "' is damaged: its header has an impossible size"};
    return RecordingReader{std::move(file), path};
}

RecordingReader::Extent RecordingReader::extent() const
{
    format::FileHeader header;
    const std::uint64_t size = file_.size();
    const std::uint64_t committed = readFileHeader(file_, header) ? header.committedLength : 0;
    if (committed < format::kHeaderSize || committed % format::kAlignment != 0)
        return {size, true, false};
    return {std::min(committed, size), false, committed > size};
}

std::vector<Event> RecordingReader::poll(std::size_t limit)
{
    // What is decoded takes many times the room that it has in the file.
    constexpr std::size_t kMostPayloadBytes = 4UL << 20;
    std::vector<Event> events;
    std::size_t payloadBytes = 0;
    extent_ = extent();
    const std::uint64_t end = extent_.end;
    while (events.size() < limit && payloadBytes < kMostPayloadBytes && position_ < end) {
        const auto record = scan_.at(file_, position_, end);
        if (!record) {
            passOverDamage(end);
            continue;
        }
        if (auto event = eventOf(*record)) {
            const auto* output = std::get_if<payload::OutputWritten>(&event->payload);
            payloadBytes += record->header.length - (output != nullptr ? output->sizeBytes : 0);
            events.push_back(std::move(*event));
        }
        position_ += format::recordSize(record->header.length);
    }
    return events;
}

std::optional<Event> RecordingReader::eventOf(const ScannedRecord& record)
{
    // A type that this version does not know is skipped: newer recorders may add some.
    if (record.header.type >= std::variant_size_v<AnyPayload>)
        return std::nullopt;
    auto decoded = decode(record.header.type, record.payload);
    if (!decoded) {
        ++misunderstood_;
        return std::nullopt;
    }
    const std::uint32_t length = record.header.length;
    if (auto* output = std::get_if<payload::OutputWritten>(&*decoded)) {
        output->sizeBytes = std::min<std::uint64_t>(output->sizeBytes, length);
        output->fileOffset = position_ + sizeof record.header + length - output->sizeBytes;
    }
    const auto witness = std::min(record.header.witness, static_cast<std::uint8_t>(Witness::Output));
    return Event{std::clamp(EventTime{record.header.timeNs}, EventTime{}, kLatestTime),
        ProcessId{record.header.pid, record.header.serial}, static_cast<Witness>(witness), std::move(*decoded)};
}

void RecordingReader::passOverDamage(std::uint64_t end)
{
    const std::uint64_t next = scan_.resume(file_, position_, end);
    // What is cut off is told as that.
    if (!(extent_.truncated && next == end)) {
        ++damagedPlaces_;
        skippedBytes_ += next - position_;
        firstDamage_ = firstDamage_.value_or(position_);
    }
    position_ = next;
}

std::string RecordingReader::damage() const
{
    std::string what;
    const auto add = [&what](const std::string& words) { what += (what.empty() ? "" : ", and ") + words; };
    if (extent_.headerDamaged)
        add("its header is damaged: whether it is complete is not known");
    if (firstDamage_) {
        add((damagedPlaces_ == 1 ? "it is damaged at byte "
                                 : "it is damaged in " + std::to_string(damagedPlaces_) + " places, first at byte ")
            + std::to_string(*firstDamage_) + ": " + std::to_string(skippedBytes_) + " bytes were passed over"
            + (scan_.givenUp() ? ", as hardly any of it can be read" : ""));
    }
    if (misunderstood_ > 0)
        add("the contents of " + std::to_string(misunderstood_) + " records make no sense");
    if (extent_.truncated)
        add("it is truncated: it ends at byte " + std::to_string(std::min(position_, file_.size())));
    return what.empty() ? what : "the recording '" + path_ + "' is not whole: " + what + "; shown is what can be read";
}

Result<std::string> RecordingReader::readOutput(const payload::OutputWritten& written) const
{
    if (written.sizeBytes > format::kMaxRecordSize)
        return Error{"the recording '" + path_ + "' is damaged: a piece of output has an impossible size"};
    std::string bytes(written.sizeBytes, '\0');
    if (file_.read(bytes.data(), bytes.size(), written.fileOffset) != bytes.size())
        return Error{"the recording '" + path_ + "' is truncated: output that it had is no longer there"};
    return bytes;
}

RecordingReader::State RecordingReader::state() const
{
    format::FileHeader header;
    if (!readFileHeader(file_, header))
        return State::Abandoned;
    if (header.state == static_cast<std::uint32_t>(format::FileState::Closed))
        return State::Closed;
    const bool recorderLives =
        header.recorderStartTicks != 0 && format::processStartTicks(header.recorderPid) == header.recorderStartTicks;
    return recorderLives ? State::Growing : State::Abandoned;
}

bool RecordingReader::atEnd() const
{
    return position_ >= extent().end;
}

} // namespace daemonscope
