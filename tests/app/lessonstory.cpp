// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessonstory.h"

#include "lessondeeds.h"
#include "lifecycle/verdict.h"
#include "recording/reader.h"

#include <algorithm>
#include <map>

namespace trial {

namespace {
using namespace daemonscope;

/// Lines of what was written. A traceback's frames and the empty text behind the last newline are left out.
QByteArrayList linesOf(const QByteArray& written)
{
    QByteArrayList lines;
    bool traceback = false;
    for (const QByteArray& line : written.split('\n')) {
        traceback = line.startsWith("Traceback (most recent call last):") || (traceback && line.startsWith(' '));
        if (!traceback)
            lines << line;
    }
    if (!lines.isEmpty() && lines.back().isEmpty())
        lines.removeLast();
    return lines;
}

class StoryReader {
public:
    LessonStory read(const std::string& recording);

private:
    void label(ProcessIndex index, const QByteArray& parent, std::map<QByteArray, int>& siblings);
    void tell(ProcessIndex index);
    [[nodiscard]] QByteArrayList factsOf(const Process& process) const;
    /// Who ended first of the children that its exit sequence found.
    [[nodiscard]] QByteArrayList endsAtExit(ProcessIndex index) const;
    /// Whether its parent's exit sequence collected it. How long it waited for that while another child was joined, the
    /// order of a set decides.
    [[nodiscard]] bool collectedAtExit(const Process& process) const
    {
        const auto begun = process.parent ? tree_.at(*process.parent).told->exitSequenceBegun : std::nullopt;
        return begun && process.reaped && *process.reaped >= *begun;
    }
    [[nodiscard]] QByteArray labelOf(std::optional<ProcessIndex> index) const
    {
        return index ? labels_.at(*index) : QByteArray("outside");
    }

    ProcessTree tree_;
    std::vector<Event> events_;
    std::map<ProcessIndex, QByteArray> labels_;
    std::map<ProcessIndex, std::array<QByteArray, 2>> written_;
    LessonStory story_;
};

LessonStory StoryReader::read(const std::string& recording)
{
    auto opened = RecordingReader::open(recording);
    if (!opened.ok()) {
        story_.error = opened.error().message;
        return story_;
    }
    RecordingReader reader = std::move(opened).value();
    for (std::vector<Event> batch = reader.poll(); !batch.empty(); batch = reader.poll()) {
        for (Event& event : batch) {
            tree_.apply(event);
            if (const auto* output = std::get_if<payload::OutputWritten>(&event.payload)) {
                const auto bytes = reader.readOutput(*output);
                const std::size_t stream = output->stream == payload::Stream::Stdout ? 0 : 1;
                if (const auto index = tree_.find(event.process); index && bytes.ok())
                    written_[*index].at(stream) += QByteArray::fromStdString(bytes.value());
            }
            events_.push_back(std::move(event));
        }
    }
    story_.error = !reader.damage().empty() ? reader.damage() : tree_.complete() ? "" : "the recording has no end";
    for (const payload::Lost& lost : tree_.lost())
        story_.error += "lost: " + lost.what + " (" + lost.why + ")";
    // In the order in which things happened, not in that in which they were told.
    std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) { return a.time < b.time; });

    std::map<QByteArray, int> siblings;
    for (const ProcessIndex root : tree_.roots())
        label(root, {}, siblings);
    for (const auto& [index, name] : labels_) {
        if (!tree_.at(index).foldedInto)
            tell(index);
    }
    std::sort(story_.processes.begin(), story_.processes.end(),
        [](const ProcessStory& a, const ProcessStory& b) { return a.label < b.label; });
    for (const Finding& finding : daemonscope::findings(tree_)) {
        if (finding.rule == "zombie" && collectedAtExit(tree_.at(finding.process)))
            continue;
        story_.findings << QByteArray(word(finding.severity)) + " " + finding.rule.c_str() + ": "
                + labelOf(finding.process);
    }
    std::sort(story_.findings.begin(), story_.findings.end());
    return story_;
}

void StoryReader::label(ProcessIndex index, const QByteArray& parent, std::map<QByteArray, int>& siblings)
{
    const QByteArray own = parent + QByteArray::fromStdString(tree_.at(index).name);
    const int number = ++siblings[own];
    const QByteArray text = number == 1 ? own : own + " #" + QByteArray::number(number);
    labels_[index] = text;
    for (const ProcessIndex child : tree_.children(index))
        label(child, text + " > ", siblings);
}

QByteArrayList StoryReader::factsOf(const Process& process) const
{
    QByteArrayList facts;
    facts << QByteArray("role ") + word(process.role);
    if (const std::optional<bool> daemon = daemonFlag(process)) {
        facts << QByteArray(*daemon ? "daemon" : "no daemon")
                + (process.daemonOrigin ? QByteArray(" by ") + word(*process.daemonOrigin) : QByteArray());
    }
    if (process.startMethod)
        facts << QByteArray("started by ") + word(*process.startMethod);
    if (process.kernelParent && process.kernelParent != process.parent)
        facts << "forked by " + labelOf(process.kernelParent);
    if (process.orphanedAt && process.role != Role::Helper)
        facts << "outlived its parent";
    if (!process.exit)
        facts << "did not end";
    else if (process.exit->bySignal())
        facts << "ended by " + QByteArray::fromStdString(process.exit->signal().name());
    else
        facts << "exit code " + QByteArray::number(process.exit->exitCode());
    if (const std::optional<EndedBy> by = tree_.endedBy(process.index)) {
        facts << "it was " + labelOf(by->process) + " with " + QByteArray::fromStdString(by->signal.name()) + ", "
                + word(by->how);
    }
    return facts;
}

