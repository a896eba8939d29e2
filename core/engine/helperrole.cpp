// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/helperrole.h"

#include "engine/popen.h"
#include "engine/report.h"
#include "engine/transportexec.h"

#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace daemonscope::engine {
namespace {

constexpr int usageStatus = 2;

/// The descriptor in a word "name=5", claimed. Nothing if the word is another one, or no such descriptor is open.
std::optional<int> claimedFrom(std::string_view word, std::string_view name)
{
    if (!word.starts_with(name))
        return std::nullopt;
    word.remove_prefix(name.size());
    int descriptor = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), descriptor);
    if (error != std::errc() || end != word.data() + word.size() || descriptor < 0 || !claimDescriptor(descriptor))
        return std::nullopt;
    return descriptor;
}

int refuseRole(const char* program, std::string_view word)
{
    std::fprintf(stderr, "%s: the option %.*s is only for processes that the program itself starts\n", program,
        static_cast<int>(word.size()), word.data());
    return usageStatus;
}

} // namespace

std::optional<int> runHelperRole(int argc, char** argv)
{
    if (argc < 2)
        return std::nullopt;
    const std::string_view role = argv[1];
    if (role != spawnedWord && role != forkServerWord && role != trackerWord)
        return std::nullopt;
    const std::string_view first = argc > 2 ? argv[2] : "";
    if (role == spawnedWord) {
        const auto trackerPipe = claimedFrom(first, "tracker_fd=");
        const auto dataPipe = argc == 4 ? claimedFrom(argv[3], "pipe_handle=") : std::nullopt;
        if (!trackerPipe || !dataPipe)
            return refuseRole(argv[0], role);
        report::interpreterStarted("spawned", argc, argv);
        return runSpawnedChild(*trackerPipe, *dataPipe);
    }
    const bool isServer = role == forkServerWord;
    const auto descriptor = argc == 3 ? claimedFrom(first, isServer ? "socket_fd=" : "pipe_handle=") : std::nullopt;
    if (!descriptor)
        return refuseRole(argv[0], role);
    report::interpreterStarted(isServer ? "forkserver" : "tracker", argc, argv);
    return isServer ? runForkServer(*descriptor) : runTracker(*descriptor);
}

} // namespace daemonscope::engine
