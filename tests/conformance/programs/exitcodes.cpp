// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <utility>

namespace daemonscope::conformance {

/// X01: exit codes, and what stderr says.
namespace x01 {

struct GeneratorExit : BaseException {
    GeneratorExit()
        : BaseException("GeneratorExit", {})
    {
    }
};
struct MyBase : BaseException {
    MyBase()
        : BaseException("MyBase", "odd")
    {
    }
};

void signalItself(int number)
{
    ::kill(::getpid(), number);
}

const std::vector<std::pair<const char*, void (*)()>> endings{
    {"return value 42", [] { (void)42; }},
    {"sys.exit()", [] { exit(); }},
    {"sys.exit(None)", [] { exit(); }},
    {"sys.exit(0)", [] { exit(0); }},
    {"sys.exit(7)", [] { exit(7); }},
    {"sys.exit(True)", [] { exit(true); }},
    {"sys.exit(False)", [] { exit(false); }},
    {"sys.exit(255)", [] { exit(255); }},
    {"sys.exit(256)", [] { exit(256); }},
    {"sys.exit(300)", [] { exit(300); }},
    {"sys.exit(-1)", [] { exit(-1); }},
    {"sys.exit(-9)", [] { exit(-9); }},
    {"sys.exit('bye')", [] { exit("bye"); }},
    {"sys.exit('')", [] { exit(""); }},
    {"raise SystemExit", [] { throw SystemExit(); }},
    {"exception", [] { throw Exception("ZeroDivisionError", "division by zero"); }},
    {"KeyboardInterrupt", [] { throw KeyboardInterrupt(); }},
    {"GeneratorExit", [] { throw GeneratorExit(); }},
    {"BaseException subclass", [] { throw MyBase(); }},
    {"os._exit(9)", [] { osExit(9); }},
    {"os._exit(-1)", [] { osExit(-1); }},
    {"os.abort()", [] { std::abort(); }},
    {"SIGTERM itself", [] { signalItself(SIGTERM); }},
    {"SIGKILL itself", [] { signalItself(SIGKILL); }},
    {"SIGSEGV itself", [] { signalItself(SIGSEGV); }},
    {"SIGUSR1 itself", [] { signalItself(SIGUSR1); }},
    {"SIGHUP itself", [] { signalItself(SIGHUP); }},
    {"SIGPIPE itself (python ignores it)", [] { signalItself(SIGPIPE); }},
    {"SIGINT itself", [] { signalItself(SIGINT); }},
};

void endBy(int index, const std::string& path)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(file, 2);
    // Whatever else listens for a crash (a sanitizer) is not the subject.
    for (const int number : {SIGSEGV, SIGABRT})
        setSignalDefault(number);
    endings.at(static_cast<std::size_t>(index)).second();
}
const Target ending = registerTarget(
    "x01.end", +[](int index, std::string path) { endBy(index, path); });

void run(const std::string&)
{
    setup();
    const TemporaryFolder folder;
    for (std::size_t i = 0; i < endings.size(); ++i) {
        const std::string path = folder.file(std::to_string(i));
        const ProcessPtr p = process({.target = ending, .args = {static_cast<int>(i), path}, .name = "P"});
        const auto before = p->exitCode();
        p->start();
        p->join();
        const std::string text = strip(fileText(path));
        const std::vector<std::string> err = lines(text);
        std::string told = err.size() > 1 ? err.front() + " ... " + err.back() : text;
        out(endings[i].first,
            shown(before) + " -> " + shown(p->exitCode()) + " | stderr: " + (told.empty() ? "-" : told));
    }
}
const Program program("x01_exitcodes", run);
} // namespace x01

/// X03: somebody else reaps the child.
namespace x03 {
const Target seven = registerTarget(
    "x03.seven", +[] { throw SystemExit(7); });

void runPart(const std::string& part)
{
    if (part == "sigign")
        setSignalIgnored(SIGCHLD);
    const ProcessPtr p = process({.target = seven, .name = "P"});
    p->start();
    if (part == "waitpid" && !isForkServer())
        ::waitpid(*p->pid(), nullptr, 0);
    say("join: " + attempt([&] { p->join(); }));
    say("join(0.1): " + attempt([&] { p->join(seconds(0.1)); }));
    say("exitcode: " + shown(p->exitCode()));
    say("is_alive: " + shown(p->isAlive()));
    std::vector<std::string> names;
    for (const ProcessPtr& child : activeChildren())
        names.push_back(child->name());
    say("active_children: " + shown(names));
    say("terminate: " + attempt([&] { p->terminate(); }));
    say("close: " + attempt([&] { p->close(); }));
    say("repr: " + words(p->repr()).back());
}

void run(const std::string& part)
{
    setup();
    if (!part.empty())
        return runPart(part);
    for (const char* each : {"waitpid", "sigign"}) {
        const Ran ran = rerun(each);
        for (const std::string& line : lines(ran.out))
            out(each, line);
        out(std::string(each) + " rc", ran.timedOut ? "timed out" : shown(ran.rc));
    }
}
const Program program("x03_foreign_reap", run);
} // namespace x03

/// X04: repr() in all states.
namespace x04 {
std::string tidied(const std::string& repr, std::optional<int> child)
{
    const std::string text = replaced(repr, "parent=" + std::to_string(::getpid()), "parent=MAIN");
    return child ? replaced(text, "pid=" + std::to_string(*child), "pid=CHILD") : text;
}
const Target self = registerTarget(
    "x04.self", +[](int parent) {
        out("in the child", replaced(currentProcess()->repr(), "parent=" + std::to_string(parent), "parent=MAIN"));
    });

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 60}, .name = "a b", .daemon = true});
    out("initial", tidied(p->repr(), {}));
    p->start();
    const auto pid = p->pid();
    out("started", tidied(p->repr(), pid));
    p->terminate();
    p->join();
    out("terminated", tidied(p->repr(), pid));
    p->close();
    out("closed", tidied(p->repr(), pid));
    for (const auto& [label, target] : std::vector<std::pair<const char*, Target>>{
             {"ended", noopTarget}, {"seven", findTarget("x03.seven")}, {"self", self}}) {
        const Arguments arguments = target.name() == "x04.self" ? Arguments{::getpid()} : Arguments{};
        const ProcessPtr q = process({.target = target, .args = arguments, .name = "it's"});
        q->start();
        q->join();
        out(label, tidied(q->repr(), q->pid()));
    }
    const ProcessPtr killed = process({.target = napTarget, .args = {60.0}});
    killed->start();
    killed->kill();
    killed->join();
    out("killed", tidied(killed->repr(), killed->pid()));
    out("of another context", tidied(Context::of("spawn").process({})->repr(), {}));
    out("main", currentProcess()->repr());
}
const Program program("x04_repr", run);
} // namespace x04

} // namespace daemonscope::conformance
