// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "timelinestories.h"

#include <algorithm>
#include <csignal>
#include <random>
#include <utility>
#include <vector>

namespace daemonscope::stories {

namespace {

using namespace std::chrono_literals;

/// Not zero, so that a time that was not made relative to the start shows.
constexpr EventTime kStart = std::chrono::hours(5) + 17ms;

/// Collects events in any order and appends them in the order of time.
class Script {
public:
    explicit Script(RecordingWriter& writer)
        : writer_(writer)
    {
        payload::RecordingStarted started;
        started.argv = {"python3", "story.py"};
        started.kernelWitness = true;
        started.runtimeWitness = true;
        started.outputMode = "lines";
        started.outputAttributed = true;
        at(0, ProcessId{}, started, Witness::Recorder);
    }

    ProcessId born(double seconds, std::optional<ProcessId> parent)
    {
        const ProcessId child{4242 + next_, static_cast<std::uint32_t>(next_)};
        ++next_;
        at(seconds, child, payload::Born{parent, parent ? payload::Born::How::Fork : payload::Born::How::Launch, 0});
        return child;
    }
    ProcessId main(double seconds, const std::string& script = "story.py")
    {
        const ProcessId process = born(seconds, std::nullopt);
        at(seconds, process, payload::Executed{{"python3", script}, "/usr/bin/python3", "/home/ada", {}});
        payload::InterpreterStarted started;
        started.role = "main";
        started.argv = {script};
        at(seconds, process, started, Witness::Runtime);
        return process;
    }
    ProcessId child(double seconds, ProcessId parent, const std::string& name, bool daemon, const std::string& target)
    {
        const ProcessId process = born(seconds, parent);
        payload::Bootstrapped begun;
        begun.object = objectOf(process, parent);
        begun.name = name;
        begun.daemon = daemon;
        begun.logicalParent = parent;
        begun.logicalParentPid = parent.pid;
        begun.target = target;
        begun.method = "fork";
        at(seconds, process, begun, Witness::Runtime);
        return process;
    }
    static ObjectId objectOf(ProcessId child, ProcessId parent) { return {parent, std::to_string(child.serial)}; }

    void at(double seconds, ProcessId process, Payload payload, Witness witness = Witness::Kernel)
    {
        events_.push_back(
            {kStart + EventTime(static_cast<std::int64_t>(seconds * 1e9)), process, witness, std::move(payload)});
    }
    void prints(double seconds, ProcessId process, std::string text, payload::Stream stream = payload::Stream::Stdout)
    {
        outputs_.push_back(
            {kStart + EventTime(static_cast<std::int64_t>(seconds * 1e9)), process, std::move(text), stream});
    }
    void exits(double seconds, ProcessId process, int code)
    {
        at(seconds, process, payload::Exited{false, code, false, 0, 0});
    }
    void waits(double from, double to, ProcessId parent, ProcessId child, bool atExit)
    {
        payload::JoinBegun begun;
        begun.object = objectOf(child, parent);
        begun.atExit = atExit;
        begun.source.place = atExit ? "" : "/home/ada/story.py:31";
        at(from, parent, begun, Witness::Runtime);
        at(to, parent, payload::JoinEnded{objectOf(child, parent), 0, {}}, Witness::Runtime);
    }
    /// Sent by `sender` and delivered a moment later; the process ends of it.
    void kills(double seconds, ProcessId sender, ProcessId target, int signal, bool atExit)
    {
        at(seconds, sender, payload::SignalSent{target, target.pid, signal, atExit}, Witness::Runtime);
        at(seconds + 2e-5, target, payload::SignalDelivered{signal, 0, sender.pid, 1000, sender});
        at(seconds + 4e-4, target, payload::Exited{true, signal, false, 0, 0});
    }
    void exitSequence(double seconds, ProcessId process)
    {
        at(seconds, process, payload::MainCodeEnded{}, Witness::Runtime);
        at(seconds + 1e-4, process, payload::ExitSequenceBegun{}, Witness::Runtime);
    }

