// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <unistd.h>

namespace daemonscope::conformance {

/// M02: which processes there are, whose children, and by what command lines.
namespace m02 {
/// Program and numbers are of no interest.
std::string tidied(const std::vector<std::string>& command)
{
    std::string text = "PROGRAM";
    for (std::size_t i = 1; i < command.size(); ++i) {
        std::string word;
        for (const char c : command[i]) {
            const bool isDigit = c >= '0' && c <= '9';
            if (!isDigit)
                word += c;
            else if (word.empty() || word.back() != 'N')
                word += 'N';
        }
        text += " " + word;
    }
    return text;
}

const Target child = registerTarget(
    "m02.child", +[](std::string path) {
        std::FILE* file = std::fopen((path + ".new").c_str(), "w");
        std::fprintf(file, "%d %d %d %d", ::getpid(), ::getppid(), ::getpgrp(), ::getsid(0));
        std::fclose(file);
        std::rename((path + ".new").c_str(), path.c_str());
        nap(2);
    });

std::vector<std::string> commandsOfChildren(std::optional<int> except = std::nullopt)
{
    std::vector<std::string> commands;
    for (const int pid : childrenOf(::getpid())) {
        if (pid != except)
            commands.push_back(tidied(commandOf(pid)));
    }
    std::ranges::sort(commands);
    return commands;
}

void run(const std::string&)
{
    setup();
    const TemporaryFolder folder;
    const ProcessPtr p = process({.target = child, .args = {folder.file("ids")}});
    p->start();
    waitUntil([&] { return !fileText(folder.file("ids")).empty(); });
    std::istringstream ids(fileText(folder.file("ids")));
    int pid = 0;
    int parent = 0;
    int group = 0;
    int session = 0;
    ids >> pid >> parent >> group >> session;
    out("child ppid is main", parent == ::getpid());
    out("same process group, same session",
        "(" + shown(group == ::getpgrp()) + ", " + shown(session == ::getsid(0)) + ")");
    const bool same = commandOf(pid) == commandOf(::getpid());
    out("child command line same as main", same);
    if (!same)
        out("child command line", tidied(commandOf(pid)));
    for (const std::string& command : commandsOfChildren(pid))
        out("other child of main", command);
    for (const int helper : childrenOf(::getpid())) {
        for (const int below : childrenOf(helper))
            out("child of a helper", below == pid ? "the worker" : tidied(commandOf(below)));
    }
    std::vector<std::string> names;
    for (const ProcessPtr& active : activeChildren())
        names.push_back(active->name());
    out("active_children", names);
    p->join();
    const auto lock = Context::standard().lock();
    nap(0.3);
    out("helpers after mp.Lock()", commandsOfChildren());
}
const Program program("m02_process_tree", run);
} // namespace m02

/// M04: the fork server dies.
namespace m04 {
const Target six = registerTarget(
    "m04.six", +[](double duration) {
        nap(duration);
        exit(6);
    });

bool ignores(int pid, int number)
{
    std::istringstream status(fileText("/proc/" + std::to_string(pid) + "/status"));
    for (std::string line; std::getline(status, line);) {
        if (startsWith(line, "SigIgn:"))
            return (std::stoull(line.substr(7), nullptr, 16) >> (number - 1) & 1) != 0;
    }
    return false;
}

void run(const std::string&)
{
    setup();
    if (!isForkServer())
        return out("skipped", method());
    ProcessPtr p = process({.target = six, .args = {0.2}});
    p->start();
    p->join();
    out("normal exit code", p->exitCode());
    p = process({.target = six, .args = {1.5}});
    p->start();
    const int server = *parentOf(*p->pid());
    out("server is child of main", parentOf(server) == ::getpid());
    out("server ignores SIGINT", ignores(server, SIGINT));
    ::kill(server, SIGKILL);
    p->join();
    out("exit code after the server was killed", p->exitCode());
    out("worker survives the server", processState(*p->pid()) != '\0');
    const ProcessPtr q = process({.target = six, .args = {0.1}});
    q->start();
    out("new server started", parentOf(*q->pid()) != server);
    q->join();
    out("exit code", q->exitCode());
}
const Program program("m04_forkserver_death", run);
} // namespace m04

} // namespace daemonscope::conformance
