// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_open FOLDER [EVENTS]: what it takes to open a recording: every event read, checked and folded into the tree of
// processes, against reading the file and looking at each byte. Prints one line each: NAME SECONDS, several rounds in
// turn; and once "process-bytes", the memory that the tree takes for a process that was forked and ended.

#include "lifecycle/processtree.h"
#include "recording/reader.h"
#include "recording/writer.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

namespace {

using namespace daemonscope;

/// A program that keeps ten children at a time, each of which is born, executes, prints twice, gets a signal and ends.
void record(const std::string& path, std::size_t count)
{
    auto created = RecordingWriter::create(path, true);
    if (!created.ok())
        std::exit(1);
    RecordingWriter& writer = *created.value();
    const ProcessId root{1000, 0};
    std::size_t events = 0;
    EventTime now{1};
    const auto say = [&](ProcessId process, Witness witness, Payload payload) {
        writer.append({now, process, witness, std::move(payload)});
        now += std::chrono::microseconds{10};
        ++events;
    };
    payload::RecordingStarted started;
    started.argv = {"program"};
    started.kernelWitness = true;
    say(root, Witness::Recorder, started);
    say(root, Witness::Kernel, payload::Born{std::nullopt, payload::Born::How::Launch, 0});
    say(root, Witness::Kernel, payload::Executed{{"program"}, "/usr/bin/program", "/tmp", {}});
    for (std::uint32_t serial = 1; events + 6 < count; ++serial) {
        const ProcessId child{static_cast<std::int32_t>(2000 + serial % 30000), serial};
        say(child, Witness::Kernel, payload::Born{root, payload::Born::How::Fork, 1000});
        say(child, Witness::Kernel,
            payload::Executed{{"worker", "--number", std::to_string(serial)}, "/usr/bin/worker", "/tmp", {}});
        for (const char* const line : {"the worker begins\n", "the worker has done what it had to do\n"}) {
            writer.appendOutput(now, child, payload::Stream::Stdout, line);
            now += std::chrono::microseconds{10};
            ++events;
        }
        say(child, Witness::Kernel, payload::SignalDelivered{15, 0, 1000, 0, root});
        say(child, Witness::Kernel, payload::Exited{true, 15, false, 1000000, 4 << 20});
    }
    while (events + 1 < count)
        say(root, Witness::Kernel, payload::Continued{});
    say({}, Witness::Recorder, payload::RecordingEnded{"all processes have ended"});
    if (!writer.close().ok())
        std::exit(1);
}

void measure(const char* name, const std::function<void()>& work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::printf("%s %.6f\n", name, seconds.count());
    std::fflush(stdout);
}

/// Reads all events; folds them too, if there is a tree.
void read(const std::string& path, std::size_t count, ProcessTree* tree)
{
    auto reader = RecordingReader::open(path);
    if (!reader.ok())
        std::exit(1);
    std::size_t seen = 0;
    for (auto events = reader.value().poll(); !events.empty(); events = reader.value().poll()) {
        seen += events.size();
        if (tree == nullptr)
            continue;
        for (const Event& event : events)
            tree->apply(event);
    }
    if (seen != count || (tree != nullptr && !tree->complete()))
        std::exit(1);
}

void scan(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    static std::array<char, 65536> block{};
    unsigned long sum = 0;
    for (ssize_t got = 0; (got = ::read(file, block.data(), block.size())) > 0;) {
        for (ssize_t at = 0; at < got; ++at)
            sum += static_cast<unsigned char>(block.at(static_cast<std::size_t>(at)));
    }
    ::close(file);
    if (sum == 0)
        std::exit(1);
}

/// Of many, to leave out what the tree takes for itself.
double bytesOfAProcess()
{
    constexpr std::uint32_t kMany = 200'000;
    const auto inUse = [] {
        const auto memory = ::mallinfo2();
        return static_cast<double>(memory.uordblks + memory.hblkhd);
    };
    const double before = inUse();
    ProcessTree tree;
    EventTime now{1};
    const auto say = [&](ProcessId process, Payload payload) {
        tree.apply({now, process, Witness::Kernel, std::move(payload)});
        now += std::chrono::microseconds{10};
    };
    const ProcessId root{1000, 0};
    say(root, payload::Born{std::nullopt, payload::Born::How::Launch, 0});
    say(root, payload::Executed{{"program", "with", "arguments"}, "/usr/bin/program", "/home/of/somebody", {}});
    for (std::uint32_t serial = 1; serial <= kMany; ++serial) {
        const ProcessId child{static_cast<std::int32_t>(2000 + serial), serial};
        say(child, payload::Born{root, payload::Born::How::Fork, 1000});
        say(child, payload::Exited{false, 0, false, 1000000, 4 << 20});
        say(child, payload::Reaped{root});
    }
    return (inUse() - before) / kMany;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string recording = std::string{argc > 1 ? argv[1] : "."} + "/bench_open.dscope";
    const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
    record(recording, count);
    for (int round = 0; round < 5; ++round) {
        measure("scan", [&] { scan(recording); });
        measure("read", [&] { read(recording, count, nullptr); });
        measure("open", [&] {
            ProcessTree tree;
            read(recording, count, &tree);
        });
    }
    std::filesystem::remove(recording);
    std::printf("process-bytes %.1f\n", bytesOfAProcess());
}