QByteArrayList StoryReader::endsAtExit(ProcessIndex index) const
{
    const auto begun = std::find_if(events_.begin(), events_.end(), [&](const Event& event) {
        return std::holds_alternative<payload::ExitSequenceBegun>(event.payload) && tree_.find(event.process) == index;
    });
    if (begun == events_.end())
        return {};
    const auto ends = [&](const std::vector<payload::ExitCandidate>& candidates) {
        ProcessEnds found;
        for (const ProcessIndex child : tree_.children(index)) {
            const Process& process = tree_.at(child);
            const bool listed = std::any_of(candidates.begin(), candidates.end(),
                [&](const payload::ExitCandidate& candidate) { return process.told->object == candidate.object; });
            if (listed && process.ended)
                found.push_back({QByteArray::fromStdString(process.name), *process.ended});
        }
        return found;
    };
    const auto& found = std::get<payload::ExitSequenceBegun>(begun->payload);
    return daemonsAgainstOthers(ends(found.daemons), ends(found.others));
}

void StoryReader::tell(ProcessIndex index)
{
    const Process& process = tree_.at(index);
    ProcessStory story;
    story.label = labels_.at(index);
    story.facts = factsOf(process);
    Deeds deeds(tree_);
    for (const Event& event : events_) {
        deeds.learn(event);
        if (event.witness == Witness::Runtime && tree_.find(event.process) == index)
            deeds.take(event);
    }
    // A helper has no children to look after at its end; Python's goes through the sequence all the same.
    if (const QByteArrayList order = endsAtExit(index); !order.isEmpty())
        story.facts << order;
    if (process.ended && process.role != Role::Helper)
        story_.ends.push_back({story.label, *process.ended});
    story.deeds = process.role == Role::Helper ? deeds.lines().mid(0, 1) : deeds.lines();
    for (const ThreadLife& thread : process.told->threads) {
        story.threads << QByteArray::fromStdString(thread.name) + (thread.daemon ? ", daemon" : "")
                + (thread.ended ? ", ended" : ", cut off");
    }
    // Each thread tells of its own start, so that two may do so in either order.
    std::sort(story.threads.begin(), story.threads.end());
    story.cutOff = process.exit && process.exit->bySignal();
    story.out = linesOf(written_[index].at(0));
    story.err = linesOf(written_[index].at(1));
    story_.processes.push_back(std::move(story));
}

void cutAlike(QByteArrayList& one, QByteArrayList& other)
{
    QByteArrayList& longer = one.size() > other.size() ? one : other;
    const QByteArrayList& shorter = one.size() > other.size() ? other : one;
    if (!shorter.isEmpty() && longer.mid(0, shorter.size()) == shorter)
        longer = shorter;
}

void addIndented(QByteArray& text, const char* before, const QByteArrayList& lines)
{
    for (const QByteArray& line : lines)
        text += QByteArray("  ") + before + line + "\n";
}
} // namespace

LessonStory LessonStory::read(const std::string& recording)
{
    return StoryReader().read(recording);
}

QByteArray LessonStory::text() const
{
    QByteArray text;
    for (const ProcessStory& process : processes) {
        text += process.label + "\n";
        addIndented(text, "", process.facts);
        addIndented(text, "- ", process.deeds);
        addIndented(text, "thread ", process.threads);
        addIndented(text, "out | ", process.out);
        addIndented(text, "err | ", process.err);
    }
    for (const QByteArray& finding : findings)
        text += "finding " + finding + "\n";
    return text;
}

void cutAlike(LessonStory& one, LessonStory& other)
{
    for (ProcessStory& process : one.processes) {
        const auto same = std::find_if(other.processes.begin(), other.processes.end(),
            [&](const ProcessStory& candidate) { return candidate.label == process.label; });
        if (same == other.processes.end() || !process.cutOff || !same->cutOff)
            continue;
        cutAlike(process.out, same->out);
        cutAlike(process.err, same->err);
    }
}

QByteArray differences(const QByteArray& one, const QByteArray& other)
{
    const QByteArrayList a = one.split('\n');
    const QByteArrayList b = other.split('\n');
    // The longest common subsequence, from the ends; the texts have a few hundred lines.
    const qsizetype width = b.size() + 1;
    std::vector<int> common(static_cast<std::size_t>((a.size() + 1) * width));
    const auto at = [&](qsizetype i, qsizetype k) -> int& {
        return common.at(static_cast<std::size_t>(i * width + k));
    };
    for (qsizetype i = a.size() - 1; i >= 0; --i) {
        for (qsizetype k = b.size() - 1; k >= 0; --k)
            at(i, k) = a.at(i) == b.at(k) ? at(i + 1, k + 1) + 1 : std::max(at(i + 1, k), at(i, k + 1));
    }
    QByteArray text;
    QByteArray owner; // the process that the lines are about
    bool owned = false;
    const auto say = [&](const char* sign, const QByteArray& line) {
        if (!owned)
            text += owner + "\n";
        owned = true;
        text += sign + line + "\n";
    };
    for (qsizetype i = 0, k = 0; i < a.size() || k < b.size();) {
        if (i < a.size() && k < b.size() && a.at(i) == b.at(k)) {
            if (!a.at(i).startsWith(' ')) {
                owner = a.at(i);
                owned = false;
            }
            ++i;
            ++k;
        } else if (k == b.size() || (i < a.size() && at(i + 1, k) >= at(i, k + 1))) {
            say("-", a.at(i++));
        } else {
            say("+", b.at(k++));
        }
    }
    return text;
}

} // namespace trial
