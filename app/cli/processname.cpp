// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/processname.h"

#include "lifecycle/visibletext.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace daemonscope::cli {
namespace {

std::optional<ProcessIndex> asId(const ProcessTree& tree, const std::string& text)
{
    int id = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || id < 0
        || static_cast<std::size_t>(id) >= tree.size())
        return std::nullopt;
    return id;
}

} // namespace

Result<ProcessIndex> findProcess(const ProcessTree& tree, const std::string& wanted)
{
    std::vector<ProcessIndex> named;
    for (const Process& process : tree.processes()) {
        if (process.name == wanted)
            named.push_back(process.index);
    }
    if (named.size() == 1)
        return named.front();
    if (named.empty()) {
        if (const auto id = asId(tree, wanted))
            return *id;
        return Error{"no process of the recording is called '" + visibleText(wanted)
            + "' or has that id; 'daemonscope report' lists them"};
    }
    std::string ids;
    const std::size_t shown = std::min<std::size_t>(named.size(), 10);
    for (std::size_t i = 0; i < shown; ++i)
        ids +=
            (i > 0 ? ", " : "") + std::to_string(named[i]) + " (pid " + std::to_string(tree.at(named[i]).id.pid) + ")";
    if (shown < named.size())
        ids += " …";
    return Error{std::to_string(named.size()) + " processes are called '" + visibleText(wanted)
        + "'; name the one you mean by its id: " + ids};
}

std::string processNameComplaint(const std::string& given)
{
    return given.empty() ? "the name of a process is empty; leave --process out where none is meant" : std::string();
}

} // namespace daemonscope::cli
