// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/processtree.h"

#include "lifecycle/eventfold.h"

#include <csignal>

namespace daemonscope {

void ProcessTree::apply(const Event& event)
{
    EventFold fold(*this, event);
    std::visit(fold, event.payload);
}

ProcessTree::Changes ProcessTree::takeChanges()
{
    Changes changes;
    const std::size_t announced = fold_.announced;
    const auto known = [announced](ProcessIndex index) { return static_cast<std::size_t>(index) < announced; };
    for (std::size_t i = announced; i < processes_.size(); ++i) {
        if (!processes_[i].foldedInto)
            changes.born.push_back(processes_[i].index);
    }
    for (const ProcessIndex index : fold_.moved) {
        if (known(index) && !at(index).foldedInto)
            changes.moved.push_back(index);
        fold_.noted[static_cast<std::size_t>(index)].moved = false;
    }
    for (const ProcessIndex index : fold_.folded) {
        if (known(index))
            changes.folded.push_back(index);
    }
    for (const ProcessIndex index : fold_.changed) {
        if (known(index))
            changes.changed.push_back(index);
        fold_.noted[static_cast<std::size_t>(index)].changed = false;
    }
    changes.program = fold_.programChanged;
    fold_.moved.clear();
    fold_.folded.clear();
    fold_.changed.clear();
    fold_.programChanged = false;
    fold_.announced = processes_.size();
    return changes;
}

std::optional<ProcessIndex> ProcessTree::find(ProcessId id) const
{
    const std::optional<ProcessIndex> found = findSerial(id.serial);
    return found && at(*found).id.pid == id.pid ? found : std::nullopt;
}

std::optional<ProcessIndex> ProcessTree::findSerial(std::uint32_t serial) const
{
    // A recording numbers processes as they are born, so nearly every one stands at the place of its serial.
    if (serial < processes_.size() && processes_[serial].id.serial == serial)
        return processes_[serial].index;
    const auto found = fold_.bySerial.find(serial);
    return found == fold_.bySerial.end() ? std::nullopt : std::optional{found->second};
}

std::span<const ProcessIndex> ProcessTree::children(ProcessIndex parent) const
{
    return children_.at(static_cast<std::size_t>(parent));
}

int ProcessTree::foldedCount(ProcessIndex index) const
{
    return foldedCount_.at(static_cast<std::size_t>(index));
}

bool ProcessTree::frozenAt(EventTime t) const
{
    bool frozen = false;
    for (const Since<payload::ControlRequested>& request : requests_) {
        if (request.time > t)
            break;
        // A program that is asked to stop, or that a signal is passed on to, is resumed first.
        const payload::ControlRequested& asked = request.value;
        if (asked.request == "pass on" || asked.request == "terminal")
            frozen = frozen && (asked.signal == SIGUSR1 || asked.signal == SIGUSR2);
        else if (asked.request != "signal" && asked.request != "trace")
            frozen = asked.request == "freeze";
    }
    return frozen;
}

} // namespace daemonscope
