// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessondeeds.h"

#include <algorithm>

namespace trial {

namespace {
using namespace daemonscope;

template <class... Cases> struct DeedCases : Cases... {
    using Cases::operator()...;
};
template <class... Cases> DeedCases(Cases...) -> DeedCases<Cases...>;

QByteArray bytes(const std::string& text)
{
    return QByteArray::fromStdString(text);
}

QByteArray flag(bool value)
{
    return value ? "True" : "False";
}

QByteArray namesOf(const std::vector<payload::ExitCandidate>& children)
{
    QByteArrayList names;
    for (const payload::ExitCandidate& child : children)
        names << bytes(child.name);
    std::sort(names.begin(), names.end()); // the runtime keeps them in a set
    return names.isEmpty() ? "none" : names.join(", ");
}

QByteArray signalName(int number)
{
    return bytes(Signal(number).name());
}
} // namespace

void Deeds::learn(const Event& event)
{
    if (const auto* made = std::get_if<payload::ObjectMade>(&event.payload))
        names_[made->object] = bytes(made->name);
    else if (const auto* set = std::get_if<payload::NameSet>(&event.payload))
        names_[set->object] = bytes(set->name);
}

QByteArray Deeds::object(const ObjectId& id) const
{
    const auto found = names_.find(id);
    return found == names_.end() ? QByteArray("an unknown object") : found->second;
}

QByteArray Deeds::process(const std::optional<ProcessId>& id) const
{
    const auto index = id ? tree_.find(*id) : std::nullopt;
    return index ? bytes(tree_.at(*index).name) : QByteArray("an unknown process");
}

QByteArray Deeds::lineOf(const Payload& payload)
{
    return std::visit(
        DeedCases{
            [](const payload::InterpreterStarted& e) { return "a runtime begins, as " + bytes(e.role); },
            [](const payload::Forked&) -> QByteArray { return "is a bare fork"; },
            [](const payload::ObjectMade& e) -> QByteArray {
                return "makes " + bytes(e.name) + ", daemon=" + flag(e.daemon)
                    + (e.daemonExplicit ? " by argument" : " inherited");
            },
            [](const payload::DaemonSet& e) -> QByteArray {
                return "sets " + bytes(e.name) + ".daemon from " + flag(e.oldValue) + " to " + flag(e.newValue) + " ("
                    + bytes(e.state) + ")" + (e.accepted ? QByteArray() : ": " + bytes(e.error));
            },
            [](const payload::NameSet& e) { return "renames to " + bytes(e.name); },
            [](const payload::StartCalled& e) { return "start() of " + bytes(e.name); },
            [this](const payload::StartReturned& e) { return object(e.object) + " started by " + bytes(e.method); },
            [this](const payload::StartRefused& e) {
                return object(e.object) + " refused: " + bytes(e.exceptionType) + ": " + bytes(e.message);
            },
            [](const payload::Bootstrapped& e) -> QByteArray {
                return "becomes " + bytes(e.name) + ", daemon=" + flag(e.daemon);
            },
            [](const payload::ExceptionRaised& e) { return "ends with " + bytes(e.type) + ": " + bytes(e.message); },
            [](const payload::TargetEnded& e) { return "its code ended, " + QByteArray::number(e.code); },
            [](const payload::MainCodeEnded&) -> QByteArray { return "main's code ended"; },
            [this](const payload::JoinBegun& e) {
                return "join() of " + object(e.object)
                    + (e.timeoutNs ? ", at most " + QByteArray::number(*e.timeoutNs / 1000000) + " ms" : "");
            },
            [this](const payload::JoinEnded& e) {
                return "join of " + object(e.object) + " ended: "
                    + (e.code                 ? QByteArray::number(*e.code)
                            : e.error.empty() ? "no code"
                                              : bytes(e.error));
            },
            [this](const payload::TerminateCalled& e) -> QByteArray {
                return (e.kill ? "kill() of " : "terminate() of ") + process(e.child);
            },
            [this](
                const payload::SignalSent& e) { return "sends " + signalName(e.signal) + " to " + process(e.child); },
            [this](const payload::ChildReaped& e) {
                return "sees the end of " + process(e.child) + ", " + QByteArray::number(e.code);
            },
            [this](const payload::ObjectClosed& e) -> QByteArray {
                return "closes " + object(e.object) + (e.accepted ? "" : ", refused");
            },
            [](const payload::ExitSequenceBegun& e) {
                return "exit sequence: daemons " + namesOf(e.daemons) + "; others " + namesOf(e.others);
            },
            [this](const payload::ExitSequenceStep& e) -> QByteArray {
                if (e.kind == payload::ExitSequenceStep::Kind::Phase)
                    return "exit phase " + bytes(e.name);
                if (e.kind == payload::ExitSequenceStep::Kind::Terminate)
                    terminated_.insert(bytes(e.name));
                return (e.kind == payload::ExitSequenceStep::Kind::Terminate ? "exit: terminates " : "exit: joins ")
                    + bytes(e.name);
            },
            [](const payload::ExitSequenceEnded&) -> QByteArray { return "exit sequence ended"; },
            [](const payload::InterpreterExiting& e) -> QByteArray {
                return "the runtime ends"
                    + (e.exceptionType.empty() ? QByteArray() : " with " + bytes(e.exceptionType));
            },
            [this](const payload::RuntimeCall& e) -> QByteArray {
                return "calls " + bytes(e.call)
                    + (e.signal != 0 ? " " + signalName(e.signal) + " to " + process(e.target) : QByteArray());
            },
            [](const payload::HookError& e) { return "hook error in " + bytes(e.where) + ": " + bytes(e.message); },
            // Threads have a list of their own, as what they do is in no order with what others do; steps are told by
            // one runtime only.
            [](const auto&) { return QByteArray(); },
        },
        payload);
}

void Deeds::take(const Event& event)
{
    const QByteArray line = lineOf(event.payload);
    if (line.isEmpty())
        return;
    if (std::holds_alternative<payload::ExitSequenceEnded>(event.payload))
        endExitSequence();
    if (inExitSequence_)
        takeExit(event.payload, line);
    else
        lines_ << line;
    if (std::holds_alternative<payload::ExitSequenceBegun>(event.payload))
        inExitSequence_ = true;
}

void Deeds::takeExit(const Payload& payload, const QByteArray& line)
{
    using Kind = ExitOrder::Kind;
    // A daemon that dies before the joins begin is not joined, in either runtime.
    const auto join = [&](const QByteArray& child, bool always) {
        if (always || !terminated_.contains(child))
            exit_.take(Kind::Join, child, line);
    };
    if (const auto* step = std::get_if<payload::ExitSequenceStep>(&payload)) {
        if (step->kind == payload::ExitSequenceStep::Kind::Phase)
            exit_.take(Kind::Barrier, {}, line);
        else if (step->kind == payload::ExitSequenceStep::Kind::Terminate)
            exit_.take(Kind::Terminate, bytes(step->name), line);
        else
            join(bytes(step->name), false);
    } else if (const auto* sent = std::get_if<payload::SignalSent>(&payload); sent && sent->atExit) {
        exit_.take(Kind::Terminate, process(sent->child), line);
    } else if (const auto* reaped = std::get_if<payload::ChildReaped>(&payload)) {
        join(process(reaped->child), true);
    } else if (const auto* joined = std::get_if<payload::JoinEnded>(&payload)) {
        join(object(joined->object), false);
    } else {
        exit_.take(Kind::Barrier, {}, line);
    }
}

QByteArrayList Deeds::lines()
{
    endExitSequence(); // one that was cut off has no end
    return lines_;
}

void Deeds::endExitSequence()
{
    inExitSequence_ = false;
    lines_ << exit_.lines();
}

} // namespace trial
