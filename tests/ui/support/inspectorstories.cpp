// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/inspectorstories.h"

#include <algorithm>

namespace daemonscope::test {

namespace {

std::string hostile(std::size_t size)
{
    std::string text = "<b>bold</b>\n\x1b[31m\xff";
    text.resize(size, 'x');
    return text;
}

} // namespace

std::vector<StoryEvent> programStory()
{
    std::vector<StoryEvent> story;
    const auto add = [&story](double seconds, ProcessId process, Witness witness, Payload payload) {
        story.push_back({{at(seconds), process, witness, std::move(payload)}, {}});
    };
    payload::RecordingStarted started;
    started.argv = {"make", "all"};
    started.workingDirectory = "/home/user";
    started.kernelWitness = started.killCalls = started.reaping = true;
    started.outputMode = "inherit";
    started.sampleNs = 1'000'000'000;
    add(0, kProgram, Witness::Recorder, started);
    add(0, kProgram, Witness::Kernel, payload::Born{std::nullopt, payload::Born::How::Launch, 0});
    add(0, kProgram, Witness::Kernel, payload::Executed{{"make", "all"}, "/usr/bin/make", "/home/user", {}});
    add(0.5, kTool, Witness::Kernel, payload::Born{kProgram, payload::Born::How::Fork, kProgram.pid});
    add(0.6, kTool, Witness::Kernel, payload::Executed{{"cc", "-c", "a b.c"}, "/usr/bin/cc", "/home/user", {}});
    add(1, kTool, Witness::Kernel, payload::ResourceSampled{100'000'000, 640 << 10, 1, 0});
    add(1.5, kTool, Witness::Kernel, payload::Stopped{});
    add(2, kTool, Witness::Kernel, payload::Continued{});
    payload::Exited exited;
    exited.code = 2;
    add(3, kProgram, Witness::Kernel, exited);
    add(3.001, kTool, Witness::Kernel, payload::Reparented{std::nullopt, 1});
    payload::SignalDelivered delivered;
    delivered.signal = 2;
    delivered.code = 128; // SI_KERNEL
    add(4, kTool, Witness::Kernel, delivered);
    payload::Exited killed;
    killed.bySignal = true;
    killed.code = 2;
    killed.cpuNs = 901'000'000;
    killed.maxRssBytes = 33 << 20;
    killed.usageAtEnd = true;
    add(4.001, kTool, Witness::Kernel, killed);
    add(4.5, kTool, Witness::Kernel, payload::Reaped{std::nullopt});
    add(5, kProgram, Witness::Recorder, payload::RecordingEnded{"all processes have ended"});
    return story;
}

std::vector<StoryEvent> richStory()
{
    std::vector<StoryEvent> story = daemonStory();
    const auto add = [&story](double seconds, ProcessId process, Payload payload) {
        story.push_back({{at(seconds), process, Witness::Runtime, std::move(payload)}, {}});
    };
    payload::ThreadStarted thread;
    thread.ident = 7;
    thread.name = "watcher";
    thread.daemon = true;
    add(1, {4244, 2}, thread);
    add(2, {4244, 2}, payload::ThreadEnded{"watcher", 7});
    std::stable_sort(story.begin(), story.end(),
        [](const StoryEvent& a, const StoryEvent& b) { return a.event.time < b.event.time; });
    return story;
}

std::vector<StoryEvent> untoldStory()
{
    std::vector<StoryEvent> story = daemonStory();
    for (StoryEvent& entry : story) {
        if (auto* started = std::get_if<payload::RecordingStarted>(&entry.event.payload)) {
            started->kernelWitness = started->outputAttributed = false;
            started->kernelMeans = "none";
        }
    }
    std::erase_if(story, [](const StoryEvent& entry) {
        return entry.event.witness == Witness::Kernel
            || std::holds_alternative<payload::SignalSent>(entry.event.payload)
            || std::holds_alternative<payload::TargetEnded>(entry.event.payload)
            || std::holds_alternative<payload::OutputWritten>(entry.event.payload);
    });
    return story;
}

std::vector<StoryEvent> hostileStory()
{
    std::vector<StoryEvent> story = daemonStory();
    const std::string bad = hostile(100'000);
    for (StoryEvent& entry : story) {
        if (auto* made = std::get_if<payload::ObjectMade>(&entry.event.payload)) {
            made->name = made->target = made->source.place = bad;
        } else if (auto* called = std::get_if<payload::StartCalled>(&entry.event.payload)) {
            called->name = called->source.place = bad;
        } else if (auto* boot = std::get_if<payload::Bootstrapped>(&entry.event.payload)) {
            boot->name = boot->target = bad;
        } else if (auto* executed = std::get_if<payload::Executed>(&entry.event.payload)) {
            executed->argv = {bad, bad};
            executed->executable = executed->workingDirectory = bad;
        } else if (auto* interpreter = std::get_if<payload::InterpreterStarted>(&entry.event.payload)) {
            interpreter->version = bad;
        }
    }
    payload::ThreadStarted thread;
    thread.name = bad;
    payload::ExceptionRaised raised{bad, bad, {}};
    story.push_back({{at(0.2), {4244, 2}, Witness::Runtime, thread}, {}});
    std::stable_sort(story.begin(), story.end(),
        [](const StoryEvent& a, const StoryEvent& b) { return a.event.time < b.event.time; });
    story.push_back({{at(5.0205), {4242, 0}, Witness::Runtime, raised}, {}});
    return story;
}

} // namespace daemonscope::test
