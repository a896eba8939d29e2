// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/launchenvironment.h"

#include "os/self.h"

#include <filesystem>

namespace daemonscope {

namespace {

void prepend(std::vector<std::string>& environment, const std::string& name, const std::string& value, char separator)
{
    const auto old = environmentValue(environment, name);
    setEnvironmentValue(environment, name, old && !old->empty() ? value + separator + *old : value);
}

} // namespace

std::string stdbufLibrary()
{
    for (const char* path : {"/usr/libexec/coreutils/libstdbuf.so", "/usr/lib/coreutils/libstdbuf.so"}) {
        std::error_code error;
        if (std::filesystem::exists(path, error))
            return path;
    }
    return {};
}

void instrument(std::vector<std::string>& environment, const InstrumentationSpec& spec)
{
    if (!spec.hookSocket.empty() && !spec.hookDirectory.empty()) {
        prepend(environment, "PYTHONPATH", spec.hookDirectory + "/site", ':');
        setEnvironmentValue(environment, "DAEMONSCOPE_SOCKET", spec.hookSocket);
        if (spec.lineBuffered)
            setEnvironmentValue(environment, "DAEMONSCOPE_OPTIONS", "lines");
    }
    // A program that preloads something has its own mind about it; the order of two such libraries is not ours to pick.
    if (const std::string library = stdbufLibrary();
        spec.lineBuffered && !library.empty() && !environmentValue(environment, "LD_PRELOAD")) {
        setEnvironmentValue(environment, "LD_PRELOAD", library);
        setEnvironmentValue(environment, "_STDBUF_O", "L");
        // The address sanitizer refuses to start behind a preloaded library unless it is told that this is harmless.
        prepend(environment, "ASAN_OPTIONS", "verify_asan_link_order=0", ':');
    }
}

std::vector<std::string> commandFor(const std::vector<std::string>& program, const std::string& python)
{
    if (program.empty())
        return program;
    const std::string& first = program.front();
    const bool isScript = first.size() > 3 && first.compare(first.size() - 3, 3, ".py") == 0;
    if (!isScript && first != "-m")
        return program;
    std::vector<std::string> command{python.empty() ? "python3" : python};
    command.insert(command.end(), program.begin(), program.end());
    return command;
}

} // namespace daemonscope