    void write(double endSeconds)
    {
        at(endSeconds, ProcessId{}, payload::RecordingEnded{"nothing of the program is left"}, Witness::Recorder);
        const auto byTime = [](const auto& a, const auto& b) { return a.time < b.time; };
        std::stable_sort(events_.begin(), events_.end(), byTime);
        std::stable_sort(outputs_.begin(), outputs_.end(), byTime);
        auto output = outputs_.begin();
        for (const Event& event : events_) {
            for (; output != outputs_.end() && output->time < event.time; ++output) {
                writer_.appendOutput(output->time, output->process, output->stream, output->text + '\n');
            }
            writer_.append(event);
        }
    }

private:
    struct Output {
        EventTime time;
        ProcessId process;
        std::string text;
        payload::Stream stream;
    };
    RecordingWriter& writer_;
    std::vector<Event> events_;
    std::vector<Output> outputs_;
    int next_ = 0;
};

} // namespace

void writeTeaching(RecordingWriter& writer)
{
    Script script(writer);
    const ProcessId main = script.main(0);
    const ProcessId daemon = script.child(0.12, main, "Process-1", true, "still_alive");
    const ProcessId worker = script.child(0.16, main, "Process-2", false, "five_steps");
    for (int i = 1; i <= 5; ++i) {
        script.prints(0.12 + 0.5 * i, daemon, "still alive ... " + std::to_string(i));
    }
    for (int i = 1; i <= 5; ++i) {
        script.prints(0.16 + 0.967 * i, worker, "step " + std::to_string(i) + " of 5 done");
    }
    script.prints(1, main, "main: working ... 1");
    script.prints(2, main, "main: working ... 2");
    script.prints(2.4, main, "main: a warning", payload::Stream::Stderr);
    script.exitSequence(3.0, main);
    script.kills(3.0002, main, daemon, SIGTERM, true);
    script.waits(3.0008, 3.0012, main, daemon, true);
    script.waits(3.0013, 5.001, main, worker, true);
    script.exits(5.0, worker, 0);
    script.exits(5.02, main, 0);
    script.write(5.02);
}

void writeFamilies(RecordingWriter& writer, int lanes, unsigned seed, int outputs)
{
    Script script(writer);
    std::mt19937 random(seed);
    const auto uniform = [&random](double from, double to) {
        return from + (to - from) * static_cast<double>(random()) / static_cast<double>(std::mt19937::max());
    };
    const double total = std::max(20.0, lanes * 0.35);
    const ProcessId main = script.main(0);
    // Births are numbered in the order of time: a family is planned first and born member by member.
    int left = lanes - 1;
    int number = 1;
    double begin = total * 0.03;
    while (left > 0) {
        const int children = std::min(left - 1, static_cast<int>(uniform(3, 10)));
        const double life = uniform(total * 0.06, total * 0.2);
        const double end = std::min(begin + life, total * 0.93);
        const ProcessId manager = script.child(begin, main, "Manager-" + std::to_string(number++), false, "manage");
        std::vector<ProcessId> daemons;
        ProcessId longest{};
        double longestEnd = end;
        for (int i = 0; i < children; ++i) {
            const double born = begin + (end - begin) * (0.04 + 0.05 * i);
            const bool daemon = uniform(0, 1) < 0.4;
            const ProcessId child = script.child(born, manager, "Process-" + std::to_string(number++), daemon, "work");
            for (int line = 0; line < outputs; ++line) {
                script.prints(uniform(born, end), child, "line " + std::to_string(line));
            }
            if (daemon) {
                daemons.push_back(child);
                continue;
            }
            const double ends = uniform(born + (end - born) * 0.2, end + life * 0.25);
            script.exits(ends, child, uniform(0, 1) < 0.1 ? 1 : 0);
            if (ends > longestEnd) {
                longestEnd = ends;
                longest = child;
            }
        }
        script.exitSequence(end, manager);
        double moment = end + 2e-4;
        for (const ProcessId daemon : daemons) {
            script.kills(moment, manager, daemon, SIGTERM, true);
            moment += 1e-5;
        }
        if (longestEnd > end) {
            script.waits(end + 6e-4, longestEnd + 1e-4, manager, longest, true);
        }
        script.exits(longestEnd + 2e-3, manager, 0);
        left -= children + 1;
        begin += (total * 0.9 - begin) * std::min(0.5, 8.0 / std::max(8, left + children + 1));
    }
    script.exits(total * 1.15, main, 0);
    script.write(total * 1.15);
}

void writeOddities(RecordingWriter& writer)
{
    Script script(writer);
    const ProcessId main =
        script.main(0, "/home/ada/a very long name of a script that nobody would read to its end.py");
    const ProcessId hostile = script.child(0.2, main, "<b>bold</b>\x1b[31m\n\xe2\x80\xae%1", false, "evil<i>()");
    const ProcessId longName =
        script.child(0.3, main, "worker-with-a-name-that-is-far-too-long-for-any-gutter-0001", true, "loop");
    const ProcessId leaver = script.child(0.4, main, "Leaver", false, "leave");
    const ProcessId orphan = script.child(0.6, leaver, "Orphan", false, "stay");
    const ProcessId lost = script.child(0.7, main, "Lost", false, "vanish");
    script.at(1.0, hostile, payload::Stopped{SIGSTOP});
    script.at(1.9, hostile, payload::Continued{});
    script.exits(1.2, leaver, 3);
    script.at(1.2, orphan, payload::Reparented{std::nullopt, 1});
    script.prints(1.5, orphan, "who is my parent?");
    script.at(2.2, lost, payload::SignalDelivered{SIGKILL, 0, 0, 0, std::nullopt});
    script.at(2.2, lost, payload::Exited{true, SIGKILL, false, 0, 0});
    // terminate() by the user's code, microseconds before the parent's own end begins
    payload::TerminateCalled terminate;
    terminate.object = Script::objectOf(longName, main);
    terminate.child = longName;
    terminate.source.place = "/home/ada/story.py:27";
    script.at(2.6, main, terminate, Witness::Runtime);
    script.kills(2.60001, main, longName, SIGTERM, false);
    script.waits(2.601, 2.9, main, hostile, false);
    script.exits(2.9, hostile, 0);
    script.exits(3.4, orphan, 0);
    script.exitSequence(2.9001, main);
    script.exits(3.0, main, 0);
    script.write(3.4);
}

} // namespace daemonscope::stories
