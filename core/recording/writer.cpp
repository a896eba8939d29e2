// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/writer.h"

#include "os/clock.h"
#include "os/lostpages.h"
#include "os/mappedfile.h"
#include "recording/format.h"

#include <unistd.h>

#include <atomic>
#include <bit>
#include <cstring>
#include <filesystem>
#include <mutex>

namespace daemonscope {

namespace {

/// A window of the file that grows: one segment is mapped at a time, and allocated on disk before it is used, so that
/// a full disk is an error here and not a SIGBUS at a store.
class SegmentedWriter final : public RecordingWriter {
public:
    SegmentedWriter(MappedFile file, MappedRegion header)
        : file_(std::move(file))
        , header_(std::move(header))
    {
    }

    void append(const Event& event) override
    {
        const std::string payload = encode(event.payload);
        appendRecord(event.time, event.process, event.witness, event.payload.index(), payload, {});
    }

    void appendOutput(EventTime time, ProcessId process, payload::Stream stream, std::string_view bytes) override
    {
        // The bytes follow the encoded OutputWritten; the reader finds them at the record's end.
        while (!bytes.empty()) {
            const std::string_view piece = bytes.substr(0, kMaxOutputPiece);
            bytes.remove_prefix(piece.size());
            const Payload written = payload::OutputWritten{stream, piece.size(), 0};
            appendRecord(time, process, Witness::Output, written.index(), encode(written), piece);
        }
    }

    Outcome close() override
    {
        const std::lock_guard lock{mutex_};
        segment_ = {};
        // What has lost something did not end in order.
        if (!failure_.empty())
            return Done{};
        std::atomic_ref{header().state}.store(
            static_cast<std::uint32_t>(format::FileState::Closed), std::memory_order_release);
        return file_.truncate(length_);
    }

    /// Maps the stretch of the file that begins at its end so far, for at least `room` bytes and last words.
    Outcome mapNextSegment(std::uint64_t room)
    {
        // Mappings begin at a page; a record may lie across the old segment's end.
        const std::uint64_t start = length_ / format::kHeaderSize * format::kHeaderSize;
        // Where the disk is nearly full, less at a time, to its last pages.
        constexpr std::uint64_t kSmallSegment = 64UL << 10;
        std::uint64_t size = format::kSegmentSize;
        auto segment = file_.map(start, size);
        while (!segment.ok() && size > kSmallSegment && size > 2 * (room + kLastWordsBytes + format::kHeaderSize)) {
            size /= 2;
            segment = file_.map(start, size);
        }
        if (!segment.ok())
            return segment.error();
        segment_ = std::move(segment).value();
        segmentStart_ = start;
        return Done{};
    }

    Outcome publish() { return file_.publish(); }

    void onFailure(std::function<void(const std::string&)> told) override { onFailure_ = std::move(told); }

    [[nodiscard]] std::string failure() const override
    {
        const std::lock_guard lock{mutex_};
        return failure_;
    }

private:
    static constexpr std::size_t kMaxOutputPiece = 1U << 20;
    /// From here on a system call is cheaper than the page faults of storing the bytes.
    static constexpr std::size_t kLongOutput = 8UL << 10;
    /// Kept free at the end of each segment, so that the reason why nothing follows can be said.
    static constexpr std::uint64_t kLastWordsBytes = 1024;

    format::FileHeader& header() { return *reinterpret_cast<format::FileHeader*>(header_.data()); }

    void appendRecord(EventTime time, ProcessId process, Witness witness, std::size_t type, std::string_view payload,
        std::string_view more)
    {
        format::RecordHeader record;
        record.type = static_cast<std::uint8_t>(type);
        record.witness = static_cast<std::uint8_t>(witness);
        record.pid = process.pid;
        record.serial = process.serial;
        record.timeNs = time.count();
        record.crc = format::recordCrc(record, payload, more);
        const auto length = static_cast<std::uint32_t>(payload.size() + more.size());
        if (length > format::kMaxRecordSize)
            return;

        std::unique_lock lock{mutex_};
        if (!failure_.empty())
            return;
        Outcome done = reserve(format::recordSize(length));
        if (done.ok())
            done = place(record, length, payload, more);
        if (!done.ok()) {
            giveUp(done.error().message);
            lock.unlock();
            if (onFailure_)
                onFailure_(done.error().message);
        }
    }

