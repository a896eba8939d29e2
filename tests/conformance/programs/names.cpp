// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rerun.h"

#include "engine/reprtext.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace daemonscope::conformance {

/// N01: odd names, and how repr() writes them: every character there is.
namespace n03 {
std::string tidied(const ProcessPtr& process)
{
    std::string text = replaced(process->repr(), "parent=" + std::to_string(::getpid()), "parent=MAIN");
    return process->pid() ? replaced(text, "pid=" + shown(process->pid()), "pid=CHILD") : text;
}

std::string utf8(char32_t code)
{
    const auto part = [code](unsigned shift, unsigned mark) {
        return static_cast<char>(mark | ((code >> shift) & (mark == 0x80 ? 0x3fU : 0xffU)));
    };
    if (code < 0x80)
        return {static_cast<char>(code)};
    if (code < 0x800)
        return {part(6, 0xc0), part(0, 0x80)};
    if (code < 0x10000)
        return {part(12, 0xe0), part(6, 0x80), part(0, 0x80)};
    return {part(18, 0xf0), part(12, 0x80), part(6, 0x80), part(0, 0x80)};
}

/// As zlib.crc32(), piece by piece.
std::uint32_t crc32(const std::string& bytes, std::uint32_t before)
{
    std::uint32_t value = ~before;
    for (const char byte : bytes) {
        value ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~value;
}

std::string everyCharacter()
{
    std::uint32_t sum = 0;
    for (char32_t code = 0; code < 0x110000; ++code) {
        if (code < 0xd800 || code > 0xdfff)
            sum = crc32(engine::quoted(utf8(code)), sum);
    }
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%08x", sum);
    return text.data();
}

const Target tellOfSelf = registerTarget(
    "n03.self", +[] { out("in the child", "[" + currentProcess()->name() + "]"); });

void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = tellOfSelf, .name = ""});
    out("'' in the constructor", p->name());
    p->setName("");
    out("'' set", "[" + p->name() + "]");
    out("'' set: repr", tidied(p));
    p->start();
    p->join();
    const ProcessPtr q = process({.target = noopTarget, .name = "a\x01\x7f\u00e9\n\r"});
    out("control characters", tidied(q));
    const std::vector<std::pair<std::string, std::string>> names{{"quotes", "'\""}, {"single", "it's"},
        {"backslash", "a\\b\tc"}, {"spaces", "\u00a0\u2003\u200b"}, {"beyond", "\U0001f600\U000e0001"},
        {"soft", "\u00ad"}};
    for (const auto& [label, name] : names) {
        q->setName(name);
        out(label, tidied(q));
    }
    out("every character", everyCharacter());
    q->setName("\xff\xc3(\xed\xa0\x80");
    out("bytes that are not UTF-8", tidied(q));
}
const Program program("n03_names", run);
} // namespace n03

/// PEP 3151: what the system refuses with, by its number; a start at the limit of processes.
namespace s08 {
void startAtLimit()
{
    const ProcessPtr p = process({.target = noopTarget});
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NPROC, &none);
    if (::geteuid() == 0 && ::setuid(65534) != 0)
        exit("setuid");
    try {
        p->start();
        out("start", "returned");
    } catch (const OSError& error) {
        out("start", error.text());
    }
    out("is_alive", p->isAlive());
    out("exitcode", p->exitCode());
    out("active", activeChildrenNames());
}

void run(const std::string& part)
{
    setup();
    if (!part.empty()) {
        startAtLimit();
        return;
    }
    constexpr int numbers = 133; // Python does not know EHWPOISON
    for (int number = 1; number < numbers; ++number) {
        if (::strerrorname_np(number))
            out(std::to_string(number), OSError(number).text());
    }
    out("with a path", OSError(ENOENT, "it's").message());
    for (const std::string& line : lines(rerun("start").out))
        say(line);
}
const Program program("s08_system_refuses", run);
} // namespace s08

} // namespace daemonscope::conformance
