// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/commandname.h"

namespace daemonscope {

std::string commandName(const std::vector<std::string>& argv)
{
    if (argv.empty())
        return {};
    std::string_view name = argv.front();
    while (name.size() > 1 && name.back() == '/')
        name.remove_suffix(1);
    const std::size_t slash = name.rfind('/');
    if (slash != std::string_view::npos && slash + 1 < name.size())
        name.remove_prefix(slash + 1);
    if (name.size() > 1 && name.front() == '-')
        name.remove_prefix(1);
    return std::string(name);
}

std::string helperName(const std::vector<std::string>& argv)
{
    if (argv.size() > 1 && argv[1] == "--multiprocessing-tracker")
        return "resource tracker";
    if (argv.size() > 1 && argv[1] == "--multiprocessing-forkserver")
        return "fork server";
    for (std::size_t i = 1; i + 1 < argv.size(); ++i) {
        if (argv[i] != "-c")
            continue;
        const std::string_view code = argv[i + 1];
        if (code.starts_with("from multiprocessing.resource_tracker import")
            || code.starts_with("from multiprocessing.semaphore_tracker import"))
            return "resource tracker";
        if (code.starts_with("from multiprocessing.forkserver import"))
            return "fork server";
        return {};
    }
    return {};
}

} // namespace daemonscope