    /// Puts a record at the end of the file, where there is room. Called with the mutex held.
    Outcome place(
        const format::RecordHeader& record, std::uint32_t length, std::string_view payload, std::string_view more)
    {
        char* const at = segment_.data() + (length_ - segmentStart_);
        const std::string_view head{reinterpret_cast<const char*>(&record), sizeof record};
        if (more.size() < kLongOutput) {
            std::memcpy(at + sizeof record, payload.data(), payload.size());
            if (!more.empty())
                std::memcpy(at + sizeof record + payload.size(), more.data(), more.size());
            std::memcpy(
                at + sizeof record.length, head.data() + sizeof record.length, head.size() - sizeof record.length);
        } else if (Outcome written = file_.write(length_, {head, payload, more}); !written.ok()) {
            return written;
        }
        // Last, so that whoever sees the length sees the whole record.
        std::atomic_ref{*reinterpret_cast<std::uint32_t*>(at)}.store(length, std::memory_order_release);
        length_ += format::recordSize(length);
        std::atomic_ref{header().committedLength}.store(length_, std::memory_order_release);
        return lostPages() ? Outcome{Error{"the recording '" + file_.path() + "' was cut short by somebody else"}}
                           : Outcome{Done{}};
    }

    /// Makes room for a record at the end of the file.
    Outcome reserve(std::uint64_t size)
    {
        if (length_ + size + kLastWordsBytes <= segmentStart_ + segment_.size())
            return Done{};
        return mapNextSegment(size);
    }

    /// Nothing can be appended any more: says so in the room that was kept for it, and gives back what is left.
    void giveUp(const std::string& why)
    {
        failure_ = why;
        format::RecordHeader record;
        const Payload lost = payload::Lost{"everything from here on", why.substr(0, kLastWordsBytes / 2)};
        const std::string payload = encode(lost);
        record.type = static_cast<std::uint8_t>(lost.index());
        record.timeNs = monotonicNow().count();
        record.crc = format::recordCrc(record, payload);
        const auto length = static_cast<std::uint32_t>(payload.size());
        if (!lostPages() && length_ + format::recordSize(length) <= segmentStart_ + segment_.size()) [[maybe_unused]]
            const Outcome said = place(record, length, payload, {});
        segment_ = {};
        if (!lostPages()) [[maybe_unused]]
            const Outcome cut = file_.truncate(length_);
    }

    mutable std::mutex mutex_;
    MappedFile file_;
    MappedRegion header_;
    MappedRegion segment_;
    std::uint64_t segmentStart_ = 0;
    std::uint64_t length_ = format::kHeaderSize;
    std::string failure_;
    std::function<void(const std::string&)> onFailure_;
};

} // namespace

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(const std::string& path, bool overwrite)
{
    auto file = MappedFile::create(path, overwrite);
    if (!file.ok())
        return file.error();
    // A file that can't become a recording must not stand in the way of the next try, where it has its name already.
    const bool named = file.value().named();
    const auto giveUp = [&path, named](const Error& error) {
        std::error_code ignored;
        if (named)
            std::filesystem::remove(path, ignored);
        return error;
    };
    auto header = file.value().map(0, format::kHeaderSize);
    if (!header.ok())
        return giveUp(header.error());
    format::FileHeader contents;
    contents.recorderPid = ::getpid();
    contents.recorderStartTicks = format::processStartTicks(contents.recorderPid);
    // The magic last: whoever looks at the file now sees no recording yet, or a whole header.
    std::memcpy(header.value().data() + sizeof contents.magic,
        reinterpret_cast<const char*>(&contents) + sizeof contents.magic, sizeof contents - sizeof contents.magic);
    std::atomic_ref{*reinterpret_cast<std::uint64_t*>(header.value().data())}.store(
        std::bit_cast<std::uint64_t>(contents.magic), std::memory_order_release);
    auto writer = std::make_unique<SegmentedWriter>(std::move(file).value(), std::move(header).value());
    // Now and not at the first event: allocating takes milliseconds, and a full disk is better known before the start.
    if (Outcome mapped = writer->mapNextSegment(0); !mapped.ok())
        return giveUp(mapped.error());
    if (Outcome published = writer->publish(); !published.ok())
        return giveUp(published.error());
    return std::unique_ptr<RecordingWriter>{std::move(writer)};
}

} // namespace daemonscope
