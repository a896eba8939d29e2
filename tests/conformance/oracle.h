// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// What the programs of the conformance test share. Each is the twin of a Python program and prints what that prints:
/// lines "key = value" that are the same in every run, so never a pid, an address or a time.
namespace daemonscope::conformance {

using namespace daemonscope::engine; // NOLINT(google-build-using-namespace): the subject of every program

/// A program of the test: `const Program program("d01_main_defaults", run)` at namespace scope makes it known.
/// `run` gets the case to do, "" for the program itself (see rerun()).
class Program {
public:
    using Body = void (*)(const std::string& part);
    Program(const char* name, Body run);
    /// Null if there is none of that name.
    static Body find(const std::string& name);
    static std::vector<std::string> names();
};

/// "fork", "spawn" or "forkserver": environment variable MPM, default fork.
std::string method();
bool isFork();
bool isForkServer();
/// Selects method() for the programs' processes.
void setup();

/// How values are written, as Python's str() and, for what is inside a list, repr() do.
std::string shown(const std::string& value);
std::string shown(const char* value);
std::string shown(bool value);
std::string shown(int value);
std::string shown(std::size_t value);
std::string shown(std::optional<int> value);
std::string shown(const std::vector<std::string>& list);
/// 'a b'
std::string quoted(const std::string& text);

/// Prints a line and flushes.
void say(const std::string& line);
/// Prints "key = value" and flushes.
template <class T> void out(const std::string& key, const T& value)
{
    say(key + " = " + shown(value));
}

/// "returned 'x'" or "raised ValueError: process object is closed", whatever it raises.
std::string attemptText(const std::function<std::string()>& call);
template <class F> std::string attempt(F&& call)
{
    return attemptText([&]() -> std::string {
        using Returned = std::decay_t<std::invoke_result_t<F>>;
        if constexpr (std::is_void_v<Returned>) {
            call();
            return "None";
        } else if constexpr (std::is_same_v<Returned, std::string>) {
            return quoted(call());
        } else {
            return shown(call());
        }
    });
}
/// "ok", or what it raised.
std::string setting(const std::function<void()>& call);

/// Times are stretched by the environment variable ORACLE_SLOW, for loaded machines.
double stretch();
std::chrono::nanoseconds seconds(double value);
/// Sleeps seconds(value).
void nap(double value);
/// nap() as a target with one argument (a double).
extern const Target napTarget;
extern const Target noopTarget;
/// Whether `condition` came true within `limit` seconds.
bool waitUntil(const std::function<bool()>& condition, double limit = 20);
/// Seconds since `begin`, without the stretch.
double elapsedSince(std::chrono::steady_clock::time_point begin);
/// A coarse time that repeats: band(0.53, {0.5, 1}) is "0.5..1 s".
std::string band(double value, const std::vector<std::string>& edges);

struct Member {
    int pid;
    std::string command; ///< words of the command line, separated by blanks
};
/// Processes of a process group that are not dead.
std::vector<Member> groupMembers(int group);
/// Whether it is a resource tracker of the engine.
bool isTracker(const Member& member);
/// What is left of a run, without the engine's helpers.
std::vector<Member> workers(const std::vector<Member>& left);
/// 'R', 'S', 'T', 'Z'…; 0 if there is no such process.
char processState(int pid);
/// "Z", or "gone"
std::string stateText(int pid);
std::optional<int> parentOf(int pid);
std::vector<int> childrenOf(int pid);
std::vector<std::string> commandOf(int pid);

std::vector<std::string> split(const std::string& text, char separator);
std::vector<std::string> words(const std::string& text);
/// Lines without the empty one at the end.
std::vector<std::string> lines(const std::string& text);
/// "-" if there is none.
std::string lastLine(const std::string& text, const std::string& none = "-");
bool startsWith(const std::string& text, const std::string& beginning);
std::string replaced(std::string text, const std::string& old, const std::string& by);
/// The content of the file, "" if there is none.
std::string fileText(const std::string& path);
/// Without blanks and line ends at its ends.
std::string strip(const std::string& text);

/// A folder that goes away with the object, in the process that made it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
    int owner_;
};

} // namespace daemonscope::conformance
