// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace daemonscope::conformance {
namespace {

using Clock = std::chrono::steady_clock;

// A function, as programs make themselves known while static objects are initialised.
std::map<std::string, Program::Body>& programs()
{
    static std::map<std::string, Program::Body> known;
    return known;
}

std::string environmentText(const char* name, const char* otherwise)
{
    const char* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

/// What stands behind the program's name in /proc/PID/stat: state, ppid, pgrp…
std::vector<std::string> statusFields(int pid)
{
    const std::string text = fileText("/proc/" + std::to_string(pid) + "/stat");
    const auto bracket = text.rfind(')');
    return bracket == std::string::npos ? std::vector<std::string>() : words(text.substr(bracket + 1));
}

std::vector<int> allProcesses()
{
    std::vector<int> pids;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos)
            pids.push_back(std::stoi(name));
    }
    return pids;
}

} // namespace

const Target napTarget = registerTarget("nap", nap);
const Target noopTarget = registerTarget(
    "noop", +[] {});

Program::Program(const char* name, Body run)
{
    programs()[name] = run;
}

Program::Body Program::find(const std::string& name)
{
    const auto found = programs().find(name);
    return found == programs().end() ? nullptr : found->second;
}

std::vector<std::string> Program::names()
{
    std::vector<std::string> names;
    for (const auto& [name, body] : programs())
        names.push_back(name);
    return names;
}

std::string method()
{
    return environmentText("MPM", "fork");
}

bool isFork()
{
    return method() == "fork";
}

bool isForkServer()
{
    return method() == "forkserver";
}

void setup()
{
    setStartMethod(method(), true);
}

std::string shown(const std::string& value)
{
    return value;
}

std::string shown(const char* value)
{
    return value;
}

std::string shown(bool value)
{
    return value ? "True" : "False";
}

std::string shown(int value)
{
    return std::to_string(value);
}

std::string shown(std::size_t value)
{
    return std::to_string(value);
}

std::string shown(std::optional<int> value)
{
    return value ? std::to_string(*value) : "None";
}

std::string shown(const std::vector<std::string>& list)
{
    std::string text = "[";
    for (const std::string& value : list)
        text += (text.size() > 1 ? ", " : "") + quoted(value);
    return text + "]";
}

std::string quoted(const std::string& text)
{
    const bool hasSingle = text.find('\'') != std::string::npos;
    const std::string mark = hasSingle && text.find('"') == std::string::npos ? "\"" : "'";
    return mark + replaced(text, "\n", "\\n") + mark;
}

void say(const std::string& line)
{
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

std::string attemptText(const std::function<std::string()>& call)
{
    try {
        return "returned " + call();
    } catch (const BaseException& error) {
        return "raised " + error.typeName() + ": " + error.message();
    }
}

std::string setting(const std::function<void()>& call)
{
    const std::string result = attempt(call);
    return result == "returned None" ? "ok" : result;
}

double stretch()
{
    static const double factor = std::stod(environmentText("ORACLE_SLOW", "1"));
    return factor;
}

std::chrono::nanoseconds seconds(double value)
{
    return std::chrono::nanoseconds(std::llround(value * stretch() * 1e9));
}

void nap(double value)
{
    sleep(seconds(value));
}

bool waitUntil(const std::function<bool()>& condition, double limit)
{
    const auto end = Clock::now() + seconds(limit);
    while (Clock::now() < end) {
        if (condition())
            return true;
        sleep(std::chrono::milliseconds(10));
    }
    return condition();
}

double elapsedSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count() / stretch();
}

std::string band(double value, const std::vector<std::string>& edges)
{
    std::string low = "0";
    for (const std::string& edge : edges) {
        if (value < std::stod(edge))
            return low + ".." + edge + " s";
        low = edge;
    }
    return ">= " + low + " s";
}

std::vector<Member> groupMembers(int group)
{
    std::vector<Member> members;
    for (const int pid : allProcesses()) {
        const std::vector<std::string> fields = statusFields(pid);
        if (fields.size() < 3 || std::stoi(fields[2]) != group || fields[0] == "Z" || fields[0] == "X")
            continue;
        std::string command;
        for (const std::string& word : commandOf(pid))
            command += (command.empty() ? "" : " ") + word;
        members.push_back({pid, command});
    }
    return members;
}

bool isTracker(const Member& member)
{
    return member.command.find("--multiprocessing-tracker") != std::string::npos;
}

std::vector<Member> workers(const std::vector<Member>& left)
{
    std::vector<Member> working;
    for (const Member& member : left) {
        if (!isTracker(member))
            working.push_back(member);
    }
    // The server has the command line of its workers, and lives as long as one of them.
    if (isForkServer() && !working.empty())
        working.pop_back();
    return working;
}

char processState(int pid)
{
    const std::vector<std::string> fields = statusFields(pid);
    return fields.empty() ? '\0' : fields[0][0];
}

std::string stateText(int pid)
{
    const char state = processState(pid);
    return state ? std::string(1, state) : "gone";
}

std::optional<int> parentOf(int pid)
{
    const std::vector<std::string> fields = statusFields(pid);
    return fields.size() < 2 ? std::nullopt : std::optional(std::stoi(fields[1]));
}

std::vector<int> childrenOf(int pid)
{
    std::vector<int> children;
    for (const int other : allProcesses()) {
        if (parentOf(other) == pid)
            children.push_back(other);
    }
    return children;
}

std::vector<std::string> commandOf(int pid)
{
    std::string text = fileText("/proc/" + std::to_string(pid) + "/cmdline");
    if (!text.empty() && text.back() == '\0')
        text.pop_back();
    return split(text, '\0');
}

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (auto end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    parts.push_back(text.substr(begin));
    return parts;
}

std::vector<std::string> words(const std::string& text)
{
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string word; stream >> word;)
        found.push_back(word);
    return found;
}

std::vector<std::string> lines(const std::string& text)
{
    std::vector<std::string> parts = split(text, '\n');
    if (parts.back().empty())
        parts.pop_back();
    return parts;
}

std::string lastLine(const std::string& text, const std::string& none)
{
    const std::vector<std::string> all = lines(strip(text));
    return all.empty() ? none : all.back();
}

bool startsWith(const std::string& text, const std::string& beginning)
{
    return text.compare(0, beginning.size(), beginning) == 0;
}

std::string replaced(std::string text, const std::string& old, const std::string& by)
{
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + by.size()))
        text.replace(at, old.size(), by);
    return text;
}

std::string fileText(const std::string& path)
{
    // Not a stream of C++, which throws if a process goes while its file in /proc is read.
    std::string text;
    std::FILE* file = std::fopen(path.c_str(), "re");
    if (!file)
        return text;
    std::array<char, 4096> piece{};
    for (std::size_t got = piece.size(); got == piece.size();) {
        got = std::fread(piece.data(), 1, piece.size(), file);
        text.append(piece.data(), got);
    }
    std::fclose(file);
    return text;
}

std::string strip(const std::string& text)
{
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

TemporaryFolder::TemporaryFolder()
    : owner_(::getpid())
{
    std::string pattern = (std::filesystem::temp_directory_path() / "conformance-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
        throw OSError(errno);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    if (owner_ == ::getpid())
        std::filesystem::remove_all(path_, ignored);
}

} // namespace daemonscope::conformance
