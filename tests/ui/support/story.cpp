// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/story.h"

#include "recording/writer.h"

#include <algorithm>
#include <cstdlib>

namespace daemonscope::test {

namespace {
constexpr std::chrono::seconds kStoryStart{1000};

class StoryMaker {
public:
    void add(double seconds, ProcessId process, Witness witness, Payload payload)
    {
        story_.push_back({{at(seconds), process, witness, std::move(payload)}, {}});
    }

    void print(
        double seconds, ProcessId process, const std::string& line, payload::Stream stream = payload::Stream::Stdout)
    {
        payload::OutputWritten written;
        written.stream = stream;
        story_.push_back({{at(seconds), process, Witness::Output, written}, line});
    }

    void begin(ProcessId main, const std::string& script)
    {
        payload::RecordingStarted started;
        started.argv = {"python3", script};
        started.workingDirectory = "/home/user";
        started.kernelWitness = started.runtimeWitness = started.outputAttributed = true;
        started.outputMode = "lines";
        add(0, main, Witness::Recorder, started);
        add(0, main, Witness::Kernel, payload::Born{std::nullopt, payload::Born::How::Launch, 0});
        add(0, main, Witness::Kernel, payload::Executed{{"python3", script}, "/usr/bin/python3", "/home/user", {}});
        add(0.01, main, Witness::Runtime,
            payload::InterpreterStarted{"main", "3.11.2", "/usr/bin/python3", {script}, 0, {}});
    }

    void start(double seconds, ProcessId parent, ProcessId child, const std::string& number, const std::string& name,
        bool daemon, const std::string& target)
    {
        const ObjectId object{parent, number};
        payload::ObjectMade made;
        made.object = object;
        made.name = name;
        made.className = "Process";
        made.daemon = made.daemonExplicit = daemon;
        made.target = target;
        made.source = {"story.py:20", {}};
        add(seconds - 0.002, parent, Witness::Runtime, made);
        add(seconds - 0.001, parent, Witness::Runtime, payload::StartCalled{object, name, daemon, {"story.py:21", {}}});
        add(seconds, child, Witness::Kernel, payload::Born{parent, payload::Born::How::Fork, parent.pid});
        add(seconds, parent, Witness::Runtime, payload::StartReturned{object, child, child.pid, "fork"});
        payload::Bootstrapped boot;
        boot.object = object;
        boot.name = name;
        boot.daemon = daemon;
        boot.logicalParent = parent;
        boot.logicalParentPid = parent.pid;
        boot.className = "Process";
        boot.target = target;
        boot.method = "fork";
        add(seconds + 0.001, child, Witness::Runtime, boot);
    }

    void exit(double seconds, ProcessId process, int code, std::optional<ProcessId> parent)
    {
        payload::Exited exited;
        exited.code = code;
        add(seconds, process, Witness::Kernel, exited);
        if (parent)
            add(seconds + 0.0005, process, Witness::Kernel, payload::Reaped{parent});
    }

    /// The exit sequence's SIGTERM to a daemon and its death.
    void terminate(double seconds, ProcessId parent, ProcessId child)
    {
        add(seconds, parent, Witness::Runtime, payload::SignalSent{child, child.pid, 15, true});
        payload::SignalDelivered delivered;
        delivered.signal = 15;
        delivered.senderPid = parent.pid;
        delivered.sender = parent;
        add(seconds + 0.0002, child, Witness::Kernel, delivered);
        payload::Exited exited;
        exited.bySignal = true;
        exited.code = 15;
        add(seconds + 0.002, child, Witness::Kernel, exited);
        add(seconds + 0.003, child, Witness::Kernel, payload::Reaped{parent});
    }

    std::vector<StoryEvent> take()
    {
        std::stable_sort(story_.begin(), story_.end(),
            [](const StoryEvent& a, const StoryEvent& b) { return a.event.time < b.event.time; });
        return std::move(story_);
    }

private:
    std::vector<StoryEvent> story_;
};
} // namespace

EventTime at(double seconds)
{
    return kStoryStart + std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6 + 0.5));
}

