// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is a file that claims to be a recording.

#include "fuzz.h"
#include "memoryfile.h"

#include "recording/reader.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::MemoryFile file{fuzz::bytesOf(data, size)};
    auto opened = daemonscope::RecordingReader::open(file.path());
    if (!opened.ok()) {
        fuzz::require(!opened.error().message.empty(), "an error says something");
        return 0;
    }
    daemonscope::RecordingReader& reader = opened.value();
    std::size_t count = 0;
    for (auto events = reader.poll(3); !events.empty(); events = reader.poll(3)) {
        fuzz::require(events.size() <= 3, "no more events than asked for");
        count += events.size();
        for (const daemonscope::Event& event : events) {
            fuzz::require(event.time >= daemonscope::EventTime{}, "no time before the beginning");
            fuzz::require(event.time <= daemonscope::RecordingReader::kLatestTime, "no time after the end");
            fuzz::require(!toJsonLine(event, {}).empty(), "every event can be told");
            if (const auto* output = std::get_if<daemonscope::payload::OutputWritten>(&event.payload)) {
                if (const auto bytes = reader.readOutput(*output); bytes.ok())
                    fuzz::require(bytes.value().size() == output->sizeBytes, "output has its size");
            }
        }
    }
    fuzz::require(count <= size / 32, "no more events than fit");
    fuzz::require(reader.atEnd(), "reading ends at the end");
    (void)reader.state();
    (void)reader.damage();
    return 0;
}
