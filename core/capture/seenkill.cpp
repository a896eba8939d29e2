// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/seenkill.h"

#include "os/killcalls.h"
#include "os/pidfd.h"
#include "os/procfs.h"

#include <charconv>
#include <limits>
#include <string>
#include <string_view>

namespace daemonscope {

namespace {

/// In the place of a pidfd: the calling thread and its process (PIDFD_SELF_THREAD, PIDFD_SELF_THREAD_GROUP), newer than
/// many a header.
constexpr std::int32_t kSelfThread = -10000;
constexpr std::int32_t kSelfThreadGroup = -10001;
/// What no kill() takes: its opposite is no number.
constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();

/// Whose descriptor a caller's pidfd is, in the recorder's numbers; 0 if it is none. A folder of /proc is one, too.
std::int32_t processOfPidfd(std::int32_t caller, std::int32_t fd)
{
    if (fd == kSelfThread || fd == kSelfThreadGroup)
        return caller;
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
    const bool pidfd = call->form->names == Names::Pidfd;
    // Whom the call names; 0: nobody who is known here, or the caller's own group.
    std::int32_t target = call->target;
    if (pidfd)
        request.targetPid = target = numbers.processOf(processOfPidfd(tid, call->target));
    else if (target > 0)
        target = numbers.translate(target);
    if (call->form->names == Names::Thread && target > 0)
        request.targetPid = numbers.processOf(target);
    const bool namesGroups = std::string_view{call->form->name} == "kill";
    if (pidfd ? target <= 0 : (call->target <= 0 && !namesGroups) || call->target == kLowest)
        return std::nullopt; // the call will fail, or its process cannot be seen from here
    if (call->toGroup) {
        seen.group = processGroupOf(target);
        request.targetPid = -seen.group;
    } else if (target > 0)
        request.target = numbers.find(numbers.processOf(target));
    else if (call->target == 0)
        seen.group = processGroupOf(numbers.process);
    else if (call->target < 0)
        seen.group = target == -1 ? kEverybody : numbers.translate(-target);
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
