// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/outputnotes.h"

#include "lifecycle/terms.h"
#include "lifecycle/verdict.h"
#include "ui/model/captions.h"

#include <algorithm>

namespace daemonscope {

namespace {
QString childName(const ProcessTree& tree, const std::optional<ProcessIndex>& child)
{
    return child ? shownText(tree.at(*child).name, 40) : QStringLiteral("a child that is not known");
}

QString exitSequenceOf(const Process& process)
{
    return QStringLiteral(" (%1's %2)")
        .arg(QLatin1String(terms::actor(process.runtime)), QLatin1String(terms::kExitSequence));
}

void addWaits(const ProcessTree& tree, const Process& process, std::vector<OutputNote>& notes)
{
    for (const JoinWait& wait : process.waits) {
        // A wait that ends at once is not worth a line.
        if (wait.end && *wait.end - wait.begin < std::chrono::milliseconds(20))
            continue;
        QString text = QStringLiteral("waits for %1").arg(childName(tree, wait.child));
        if (wait.atExit)
            text += exitSequenceOf(process);
        else if (!wait.place.empty())
            text += QStringLiteral(" (join at %1)").arg(shownText(wait.place, 60));
        notes.push_back({wait.begin, process.index, OutputNote::Tone::Plain, text});
    }
}

void addKills(const ProcessTree& tree, const Process& process, std::vector<OutputNote>& notes)
{
    for (const ProcessIndex child : tree.children(process.index)) {
        const Process& target = tree.at(child);
        for (const SignalFact& signal : target.signalsReceived) {
            if (signal.sender != process.index)
                continue;
            QString text = QStringLiteral("sends %1 to %2")
                               .arg(QString::fromStdString(signal.signal.name()), childName(tree, child));
            if (signal.atExit)
                text += exitSequenceOf(process);
            else if (!signal.call.empty())
                text += QStringLiteral(" (%1%2)").arg(shownText(signal.call, 30),
                    signal.place.empty() ? QString() : QStringLiteral(" at ") + shownText(signal.place, 60));
            // The sender's own moment: the kernel may deliver the signal only after the sender has gone on.
            const EventTime sent = signal.asked > EventTime::zero() ? signal.asked : signal.time;
            notes.push_back({sent, process.index, OutputNote::Tone::Kill, text});
        }
    }
}

void addEnd(const ProcessTree& tree, const Process& process, std::vector<OutputNote>& notes)
{
    if (process.told->exception && process.told->exceptionTime) {
        notes.push_back({*process.told->exceptionTime, process.index, OutputNote::Tone::Fail,
            QStringLiteral("uncaught %1").arg(shownText(process.told->exception->type, 60))});
    }
    if (!process.ended)
        return;
    const bool killed = process.exit && process.exit->bySignal();
    QString text = QString::fromStdString(stateText(tree, process.index, *process.ended));
    if (killed)
        text += QStringLiteral(" (%1), exit code \u2212%1").arg(process.exit->signal().number());
    const bool well = !killed && (!process.exit || process.exit->exitCode() == 0);
    const OutputNote::Tone tone = killed ? OutputNote::Tone::Kill
        : well                           ? OutputNote::Tone::End
                                         : OutputNote::Tone::Fail;
    notes.push_back({*process.ended, process.index, tone, text});
}
} // namespace

std::vector<OutputNote> notesOf(const ProcessTree& tree, ProcessIndex index)
{
    const Process& process = tree.at(index);
    std::vector<OutputNote> notes;
    if (process.foldedInto)
        return notes;
    QString begun = QStringLiteral("started");
    if (process.parent && !tree.at(*process.parent).foldedInto)
        begun += QStringLiteral(" by %1").arg(shownText(tree.at(*process.parent).name, 40));
    notes.push_back({process.born, index, OutputNote::Tone::Plain, begun});
    if (process.told->mainCodeEnded && process.role == Role::Main) {
        notes.push_back({*process.told->mainCodeEnded, index, OutputNote::Tone::Plain,
            QStringLiteral("the program's own code has ended")});
    }
    addKills(tree, process, notes);
    addWaits(tree, process, notes);
    addEnd(tree, process, notes);
    if (process.rare->droppedBytes > 0) {
        notes.push_back({process.rare->droppedSince, index, OutputNote::Tone::Fail,
            QStringLiteral("from here on %1 bytes were not kept (--limit)").arg(process.rare->droppedBytes)});
    }
    std::stable_sort(notes.begin(), notes.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return notes;
}

void OutputNotes::update(const ProcessTree& tree, const ProcessTree::Changes& changes)
{
    byProcess_.resize(tree.size());
    valid_.resize(tree.size(), false);
    for (const auto* list : {&changes.born, &changes.moved, &changes.folded, &changes.changed}) {
        for (const ProcessIndex process : *list) {
            valid_[static_cast<std::size_t>(process)] = false;
            // A parent's notes speak of its children.
            if (const auto parent = tree.at(process).parent)
                valid_[static_cast<std::size_t>(*parent)] = false;
            allValid_ = false;
        }
    }
}

void OutputNotes::clear()
{
    *this = OutputNotes();
}

const std::vector<OutputNote>& OutputNotes::of(const ProcessTree& tree, ProcessIndex process) const
{
    static const std::vector<OutputNote> none;
    const auto i = static_cast<std::size_t>(process);
    if (process < 0 || i >= byProcess_.size())
        return none;
    if (!valid_[i]) {
        byProcess_[i] = notesOf(tree, process);
        valid_[i] = true;
    }
    return byProcess_[i];
}

const std::vector<OutputNote>& OutputNotes::all(const ProcessTree& tree) const
{
    if (!allValid_) {
        all_.clear();
        for (std::size_t i = 0; i < byProcess_.size(); ++i) {
            const auto& own = of(tree, static_cast<ProcessIndex>(i));
            all_.insert(all_.end(), own.begin(), own.end());
        }
        std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
        allValid_ = true;
    }
    return all_;
}

} // namespace daemonscope
