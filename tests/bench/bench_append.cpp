// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_append FOLDER [EVENTS]: events appended to a recording, against the same bytes written to a file with one
// write(2) an event, and with a buffer of 64 KiB; and events read back, against reading the file. Prints one line each:
// NAME SECONDS, several rounds of all of them in turn.

#include "event/event.h"
#include "recording/reader.h"
#include "recording/writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace daemonscope;

/// What a fork and an end look like in a recording.
Event sampleEvent(std::size_t index)
{
    const ProcessId process{static_cast<std::int32_t>(1000 + index / 2), static_cast<std::uint32_t>(index / 2)};
    if (index % 2 == 0)
        return {EventTime{index}, process, Witness::Kernel,
            payload::Born{ProcessId{1000, 0}, payload::Born::How::Fork, 1000}};
    return {EventTime{index}, process, Witness::Kernel, payload::Exited{false, 0, false, 1000000, 4 << 20}};
}

void measure(const char* name, const std::function<void()>& work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::printf("%s %.6f\n", name, seconds.count());
    std::fflush(stdout);
}

void append(const std::string& path, std::size_t count)
{
    auto writer = RecordingWriter::create(path, true);
    if (!writer.ok())
        std::exit(1);
    for (std::size_t index = 0; index < count; ++index)
        writer.value()->append(sampleEvent(index));
    if (!writer.value()->close().ok())
        std::exit(1);
}

void writeEach(const std::string& path, std::size_t count, std::size_t size, std::size_t bufferBytes)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const std::string record(size, 'x');
    std::string buffer;
    for (std::size_t index = 0; index < count; ++index) {
        buffer += record;
        if (buffer.size() < bufferBytes)
            continue;
        if (::write(file, buffer.data(), buffer.size()) < 0)
            std::exit(1);
        buffer.clear();
    }
    if (::write(file, buffer.data(), buffer.size()) < 0)
        std::exit(1);
    ::close(file);
}

void readBack(const std::string& path, std::size_t count)
{
    auto reader = RecordingReader::open(path);
    std::size_t seen = 0;
    for (;;) {
        const std::size_t got = reader.value().poll().size();
        if (got == 0)
            break;
        seen += got;
    }
    if (seen != count)
        std::exit(1);
}

void scan(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    std::array<char, 65536> block{};
    unsigned long sum = 0;
    while (file.read(block.data(), block.size()) || file.gcount() > 0) {
        for (std::streamsize at = 0; at < file.gcount(); ++at)
            sum += static_cast<unsigned char>(block.at(static_cast<std::size_t>(at)));
    }
    if (sum == 0)
        std::exit(1);
}

} // namespace

int main(int argc, char** argv)
{
    const std::string folder = argc > 1 ? argv[1] : ".";
    const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 300'000;
    const std::string recording = folder + "/bench_append.dscope";
    const std::string plain = folder + "/bench_append.bytes";
    for (int round = 0; round < 5; ++round) {
        measure("append", [&] { append(recording, count); });
        const std::size_t size = std::filesystem::file_size(recording) / count;
        measure("write-each", [&] { writeEach(plain, count, size, 1); });
        measure("write-buffered", [&] { writeEach(plain, count, size, 65536); });
        measure("read-back", [&] { readBack(recording, count); });
        measure("scan", [&] { scan(recording); });
    }
    std::filesystem::remove(recording);
    std::filesystem::remove(plain);
}
