// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/reportsource.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace daemonscope::cli {
namespace {

void sayNote(const std::string& text)
{
    std::fprintf(stderr, "daemonscope: note: %s\n", text.c_str());
}

/// Why the file does not hold all that there is to know; empty if it does.
std::string conditionOf(const RecordingReader& reader)
{
    if (!reader.damage().empty())
        return reader.damage();
    switch (reader.state()) {
    case RecordingReader::State::Closed:
        break;
    case RecordingReader::State::Growing:
        return "'" + reader.path() + "' is still being recorded; what it holds now is shown";
    case RecordingReader::State::Abandoned:
        return "the recorder of '" + reader.path() + "' ended without closing it; what it holds is shown";
    }
    return {};
}

/// For a recording of which no record could be read.
Error nothingToShow(const RecordingReader& reader)
{
    const bool young = reader.damage().empty() && reader.state() == RecordingReader::State::Growing;
    return Error{"'" + reader.path()
        + (young ? "' holds no record yet; it has just begun"
                 : "' is cut off or damaged: not one record of it can be read")};
}

bool localeIsUtf8()
{
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (!value || !*value)
            continue;
        const std::string_view locale(value);
        for (const char* spelling : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
            if (locale.find(spelling) != std::string_view::npos)
                return true;
        }
        return false;
    }
    return false;
}

} // namespace

Outcome readRecording(const std::string& path, bool quiet,
    const std::function<void(const Event&, const RecordingReader&)>& onEvent, std::vector<std::string>* notes)
{
    Result<RecordingReader> opened = RecordingReader::open(path);
    if (!opened.ok())
        return opened.error();
    RecordingReader& reader = opened.value();
    bool any = false;
    for (;;) {
        const std::vector<Event> events = reader.poll();
        if (events.empty())
            break;
        any = true;
        for (const Event& event : events)
            onEvent(event, reader);
    }
    const std::string condition = conditionOf(reader);
    if (!any)
        return nothingToShow(reader);
    if (condition.empty())
        return Done{};
    if (!quiet)
        sayNote(condition);
    if (notes)
        notes->push_back(condition);
    return Done{};
}

Outcome checkRecording(const std::string& path)
{
    Result<RecordingReader> opened = RecordingReader::open(path);
    if (!opened.ok())
        return opened.error();
    return opened.value().poll(1).empty() ? Outcome(nothingToShow(opened.value())) : Outcome(Done{});
}

Result<ProcessTree> readTree(const std::string& path, std::vector<std::string>* notes)
{
    ProcessTree tree;
    const Outcome read = readRecording(
        path, false, [&tree](const Event& event, const RecordingReader&) { tree.apply(event); }, notes);
    if (!read.ok())
        return read.error();
    return tree;
}

TextReportOptions textOptions(const std::string& color)
{
    TextReportOptions options;
    const char* noColor = std::getenv("NO_COLOR");
    const bool wanted = !(noColor && *noColor) && ::isatty(STDOUT_FILENO) == 1;
    options.color = color == "always" || (color == "auto" && wanted);
    options.unicode = localeIsUtf8();
    return options;
}

Outcome print(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return systemError("cannot write to standard output", errno);
    return Done{};
}

} // namespace daemonscope::cli
