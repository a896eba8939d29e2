// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/doctor.h"

#include "capture/doctorpythons.h"
#include "capture/launchenvironment.h"
#include "os/perfevents.h"
#include "os/privatedirectory.h"
#include "os/probes.h"
#include "os/procconnector.h"
#include "os/self.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace daemonscope {

namespace {

using State = Check::State;

const char* word(State state)
{
    static constexpr std::array kWords{"ok", "limited", "missing"};
    return kWords.at(static_cast<std::size_t>(state));
}

/// `works` if the outcome is good; else its error and `consequence`.
template <class Outcome>
Check judge(std::string what, const Outcome& outcome, std::string works, const std::string& consequence,
    std::string advice, bool needed)
{
    if (outcome.ok())
        return {std::move(what), State::Ok, std::move(works), {}, needed};
    return {std::move(what), needed ? State::Missing : State::Limited, outcome.error().message + ": " + consequence,
        std::move(advice), needed};
}

/// The values of kernel.yama.ptrace_scope.
enum Yama : int { kDescendants = 1, kAdminOnly = 2, kForbidden = 3 };

Check yama()
{
    const auto scope = probes::kernelSetting("kernel/yama/ptrace_scope");
    const std::string words = "Yama (kernel.yama.ptrace_scope is " + std::to_string(scope.value_or(0)) + ") ";
    if (!scope)
        return {"yama", State::Ok, "Yama is not there to restrict ptrace", {}, false};
    if (*scope >= kForbidden)
        return {"yama", State::Missing, words + "forbids ptrace until the next boot", "boot with another value", false};
    if (*scope == kAdminOnly)
        return currentUser() == 0
            ? Check{"yama", State::Ok, words + "leaves ptrace to administrators such as this user", {}, false}
            : Check{"yama", State::Missing, words + "leaves ptrace to administrators",
                "sysctl kernel.yama.ptrace_scope=1", false};
    return {"yama", State::Ok,
        words
            + (*scope == kDescendants ? "lets a process trace its descendants, which is enough"
                                      : "does not restrict ptrace"),
        {}, false};
}

std::string tracingAdvice()
{
    if (yama().state != State::Ok)
        return "see yama below";
    if (!probes::containerSigns().empty())
        return "in a container, allow it: --cap-add=SYS_PTRACE, or a seccomp profile that lets ptrace pass";
    return "look for a seccomp filter or a security module, or a debugger that traces this shell";
}

Check userRights()
{
    if (currentUser() == 0)
        return {"set-uid", State::Ok, "root traces set-uid programs with their rights", {}, false};
    if (probes::gainsNoRights())
        return {"set-uid", State::Limited, "no program gains rights here (no_new_privs), with daemonscope or without",
            {}, false};
    return {"set-uid", State::Limited, "set-uid programs (sudo, su, ping) run without their rights under ptrace",
        "record with --no-ptrace where they matter", false};
}

Check runtimeFolder()
{
    const auto environment = currentEnvironment();
    const auto folder = PrivateDirectory::create();
    if (!folder.ok())
        return {"runtime-folder", State::Missing, folder.error().message,
            "set XDG_RUNTIME_DIR or TMPDIR to a folder of yours", true};
    if (!environmentValue(environment, "XDG_RUNTIME_DIR"))
        return {
            "runtime-folder", State::Ok, "XDG_RUNTIME_DIR is not set; sockets go to the temporary folder", {}, true};
    return {"runtime-folder", State::Ok, "there is a place for the recorder's sockets", {}, true};
}

Check display()
{
    const auto environment = currentEnvironment();
    for (const char* const name : {"WAYLAND_DISPLAY", "DISPLAY"}) {
        if (const auto value = environmentValue(environment, name); value && !value->empty())
            return {"display", State::Ok, std::string{name} + " names a display for the window", {}, false};
    }
    return {"display", State::Limited, "there is no display, so the window cannot be opened",
        "record, report and screenshot work without one", false};
}

Check container()
{
    const std::string signs = probes::containerSigns();
    if (signs.empty())
        return {"container", State::Ok, "no sign of a container", {}, false};
    return {
        "container", State::Ok, "this may be a container (" + signs + "); what it forbids is told above", {}, false};
}

Check lineBuffering()
{
    if (!stdbufLibrary().empty())
        return {
            "line-buffering", State::Ok, "C programs can be told to write line by line (stdbuf's library)", {}, false};
    return {"line-buffering", State::Limited,
        "stdbuf's library is not installed: C programs write their output in larger pieces and later",
        "install coreutils", false};
}

} // namespace

