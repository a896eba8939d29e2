// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <spawn.h>

namespace daemonscope {

StartedProgram startProgram(const std::vector<std::string>& argv)
{
    if (argv.empty())
        return {0, ENOENT};
    std::vector<std::string> words = argv;
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (const int error = ::posix_spawn_file_actions_init(&actions); error != 0)
        return {0, error};
    if (const int error = ::posix_spawnattr_init(&attributes); error != 0) {
        ::posix_spawn_file_actions_destroy(&actions);
        return {0, error};
    }
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    StartedProgram started;
    started.error = ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (started.error == 0)
        started.error = ::posix_spawnp(&started.pid, pointers[0], &actions, &attributes, pointers.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return started;
}

bool reapIfEnded(std::int32_t pid)
{
    for (;;) {
        const pid_t ended = ::waitpid(pid, nullptr, WNOHANG);
        if (ended >= 0 || errno != EINTR)
            return ended != 0;
    }
}

int trySignal(std::int32_t pid, Signal signal)
{
    return ::kill(pid, signal.number()) == 0 ? 0 : errno;
}

int beginSession()
{
    return ::setsid() < 0 ? errno : 0;
}

std::int32_t parentProcessId()
{
    return ::getppid();
}

} // namespace daemonscope
