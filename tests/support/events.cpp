// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/events.h"

#include <csignal>

namespace daemonscope::test {

using namespace std::chrono_literals;
using namespace payload;

Story::Story(Witnesses witnesses)
    : witnesses_(witnesses)
{
    RecordingStarted started;
    started.argv = {"python3", "story.py"};
    started.workingDirectory = "/src";
    started.wallClockNs = 1'700'000'000'000'000'000;
    started.kernelWitness = witnesses.kernel;
    started.runtimeWitness = witnesses.runtime;
    started.killCalls = started.reaping = witnesses.calls;
    started.kernelMeans = witnesses.means;
    started.outputMode = "lines";
    started.outputAttributed = true;
    started.recorderVersion = "1";
    started.recorderPid = kRecorderPid;
    add(0ms, {}, Witness::Recorder, std::move(started));
}

Story& Story::add(milliseconds t, ProcessId process, Witness witness, Payload payload)
{
    events_.push_back({time(t), process, witness, std::move(payload)});
    return *this;
}

Story& Story::kernel(milliseconds t, ProcessId process, Payload payload)
{
    return witnesses_.kernel ? add(t, process, Witness::Kernel, std::move(payload)) : *this;
}

Story& Story::runtime(milliseconds t, ProcessId process, Payload payload)
{
    return witnesses_.runtime ? add(t, process, Witness::Runtime, std::move(payload)) : *this;
}

Story& Story::ended(milliseconds t)
{
    return add(t, {}, Witness::Recorder, RecordingEnded{"nothing is left"});
}

ProcessId Story::next()
{
    const ProcessId id{static_cast<std::int32_t>(4711 + serial_), serial_};
    ++serial_;
    return id;
}

ProcessId Story::launch(milliseconds t, std::vector<std::string> argv)
{
    const ProcessId id = next();
    kernel(t, id, Born{std::nullopt, Born::How::Launch, 0});
    exec(t, id, std::move(argv));
    return id;
}

ProcessId Story::fork(milliseconds t, ProcessId parent)
{
    const ProcessId id = next();
    kernel(t, id, Born{parent, Born::How::Fork, parent.pid});
    return id;
}

Story& Story::exec(milliseconds t, ProcessId process, std::vector<std::string> argv)
{
    Executed executed;
    executed.executable = "/usr/bin/" + argv.at(0);
    executed.argv = std::move(argv);
    executed.workingDirectory = "/src";
    return kernel(t, process, std::move(executed));
}

Story& Story::exited(milliseconds t, ProcessId process, int code)
{
    return kernel(t, process, Exited{false, code, false, 1'000'000, 8 << 20, false, true});
}

Story& Story::died(milliseconds t, ProcessId process, int signal)
{
    return kernel(t, process, Exited{true, signal, false, 1'000'000, 8 << 20, false, true});
}

Story& Story::reaped(milliseconds t, ProcessId process, std::optional<ProcessId> by)
{
    return kernel(t, process, Reaped{by});
}

Story& Story::delivered(milliseconds t, ProcessId process, int signal, ProcessId sender)
{
    return kernel(t, process, SignalDelivered{signal, 0, sender.pid, 1000, sender});
}

Story& Story::delivered(milliseconds t, ProcessId process, int signal, int senderPid, int code)
{
    return kernel(t, process, SignalDelivered{signal, code, senderPid, 1000, std::nullopt});
}

ProcessId Story::launchPython(milliseconds t)
{
    const ProcessId id = launch(t, {"python3", "story.py"});
    interpreter(t + 20ms, id, "main");
    return id;
}

Story& Story::interpreter(milliseconds t, ProcessId process, const std::string& role)
{
    InterpreterStarted started;
    started.role = role;
    started.version = "3.11.2";
    started.executable = "/usr/bin/python3";
    started.argv = {"python3", "story.py"};
    return runtime(t, process, std::move(started));
}

ObjectId Story::object(
    milliseconds t, ProcessId creator, const std::string& identity, const std::string& name, const ChildTraits& traits)
{
    const ObjectId id{creator, identity};
    ObjectMade made;
    made.object = id;
    made.name = name;
    made.className = "multiprocessing.context.Process";
    made.daemon = traits.daemon;
    made.daemonExplicit = traits.daemonExplicit;
    made.target = traits.target;
    made.source.place = traits.place;
    runtime(t, creator, std::move(made));
    return id;
}

ProcessId Story::start(milliseconds t, const ObjectId& object, const std::string& name, const ChildTraits& traits)
{
    const ProcessId creator = object.creator;
    runtime(t, creator, StartCalled{object, name, traits.daemon, {traits.place, {}}});
    const ProcessId forker = traits.forker.value_or(creator);
    const ProcessId child = fork(t + 1ms, forker);
    Bootstrapped boot;
    boot.object = object;
    boot.name = name;
    boot.daemon = traits.daemon;
    boot.logicalParent = creator;
    boot.logicalParentPid = creator.pid;
    boot.className = "multiprocessing.context.Process";
    boot.target = traits.target;
    boot.method = traits.method;
    runtime(t + 3ms, child, std::move(boot));
    runtime(t + 4ms, creator, StartReturned{object, child, child.pid, traits.method});
    objects_.emplace_back(child, object);
    names_.emplace_back(child, name);
    return child;
}

ProcessId Story::child(milliseconds t, ProcessId creator, const std::string& name, const ChildTraits& traits)
{
    return start(t, object(t, creator, std::to_string(++identity_), name, traits), name, traits);
}

ObjectId Story::objectOf(ProcessId child) const
{
    for (const auto& [process, object] : objects_) {
        if (process == child)
            return object;
    }
    return {};
}

Story& Story::join(
    milliseconds begin, std::optional<milliseconds> end, ProcessId waiter, ProcessId child, bool timedOut)
{
    JoinBegun begun;
    begun.object = objectOf(child);
    begun.source.place = "/src/story.py:20";
    runtime(begin, waiter, std::move(begun));
    if (end)
        runtime(*end, waiter, JoinEnded{objectOf(child), timedOut ? std::nullopt : std::optional(0), {}});
    return *this;
}

Story& Story::returned(milliseconds t, ProcessId child, int code)
{
    runtime(t, child, TargetEnded{code});
    return exited(t + 2ms, child, code);
}

Story& Story::mainCodeEnds(
    milliseconds t, ProcessId main, const std::vector<ProcessId>& daemons, const std::vector<ProcessId>& others)
{
    runtime(t, main, MainCodeEnded{});
    ExitSequenceBegun begun;
    const auto candidates = [this](const std::vector<ProcessId>& processes) {
        std::vector<ExitCandidate> list;
        for (const ProcessId& process : processes) {
            for (const auto& [named, name] : names_) {
                if (named == process)
                    list.push_back({objectOf(process), name});
            }
        }
        return list;
    };
    begun.daemons = candidates(daemons);
    begun.others = candidates(others);
    return runtime(t + 1ms, main, std::move(begun));
}

Story& Story::terminateAtExit(milliseconds t, ProcessId main, ProcessId daemon)
{
    runtime(t, main, ExitSequenceStep{ExitSequenceStep::Kind::Terminate, "", daemon});
    runtime(t, main, SignalSent{daemon, daemon.pid, SIGTERM, true});
    delivered(t + 1ms, daemon, SIGTERM, main);
    died(t + 2ms, daemon, SIGTERM);
    reaped(t + 2ms, daemon, main);
    return runtime(t + 3ms, main, ChildReaped{daemon, daemon.pid, -SIGTERM});
}

Story& Story::joinAtExit(milliseconds begin, milliseconds end, ProcessId main, ProcessId child)
{
    runtime(begin, main, ExitSequenceStep{ExitSequenceStep::Kind::Join, "", child});
    runtime(end, main, ChildReaped{child, child.pid, 0});
    return runtime(end, main, JoinEnded{objectOf(child), 0, {}});
}

ProcessTree Story::tree() const
{
    ProcessTree tree;
    for (const Event& event : events_)
        tree.apply(event);
    return tree;
}

ProcessTree Story::treeUntil(milliseconds t) const
{
    ProcessTree tree;
    for (const Event& event : events_) {
        if (event.time <= time(t))
            tree.apply(event);
    }
    return tree;
}

ReferenceStory::ReferenceStory(Witnesses witnesses)
    : story(witnesses)
{
    main = story.launchPython(0ms);
    daemon = story.child(100ms, main, "Process-1", {.daemon = true, .daemonExplicit = true});
    worker = story.child(110ms, main, "Process-2");
    story.mainCodeEnds(3000ms, main, {daemon}, {worker});
    story.terminateAtExit(3002ms, main, daemon);
    story.returned(5000ms, worker);
    story.reaped(5003ms, worker, main);
    story.joinAtExit(3006ms, 5004ms, main, worker);
    story.runtime(5005ms, main, ExitSequenceEnded{});
    story.runtime(5006ms, main, InterpreterExiting{});
    story.exited(5020ms, main, 0);
    story.ended(5021ms);
}

} // namespace daemonscope::test
