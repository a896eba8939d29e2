// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/jobcontrol.h"

#include "os/procfs.h"
#include "os/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>

namespace daemonscope {

JobControl::JobControl()
    : terminal_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC))
{
}

bool JobControl::othersMayWantIt() const
{
    std::map<std::int32_t, ProcStat> group;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc", error}) {
        const std::string name = entry.path().filename().string();
        std::int32_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{})
            continue;
        if (auto stat = readProcStat(pid); stat.ok() && stat.value().processGroup == ::getpgrp())
            group.emplace(pid, std::move(stat).value());
    }
    group.erase(::getpid());
    // A script that waits for this process leaves the terminal to it; not so a window that started it with no input.
    if (isTerminal(STDIN_FILENO)) {
        for (auto ancestor = group.find(::getppid()); ancestor != group.end();) {
            const std::int32_t next = ancestor->second.parentPid;
            group.erase(ancestor);
            ancestor = group.find(next);
        }
    }
    // What a shell made for this process's own redirections reads and writes pipes.
    std::erase_if(group, [](const auto& member) { return member.second.parentPid == ::getpid(); });
    return !group.empty();
}

int JobControl::terminalToGive() const
{
    return terminal_.valid() && inForeground(terminal_.get()) && !othersMayWantIt() ? terminal_.get() : -1;
}

void JobControl::reclaim(std::int32_t group) const
{
    if (terminal_.valid() && ::tcgetpgrp(terminal_.get()) == group)
        ::tcsetpgrp(terminal_.get(), ::getpgrp());
}

void JobControl::programStopped(std::int32_t group, Signal signal) const
{
    const bool wantsTerminal = signal == Signal{SIGTTIN} || signal == Signal{SIGTTOU};
    const std::int32_t foreground = terminal_.valid() ? ::tcgetpgrp(terminal_.get()) : -1;
    if (foreground < 0)
        return;
    if (!(wantsTerminal && foreground == ::getpgrp())) {
        if (foreground != group && !isTerminalStop(signal))
            return;
        const bool atTerminal = foreground == group || wantsTerminal;
        reclaim(group);
        if (!stopAsShellNotices(signal, atTerminal ? StopScope::Job : StopScope::Process))
            return;
    }
    if (inForeground(terminal_.get()))
        ::tcsetpgrp(terminal_.get(), group);
    ::kill(-group, SIGCONT);
}

bool stopAsShellNotices(Signal signal, StopScope scope)
{
    const bool jobStops = isTerminalStop(signal) && scope == StopScope::Job;
    if (!jobStops && ::getpgrp() != ::getpid())
        return false;
    if (!isTerminalStop(signal)) {
        ::raise(SIGSTOP);
        return true;
    }
    sigset_t only;
    sigset_t before;
    ::sigemptyset(&only);
    ::sigaddset(&only, signal.number());
    ::pthread_sigmask(SIG_UNBLOCK, &only, &before);
    if (jobStops)
        ::kill(0, signal.number());
    else
        ::raise(signal.number());
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return true;
}

bool isTerminalStop(Signal signal)
{
    return signal == Signal{SIGTSTP} || signal == Signal{SIGTTIN} || signal == Signal{SIGTTOU};
}

} // namespace daemonscope