std::vector<StoryEvent> daemonStory()
{
    const ProcessId main{4242, 0};
    const ProcessId ghost{4243, 1};
    const ProcessId worker{4244, 2};
    StoryMaker story;
    story.begin(main, "daemon_story.py");
    story.start(0.12, main, ghost, "1", "Process-1", true, "still_alive");
    story.start(0.16, main, worker, "2", "Process-2", false, "five_steps");
    for (int i = 1; i <= 2; ++i)
        story.print(i, main, "main: working \u2026 " + std::to_string(i) + "\n");
    story.print(2.98, main, "main: end of program\n");
    for (int i = 1; i <= 5; ++i)
        story.print(0.12 + i * 0.5, ghost, "still alive \u2026 " + std::to_string(i) + "\n");
    story.print(1.3, ghost, "a warning of its own\n", payload::Stream::Stderr);
    for (int i = 1; i <= 4; ++i)
        story.print(i * 0.97 + 0.1, worker, "step " + std::to_string(i) + " of 5 done\n");
    story.print(4.98, worker, "step 5 of 5 done, goodbye!\n");
    story.add(3.0, main, Witness::Runtime, payload::MainCodeEnded{});
    story.add(3.0001, main, Witness::Runtime,
        payload::ExitSequenceBegun{{{{main, "1"}, "Process-1"}}, {{{main, "2"}, "Process-2"}}});
    story.terminate(3.0004, main, ghost);
    story.add(3.004, main, Witness::Runtime, payload::JoinBegun{{main, "2"}, std::nullopt, true, {}});
    story.add(4.99, worker, Witness::Runtime, payload::TargetEnded{0});
    story.exit(5.0, worker, 0, main);
    story.add(5.001, main, Witness::Runtime, payload::JoinEnded{{main, "2"}, 0, {}});
    story.add(5.002, main, Witness::Runtime, payload::ExitSequenceEnded{});
    story.exit(5.02, main, 0, std::nullopt);
    story.add(5.021, main, Witness::Recorder, payload::RecordingEnded{"all processes have ended"});
    return story.take();
}

std::vector<StoryEvent> crowdStory(int count)
{
    const ProcessId main{100, 0};
    StoryMaker story;
    story.begin(main, "crowd.py");
    const double step = 20.0 / std::max(1, count);
    std::uint32_t serial = 0;
    double last = 0.1;
    while (static_cast<int>(serial) + 1 < count) {
        const ProcessId manager{100 + static_cast<std::int32_t>(++serial), serial};
        const double begun = 0.1 + step * serial;
        story.start(begun, main, manager, std::to_string(serial), "Manager-" + std::to_string(serial), false, "manage");
        const double over = begun + 2.5;
        for (int i = 1; i <= 10 && static_cast<int>(serial) + 1 < count; ++i) {
            const ProcessId child{100 + static_cast<std::int32_t>(++serial), serial};
            const bool daemon = i % 3 == 0;
            const double born = begun + 0.1 + i * 0.05;
            story.start(
                born, manager, child, std::to_string(serial), "Process-" + std::to_string(serial), daemon, "work");
            story.print(born + 0.01, child, "process " + std::to_string(serial) + " says hello\n");
            if (daemon)
                story.terminate(over, manager, child);
            else
                story.exit(born + 0.4 + 0.13 * i, child, i == 7 ? 1 : 0, manager);
        }
        story.add(over - 0.01, manager, Witness::Runtime, payload::ExitSequenceBegun{});
        story.exit(over + 0.3, manager, 0, main);
        last = std::max(last, over + 0.4);
    }
    story.add(last, main, Witness::Runtime, payload::MainCodeEnded{});
    story.exit(last + 0.1, main, 0, std::nullopt);
    story.add(last + 0.11, main, Witness::Recorder, payload::RecordingEnded{"all processes have ended"});
    return story.take();
}

std::vector<StoryEvent> poolStory(int count)
{
    const ProcessId main{100, 0};
    StoryMaker story;
    story.begin(main, "pool.py");
    for (int i = 1; i <= count; ++i) {
        const ProcessId child{100 + i, static_cast<std::uint32_t>(i)};
        story.start(
            0.1 + 0.8 * i / count, main, child, std::to_string(i), "Process-" + std::to_string(i), i % 3 == 0, "work");
        if (i % 3 == 0)
            story.terminate(3 + 0.5 * i / count, main, child);
        else
            story.exit(1 + 0.5 * i / count, child, i % 7 == 1 ? 1 : 0, main);
    }
    story.add(2.99, main, Witness::Runtime, payload::MainCodeEnded{});
    story.add(2.995, main, Witness::Runtime, payload::ExitSequenceBegun{});
    story.add(3.9, main, Witness::Runtime, payload::ExitSequenceEnded{});
    story.exit(4, main, 0, std::nullopt);
    story.add(4.01, main, Witness::Recorder, payload::RecordingEnded{"all processes have ended"});
    return story.take();
}

void writeStory(const std::string& path, const std::vector<StoryEvent>& story, double until, bool close)
{
    auto created = RecordingWriter::create(path, true);
    if (!created.ok())
        std::abort();
    RecordingWriter& writer = *created.value();
    for (const StoryEvent& entry : story) {
        if (entry.event.time > at(until))
            break;
        if (const auto* written = std::get_if<payload::OutputWritten>(&entry.event.payload))
            writer.appendOutput(entry.event.time, entry.event.process, written->stream, entry.output);
        else
            writer.append(entry.event);
    }
    if (close && !writer.close().ok())
        std::abort();
}

} // namespace daemonscope::test
