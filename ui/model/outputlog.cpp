// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/outputlog.h"

#include "ui/model/captions.h"

#include <algorithm>
#include <limits>

namespace daemonscope {

namespace {
/// The length of the SGR sequence (ESC [ digits and semicolons m) at `at`; 0 if there is none.
std::size_t sgrLength(const std::string& bytes, std::size_t at)
{
    if (bytes[at] != '\x1b' || at + 1 >= bytes.size() || bytes[at + 1] != '[')
        return 0;
    std::size_t end = at + 2;
    while (end < bytes.size() && (bytes[end] == ';' || (bytes[end] >= '0' && bytes[end] <= '9')))
        ++end;
    return end < bytes.size() && bytes[end] == 'm' ? end + 1 - at : 0;
}
} // namespace

QString shownLine(const std::string& bytes)
{
    std::string plain;
    plain.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        if (const std::size_t sgr = sgrLength(bytes, i)) {
            i += sgr;
            continue;
        }
        // The end of a line as other systems write it.
        if (bytes[i] == '\r' && i + 1 == bytes.size())
            break;
        // A tab would otherwise be spelled out, and tables of output are common.
        if (bytes[i] == '\t')
            plain.append(8 - plain.size() % 8, ' ');
        else
            plain += bytes[i];
        ++i;
    }
    return shownText(plain, static_cast<int>(OutputIndex::kMaxShownBytes));
}

OutputLog::OutputLog(const RecordingFeed& feed, QObject* parent)
    : QObject(parent)
    , feed_(feed)
{
    connect(&feed, &RecordingFeed::aboutToReset, this, [this] { notes_.clear(); });
    connect(&feed, &RecordingFeed::changed, this,
        [this](const ProcessTree::Changes& changes) { notes_.update(feed_.tree(), changes); });
}

const std::vector<OutputNote>& OutputLog::notes(ProcessIndex process) const
{
    return process == kAll ? notes_.all(feed_.tree()) : notes_.of(feed_.tree(), process);
}

std::size_t OutputLog::noteCount(ProcessIndex process, EventTime t) const
{
    const auto& list = notes(process);
    return static_cast<std::size_t>(
        std::upper_bound(list.begin(), list.end(), t, [](EventTime time, const OutputNote& n) { return time < n.time; })
        - list.begin());
}

int OutputLog::lineCount(ProcessIndex process, EventTime t) const
{
    const OutputIndex& output = feed_.output();
    const std::size_t count = process == kAll ? output.countUntil(t) : output.countUntil(process, t);
    return static_cast<int>(std::min<std::size_t>(count, std::numeric_limits<int>::max() / 2));
}

int OutputLog::rowCount(ProcessIndex process, EventTime t) const
{
    return lineCount(process, t) + static_cast<int>(noteCount(process, t));
}

std::size_t OutputLog::linesBefore(ProcessIndex process, const OutputNote& note) const
{
    return static_cast<std::size_t>(lineCount(process, note.time));
}

OutputRow OutputLog::row(ProcessIndex process, int row, EventTime t) const
{
    // Note k stands after the lines that were begun until its time, so at row linesBefore(k) + k, which ascends.
    const auto& list = notes(process);
    const auto wanted = static_cast<std::size_t>(row);
    std::size_t low = 0;
    std::size_t high = noteCount(process, t);
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (linesBefore(process, list[middle]) + middle < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < noteCount(process, t) && linesBefore(process, list[low]) + low == wanted) {
        const OutputNote& note = list[low];
        return {true, note.time, note.process, payload::Stream::Stdout, note.tone, note.text};
    }
    const std::size_t position = wanted - low;
    const OutputIndex& output = feed_.output();
    const auto number =
        process == kAll ? static_cast<OutputIndex::LineNumber>(position) : output.linesOf(process)[position];
    const OutputLine& line = output.lines()[number];
    OutputRow result{false, line.time, line.process, line.stream, OutputNote::Tone::Plain, {}};
    if (feed_.reader())
        result.text = shownLine(output.bytes(number, t, *feed_.reader()));
    return result;
}

} // namespace daemonscope
