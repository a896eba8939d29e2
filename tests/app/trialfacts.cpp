// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trialfacts.h"

#include <QByteArrayList>

#include <csignal>

namespace trial {

namespace {

namespace payload = daemonscope::payload;
using daemonscope::Event;
using daemonscope::RecordingReader;
using daemonscope::Witness;

template <class... Cases> struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases> Overloaded(Cases...) -> Overloaded<Cases...>;

QByteArray howName(payload::Born::How how)
{
    switch (how) {
    case payload::Born::How::Launch:
        return "launch";
    case payload::Born::How::Fork:
        return "fork";
    case payload::Born::How::Vfork:
        return "vfork";
    case payload::Born::How::Clone:
        return "clone";
    case payload::Born::How::Unknown:
        break;
    }
    return "unknown";
}

void take(ProcessFacts& facts, const Event& event, std::size_t index, const RecordingReader& reader)
{
    std::visit(Overloaded{
                   [&](const payload::Born& born) {
                       ++facts.births;
                       facts.parent = born.parent;
                       facts.how = born.how;
                       facts.bornAt = index;
                   },
                   [&](const payload::Executed& executed) { facts.execs.push_back(executed); },
                   [&](const payload::SignalDelivered& signal) { facts.signals.push_back(signal); },
                   [&](const payload::KillRequested& kill) { facts.kills.push_back(kill); },
                   [&](const payload::Reparented& reparented) { facts.reparented.push_back(reparented); },
                   [&](const payload::Stopped& stopped) { facts.stops.push_back(stopped.signal); },
                   [&](const payload::Continued&) { ++facts.continues; },
                   [&](const payload::Exited& exited) {
                       ++facts.ends;
                       facts.exited = exited;
                       facts.endedAt = index;
                   },
                   [&](const payload::OutputWritten& written) {
                       facts.wroteAfterEnd = facts.wroteAfterEnd || facts.ends > 0;
                       const auto bytes = reader.readOutput(written);
                       (written.stream == payload::Stream::Stdout ? facts.out : facts.err)
                           .append(bytes.ok() ? QByteArray::fromStdString(bytes.value()) : "(unreadable)");
                   },
                   [](const auto&) {},
               },
        event.payload);
}

} // namespace

QByteArray ProcessFacts::end() const
{
    if (!exited)
        return {};
    if (exited->statusUnknown)
        return "ended";
    return (exited->bySignal ? "signal " : "exit ") + QByteArray::number(exited->code);
}

RecordingFacts RecordingFacts::read(const std::string& path)
{
    RecordingFacts facts;
    auto opened = RecordingReader::open(path);
    if (!opened.ok()) {
        facts.error = opened.error().message;
        return facts;
    }
    RecordingReader reader = std::move(opened).value();
    for (std::vector<Event> batch = reader.poll(); !batch.empty(); batch = reader.poll()) {
        for (Event& event : batch) {
            const bool ofRecorder = event.witness == Witness::Recorder;
            if (!ofRecorder) {
                ProcessFacts& process = facts.processes[event.process.serial];
                process.id = event.process;
                take(process, event, facts.events.size(), reader);
            }
            facts.events.push_back(std::move(event));
        }
    }
    facts.error = reader.damage();
    facts.state = reader.state();
    return facts;
}

QByteArray RecordingFacts::ends() const
{
    QByteArray text;
    for (const auto& [serial, process] : processes)
        text += (text.isEmpty() ? "" : ", ") + process.end();
    return text;
}

QByteArray RecordingFacts::tree() const
{
    QByteArray text;
    for (const auto& [serial, process] : processes) {
        text += text.isEmpty() ? "" : "; ";
        text += howName(process.how);
        if (process.parent)
            text += '(' + QByteArray::number(process.parent->serial) + ')';
        text += ' ' + process.end();
    }
    return text;
}

QByteArray RecordingFacts::signalStory() const
{
    QByteArrayList story;
    for (const Event& event : events) {
        const QByteArray who = QByteArray::number(event.process.serial);
        if (const auto* signal = std::get_if<payload::SignalDelivered>(&event.payload)) {
            const QByteArray sender = signal->sender ? QByteArray::number(signal->sender->serial)
                : signal->senderPid != 0             ? QByteArray{"outside"}
                                                     : QByteArray{"the kernel"};
            story << who + " got " + QByteArray::number(signal->signal) + " from " + sender;
        } else if (const auto* kill = std::get_if<payload::KillRequested>(&event.payload)) {
            const QByteArray target = kill->target ? QByteArray::number(kill->target->serial)
                : kill->targetPid < 0              ? QByteArray{"a group"}
                                                   : QByteArray{"somebody"};
            const QByteArray verb =
                kill->signal == SIGKILL ? QByteArray{" kills "} : " sends " + QByteArray::number(kill->signal) + " to ";
            story << who + verb + target + " by " + QByteArray::fromStdString(kill->call);
        } else if (const auto* end = std::get_if<payload::KillReturned>(&event.payload); end && end->error != 0) {
            story << who + " fails with " + QByteArray::number(end->error);
        }
    }
    return story.join("; ");
}

const ProcessFacts* RecordingFacts::endedBy(const QByteArray& end) const
{
    const ProcessFacts* found = nullptr;
    for (const auto& [serial, process] : processes) {
        if (process.end() != end)
            continue;
        if (found != nullptr)
            return nullptr;
        found = &process;
    }
    return found;
}

QByteArray RecordingFacts::flaw() const
{
    if (!error.empty())
        return QByteArray::fromStdString(error);
    if (state != RecordingReader::State::Closed)
        return "the recording was not closed";
    if (events.empty() || !std::holds_alternative<payload::RecordingStarted>(events.front().payload))
        return "it does not begin with recording-started";
    if (!std::holds_alternative<payload::RecordingEnded>(events.back().payload))
        return "it does not end with recording-ended";
    std::uint32_t expected = 0;
    for (const auto& [serial, process] : processes) {
        const QByteArray who =
            "process " + QByteArray::number(serial) + " (" + QByteArray::number(process.id.pid) + ") ";
        if (serial != expected++)
            return who + "follows a gap in the serials";
        if (process.births != 1)
            return who + "has " + QByteArray::number(process.births) + " births";
        if (process.ends != 1)
            return who + "has " + QByteArray::number(process.ends) + " ends";
        if (process.endedAt < process.bornAt)
            return who + "ends before its birth";
        if (process.wroteAfterEnd)
            return who + "wrote after its end";
        if (process.parent && processes.at(process.parent->serial).bornAt > process.bornAt)
            return who + "is older than its parent";
    }
    return {};
}

} // namespace trial
