// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/reader.h"

#include "recording/format.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace daemonscope {

namespace {

/// Reads up to `size` bytes at `offset`; fewer at the file's end. -1 on an error.
ssize_t readAt(int file, char* into, std::size_t size, std::uint64_t offset)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(file, into + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(done);
}

bool readFileHeader(int file, format::FileHeader& header)
{
    return readAt(file, reinterpret_cast<char*>(&header), sizeof header, 0) == static_cast<ssize_t>(sizeof header);
}

} // namespace

RecordingReader::RecordingReader(UniqueFd file, std::string path)
    : file_(std::move(file))
    , path_(std::move(path))
    , position_(format::kHeaderSize)
{
}

Result<RecordingReader> RecordingReader::open(const std::string& path)
{
    UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.valid())
        return systemError("cannot open the recording '" + path + "'", errno);
    struct stat info { };
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return Error{"'" + path + "' is not a recording: it is not a regular file"};
    format::FileHeader header;
    if (!readFileHeader(file.get(), header) || header.magic != format::kMagic) {
        return Error{"'" + path + "' is not a daemonscope recording"
            + (info.st_size == 0 ? std::string{": it is empty"} : std::string{})};
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

std::uint64_t RecordingReader::committedLength() const
{
    format::FileHeader header;
    return readFileHeader(file_.get(), header) ? header.committedLength : 0;
}

bool RecordingReader::fill(std::uint64_t wanted)
{
    if (position_ >= bufferStart_ && position_ + wanted <= bufferStart_ + buffer_.size())
        return true;
    constexpr std::uint64_t kBlock = 1U << 20;
    buffer_.resize(std::max(wanted, kBlock));
    const ssize_t got = readAt(file_.get(), buffer_.data(), buffer_.size(), position_);
    buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    bufferStart_ = position_;
    return buffer_.size() >= wanted;
}

std::vector<Event> RecordingReader::poll(std::size_t limit)
{
    std::vector<Event> events;
    const std::uint64_t committed = damage_.empty() ? committedLength() : 0;
    const auto damaged = [&](const std::string& what) {
        damage_ = "the recording '" + path_ + "' is " + what + " at byte " + std::to_string(position_)
            + "; shown is what was recorded before that";
    };
    // What was read beyond the committed length may have been incomplete then.
    buffer_.clear();
    while (events.size() < limit && damage_.empty() && position_ < committed) {
        format::RecordHeader header;
        if (!fill(sizeof header)) {
            damaged("truncated");
            break;
        }
        std::memcpy(&header, buffer_.data() + (position_ - bufferStart_), sizeof header);
        const std::uint64_t size = format::recordSize(header.length);
        if (header.length > format::kMaxRecordSize || position_ + size > committed) {
            damaged("damaged");
            break;
        }
        if (!fill(sizeof header + header.length)) {
            damaged("truncated");
            break;
        }
        const std::string_view payload{buffer_.data() + (position_ - bufferStart_) + sizeof header, header.length};
        if (format::recordCrc(header, payload) != header.crc) {
            damaged("damaged");
            break;
        }
        // A type that this version does not know is skipped: newer recorders may add some.
        if (auto decoded = decode(header.type, payload)) {
            if (auto* output = std::get_if<payload::OutputWritten>(&*decoded)) {
                output->sizeBytes = std::min<std::uint64_t>(output->sizeBytes, header.length);
                output->fileOffset = position_ + sizeof header + header.length - output->sizeBytes;
            }
            const auto witness = std::min<std::uint8_t>(header.witness, static_cast<std::uint8_t>(Witness::Output));
            events.push_back(Event{EventTime{header.timeNs}, ProcessId{header.pid, header.serial},
                static_cast<Witness>(witness), std::move(*decoded)});
        }
        position_ += size;
    }
    return events;
}

Result<std::string> RecordingReader::readOutput(const payload::OutputWritten& written) const
{
    if (written.sizeBytes > format::kMaxRecordSize)
        return Error{"the recording '" + path_ + "' is damaged: a piece of output has an impossible size"};
    std::string bytes(written.sizeBytes, '\0');
    if (readAt(file_.get(), bytes.data(), bytes.size(), written.fileOffset) != static_cast<ssize_t>(bytes.size()))
        return Error{"the recording '" + path_ + "' is truncated: output that it had is no longer there"};
    return bytes;
}

RecordingReader::State RecordingReader::state() const
{
    format::FileHeader header;
    if (!readFileHeader(file_.get(), header))
        return State::Abandoned;
    if (header.state == static_cast<std::uint32_t>(format::FileState::Closed))
        return State::Closed;
    const bool recorderLives =
        header.recorderStartTicks != 0 && format::processStartTicks(header.recorderPid) == header.recorderStartTicks;
    return recorderLives ? State::Growing : State::Abandoned;
}

bool RecordingReader::atEnd() const
{
    return !damage_.empty() || position_ >= committedLength();
}

} // namespace daemonscope
