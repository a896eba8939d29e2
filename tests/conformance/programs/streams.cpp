// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>

namespace daemonscope::conformance {

/// S03: start() flushes first, a raw fork does not.
namespace s03 {
const Target child = registerTarget(
    "s03.child", +[] { std::puts("child"); });

void run(const std::string& part)
{
    setup();
    if (part == "mp") {
        std::puts("before");
        const ProcessPtr p = process({.target = child});
        p->start();
        p->join();
        std::puts("after");
    } else if (part == "raw") {
        std::puts("before");
        const int pid = osFork();
        if (pid == 0)
            exit(0);
        ::waitpid(pid, nullptr, 0);
    } else {
        out("Process.start", words(rerun("mp").out));
        std::vector<std::string> both = words(rerun("raw").out);
        std::ranges::sort(both);
        out("os.fork", both);
    }
}
const Program program("s03_flush_before_fork", run);
} // namespace s03

/// S04: a child reads nothing.
namespace s04 {
std::string input()
{
    std::string line;
    if (!std::getline(std::cin, line))
        throw EOFError("EOF when reading a line");
    return line;
}
const Target child = registerTarget(
    "s04.child", +[] {
        out("input()", attempt(input));
        if (std::getc(stdin) != EOF)
            out("C stream", "has something to read");
        std::error_code none;
        const auto name = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(::fileno(stdin)), none);
        out("name of stdin", name.string());
        out("fd 0 is sys.stdin", ::fileno(stdin) == 0);
    });

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = child});
    p->start();
    p->join();
    out("exit code", p->exitCode());
}
const Program program("s04_stdin", run);
} // namespace s04

/// F01: what has not been flushed is lost with a process that is ended.
namespace f01 {
void write(std::string kind, std::shared_ptr<Event> ready)
{
    std::printf("from %s\n", kind.c_str());
    std::fprintf(stderr, "err from %s\n", kind.c_str());
    if (kind == "os._exit")
        osExit(0);
    if (kind == "exception")
        throw Exception("ZeroDivisionError", "division by zero");
    if (kind == "sys.exit")
        exit(3);
    ready->set();
    if (kind == "sleep")
        nap(30);
}
const Target writing = registerTarget("f01.write", write);

void runPart(const std::string& part)
{
    const auto ready = Context::standard().event();
    const bool atExit = part == "daemon at exit";
    const std::string kind = atExit ? "sleep" : part;
    const ProcessPtr p = process({.target = writing, .args = {kind, ready}, .daemon = atExit});
    p->start();
    if (kind == "sleep")
        ready->wait();
    if (part == "sleep")
        p->terminate();
    if (!atExit)
        p->join();
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart(part);
    for (const char* each : {"return", "exception", "sys.exit", "os._exit", "sleep", "daemon at exit"}) {
        const Ran ran = rerun(each);
        out(std::string(each) + ": stdout", split(ran.out, '\n'));
        out(std::string(each) + ": stderr has text", ran.err.find("err from") != std::string::npos);
    }
}
const Program program("f01_flush", run);
} // namespace f01

} // namespace daemonscope::conformance
