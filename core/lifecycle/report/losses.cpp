// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/losses.h"

#include "lifecycle/terms.h"
#include "lifecycle/visibletext.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace daemonscope {
namespace {

/// How many processes are named whose hooks lost events; the others are counted.
constexpr std::size_t kMostHooks = 16;

/// What an ability is called in a list of those that are missing. Others are no matter of seeing.
std::string_view nounOf(std::string_view ability)
{
    struct Noun {
        std::string_view ability;
        std::string_view words;
    };
    static constexpr std::array kNouns{Noun{"lives", "births and ends of processes"},
        Noun{"exit-status", "how some processes ended"}, Noun{"signals", "signals, their senders and stops"},
        Noun{"sigkill-senders", "who sent SIGKILL"}, Noun{"reaping", "who collected the ended"},
        Noun{"output", "output"}, Noun{"writers", "who wrote which output"},
        Noun{"runtime", "what Python's multiprocessing does"}};
    const auto* const found =
        std::find_if(kNouns.begin(), kNouns.end(), [ability](const Noun& noun) { return noun.ability == ability; });
    return found == kNouns.end() ? std::string_view{} : found->words;
}

} // namespace

std::string missingAbilities(const ProcessTree& tree)
{
    constexpr std::size_t kMost = 16;
    std::string list;
    std::size_t count = 0;
    for (const payload::Ability& ability : tree.abilities()) {
        const std::string_view noun = nounOf(ability.what);
        if (ability.available || noun.empty() || ++count > kMost)
            continue;
        list += list.empty() ? "" : "; ";
        list += std::string{noun} + (ability.words.empty() ? "" : " (" + visibleText(ability.words, 200) + ")");
    }
    return list;
}

std::vector<std::string> losses(const ProcessTree& tree)
{
    std::vector<std::string> list;
    for (const payload::Lost& loss : tree.lost())
        list.push_back(loss.why.empty() ? loss.what : loss.what + ": " + loss.why);
    std::size_t writers = 0;
    std::uint64_t dropped = 0;
    for (const Process& process : tree.processes()) {
        writers += process.rare->droppedBytes > 0 ? 1 : 0;
        dropped += process.rare->droppedBytes;
    }
    if (dropped > 0) {
        list.push_back(std::to_string(dropped) + " bytes of output of " + terms::count(writers, "process", "processes")
            + ": more than the recording was to keep (--limit)");
    }
    std::size_t hooks = 0;
    for (const Process& process : tree.processes()) {
        if (process.told->hookLost <= 0 || ++hooks > kMostHooks)
            continue;
        list.push_back(terms::count(static_cast<std::size_t>(process.told->hookLost), "event", "events")
            + " that the hook in " + terms::name(process) + " (pid " + std::to_string(process.id.pid)
            + ") could not send");
    }
    if (hooks > kMostHooks)
        list.push_back("events of the hooks in " + std::to_string(hooks - kMostHooks) + " more");
    return list;
}

} // namespace daemonscope