std::vector<Check> examine(const std::string& hookDirectory)
{
    std::vector<Check> checks;
    checks.push_back(judge("ptrace", probes::tracing(), "births, execs, signals, stops and ends are seen",
        "signals, their senders and stops will be missing", tracingAdvice(), true));
    checks.push_back(yama());
    checks.push_back(
        judge("seccomp", probes::syscallFilter(), "who sends SIGKILL is seen, and /dev/stdout can be re-opened",
            "programs cannot be recorded with ptrace", "allow seccomp, or record with --no-ptrace", true));
    checks.push_back(judge("cn_proc", ProcConnector::open(),
        "births and ends are told without ptrace, with exit statuses", "without ptrace perf has to do", "", false));
    checks.push_back(
        judge("perf", PerfTaskEvents::open(), "births and ends are told without ptrace, without exit statuses",
            "without ptrace and cn_proc there is no kernel witness", "sysctl kernel.perf_event_paranoid=2", false));
    checks.push_back(
        judge("pidfd", probes::pidfd(), "processes have descriptors", "some ends are looked up later", "", false));
    checks.push_back(judge("pidfd-hangup", probes::momentOfCollecting(), "when a process is collected is told at once",
        "that is looked for four times a second", "", false));
    checks.push_back(judge("pidfd-info", probes::statusOfCollected(), "how a collected process ended is told",
        "with perf some exit statuses will be missing", "", false));
    checks.push_back(judge("output", probes::writersOfSockets(), "who wrote which output is seen",
        "output will be missing", "record with --output=inherit", true));
    checks.push_back(userRights());
    checks.push_back(container());
    checks.push_back(runtimeFolder());
    checks.push_back(lineBuffering());
    for (Check& python : examinePythons(hookDirectory))
        checks.push_back(std::move(python));
    checks.push_back(display());
    return checks;
}

bool isHealthy(const std::vector<Check>& checks)
{
    return std::none_of(
        checks.begin(), checks.end(), [](const Check& check) { return check.needed && check.state == State::Missing; });
}

std::string doctorText(const std::vector<Check>& checks, bool color)
{
    constexpr std::size_t kStateWidth = 8;
    constexpr std::size_t kWhatWidth = 16;
    const auto padded = [](std::string text, std::size_t width) {
        text.resize(std::max(text.size() + 1, width), ' ');
        return text;
    };
    std::string text;
    for (const Check& check : checks) {
        static constexpr std::array kColors{"\033[32m", "\033[33m", "\033[31m"};
        const std::string state = padded(word(check.state), kStateWidth);
        text += color ? kColors.at(static_cast<std::size_t>(check.state)) + state + "\033[0m" : state;
        text += padded(check.what, kWhatWidth) + check.words;
        text += check.advice.empty() ? ".\n" : "; " + check.advice + ".\n";
    }
    return text;
}

std::string doctorJson(const std::vector<Check>& checks)
{
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const Check& check : checks)
        list.push_back({{"what", check.what}, {"state", word(check.state)}, {"words", check.words},
            {"advice", check.advice}, {"needed", check.needed}});
    const Json document{{"format", "daemonscope-doctor"}, {"version", 1}, {"ok", isHealthy(checks)}, {"checks", list}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace daemonscope
