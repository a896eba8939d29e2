// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is what a file below /proc holds, or what the kernel tells of tasks: its first byte says which parser is to
// read the rest.

#include "fuzz.h"

#include "os/blockedwriter.h"
#include "os/keeper.h"
#include "os/perfevents.h"
#include "os/procconnector.h"
#include "os/procfs.h"

using namespace daemonscope;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view text = fuzz::bytesOf(data + 1, size - 1);
    switch (*data) {
    case 's':
        if (const auto stat = parseProcStat(text); stat.ok())
            fuzz::require(stat.value().comm.size() < text.size(), "the name is part of the text");
        break;
    case 'c': {
        std::size_t bytes = 0;
        for (const std::string& word : parseCommandLine(text))
            bytes += word.size() + 1;
        fuzz::require(bytes == text.size() || bytes == text.size() + 1, "a command line loses no byte");
        break;
    }
    case 't':
        (void)parseThreadGroup(text);
        break;
    case 'p':
        (void)parsePidOfPidfd(text);
        break;
    case 'e':
        fuzz::require(hasEntry(std::string{text} + '\0' + "A=b", "A=b"), "the last entry is found");
        (void)hasEntry(text, "DAEMONSCOPE_SOCKET=/run/user/1000/daemonscope-abcdef/hook");
        break;
    case 'w':
        (void)parseBlockedWrite(text);
        break;
    case 'n': {
        std::vector<TaskEvent> events;
        parseProcConnector(text, events);
        for (const TaskEvent& event : events)
            fuzz::require(event.pid > 0 && event.tid > 0, "an event is about somebody");
        break;
    }
    case 'r':
        if (const auto event = parsePerfRecord(text))
            fuzz::require(event->name.size() < text.size(), "a name is part of the record");
        break;
    default:
        break;
    }
    return 0;
}
