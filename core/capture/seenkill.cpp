// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/seenkill.h"

#include "os/killcalls.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <charconv>
#include <string>
#include <string_view>

namespace daemonscope {

namespace {

/// Whose descriptor a caller's pidfd is, in the recorder's numbers; 0 if it is none. A folder of /proc is one, too.
std::int32_t processOfPidfd(std::int32_t caller, std::int32_t fd)
{
    if (const auto info = readProcText(caller, "fdinfo/" + std::to_string(fd)); info.ok()) {
        if (const std::int32_t pid = parsePidOfPidfd(info.value()); pid > 0)
            return pid;
    }
    constexpr std::string_view kFolder = "/proc/";
    std::int32_t pid = 0;
    if (const auto link = readProcLink(caller, ("fd/" + std::to_string(fd)).c_str());
        link.ok() && link.value().starts_with(kFolder))
        std::from_chars(link.value().data() + kFolder.size(), link.value().data() + link.value().size(), pid);
    return pid;
}

} // namespace

std::optional<SeenKill> seeKill(std::int32_t tid, const tracing::SyscallEntry& entry, const NumbersOfCaller& numbers)
{
    const auto call = decodeKillCall(entry.number, entry.native, entry.arguments);
    if (!call || call->signal == 0)
        return std::nullopt;
    using Names = KillCallForm::Names;
    SeenKill seen;
    payload::KillRequested& request = seen.request;
    request.signal = call->signal;
    request.call = call->form->name;
    request.targetPid = call->target;
    std::int32_t target = call->target;
    if (call->form->names == Names::Pidfd)
        request.targetPid = target = processOfPidfd(tid, call->target);
    else if (target > 0)
        target = numbers.translate(target);
    if (call->form->names == Names::Thread)
        request.targetPid = numbers.processOf(target);
    if (target > 0 && !call->toGroup)
        request.target = numbers.find(numbers.processOf(target));
    else if (call->toGroup)
        seen.group = processGroupOf(target);
    else if (target == 0)
        seen.group = processGroupOf(numbers.process);
    else
        seen.group = target == -1 ? kEverybody : numbers.translate(-target);
    if (call->toGroup)
        request.targetPid = -seen.group;
    if (seen.group != 0)
        request.members = numbers.members(seen.group);
    if (call->siginfo != 0) {
        const ClaimedSender claim = decodeClaim(tracing::readWord(tid, call->siginfo + 8).value_or(0),
            tracing::readWord(tid, call->siginfo + 16).value_or(0), entry.native);
        request.claimedCode = claim.code;
        request.claimedPid = claim.pid;
    }
    return seen;
}

} // namespace daemonscope
