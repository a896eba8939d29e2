// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace daemonscope::conformance {

/// M01: the start methods, and what can go wrong.
namespace m01 {
void run(const std::string&)
{
    out("all", allStartMethods());
    out("default", std::string(startMethodName(startMethod())));
    out("set after use", attempt([] { setStartMethod("spawn"); }));
    out("force", attempt([] { setStartMethod("spawn", true); }));
    out("now", std::string(startMethodName(startMethod())));
    out("unknown", attempt([] { setStartMethod("thread", true); }));
    out("concrete context", attempt([] { Context::of("fork").setStartMethod("spawn"); }));
    out("get_context unknown", attempt([] { (void)Context::of("x"); }));
}
const Program program("m01_methods", run);
} // namespace m01

/// M03: what a child has from its parent.
namespace m03 {
std::string value = "import";

std::string variable(const char* name)
{
    const char* text = std::getenv(name);
    return text ? text : "None";
}

void tell(int descriptor)
{
    out("global changed in main", value);
    out("env set in main before first start", variable("ORACLE_A"));
    out("env set in main after first start", variable("ORACLE_B"));
    out("cwd follows", std::filesystem::current_path() == "/");
    std::error_code none;
    const auto link = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), none);
    out("inheritable fd of main is open", link == "/dev/zero");
    const std::vector<std::string>& words = programArguments();
    out("sys.argv same", words.size() == 2 && words[1] == "m03_what_is_inherited");
}
const Target telling = registerTarget("m03.tell", tell);

void run(const std::string&)
{
    setup();
    value = "changed";
    ::setenv("ORACLE_A", "a", 1);
    const int descriptor = ::open("/dev/zero", O_RDONLY); // NOLINT(android-cloexec-open): that is the question
    ProcessPtr p = process({.target = noopTarget});
    p->start();
    p->join();
    ::setenv("ORACLE_B", "b", 1);
    std::filesystem::current_path("/");
    p = process({.target = telling, .args = {descriptor}});
    p->start();
    p->join();
    out("exit code", p->exitCode());
    ::close(descriptor);
}
const Program program("m03_what_is_inherited", run);
} // namespace m03

/// M06: the kernel knows of no daemons.
namespace m06 {
std::string attributes()
{
    const mode_t mask = ::umask(077);
    ::umask(mask);
    cpu_set_t processors;
    CPU_ZERO(&processors);
    ::sched_getaffinity(0, sizeof processors, &processors);
    std::string text;
    for (const int number : {::getpgrp(), ::getsid(0), static_cast<int>(mask), ::getpriority(PRIO_PROCESS, 0)})
        text += std::to_string(number) + " ";
    for (int processor = 0; processor < CPU_SETSIZE; ++processor)
        text += CPU_ISSET(static_cast<std::size_t>(processor), &processors) ? '1' : '0';
    return text;
}
const Target child = registerTarget(
    "m06.child",
    +[](std::string expected) { out("pgid, sid, umask, nice, affinity as in main", attributes() == expected); });

void run(const std::string&)
{
    setup();
    for (const bool daemon : {false, true}) {
        const ProcessPtr p = process({.target = child, .args = {attributes()}, .daemon = daemon});
        p->start();
        p->join();
    }
}
const Program program("m06_ids", run);
} // namespace m06

} // namespace daemonscope::conformance
