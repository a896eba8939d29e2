// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/report.h"

#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/reportsender.h"
#include "engine/reporttext.h"
#include "engine/state.h"
#include "engine/thread.h"
#include "os/clock.h"
#include "os/self.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>

namespace daemonscope::engine::report {
namespace {

// The limits of docs/hook-protocol.md, in bytes as sent.
constexpr std::size_t textLimit = 4096;
constexpr std::size_t longTextLimit = 16384;
constexpr std::size_t itemLimit = 1024;
constexpr std::size_t listLimit = 12288;
constexpr std::size_t childrenLimit = 20000; ///< two such lists must fit in one packet
constexpr std::size_t mostChildren = 100;
constexpr int protocolVersion = 1;

/// Most packets are shorter, so that they take one allocation.
constexpr std::size_t usualSize = 512;

DAEMONSCOPE_IN_EACH_FORK void appendInteger(std::string& out, std::int64_t value)
{
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end);
}

/// One entry of exit_begin's lists.
std::string childEntry(const Process& child)
{
    const ProcessBody& body = child.body();
    std::string entry = "{\"obj\":";
    appendQuoted(entry, body.objectId(), itemLimit);
    entry += ",\"name\":";
    appendQuoted(entry, child.name(), itemLimit);
    entry += ",\"child\":";
    if (body.popen)
        appendInteger(entry, body.popen->pid());
    else
        entry += "null";
    entry += '}';
    return entry;
}

} // namespace

DAEMONSCOPE_IN_EACH_FORK bool enabled()
{
    return sender().enabled();
}

DAEMONSCOPE_IN_EACH_FORK Packet::Packet(std::string_view event)
    : last_(event == "interp_exit")
{
    if (!enabled())
        return;
    text_.reserve(usualSize);
    text_ += "{\"e\":\"";
    text_ += event;
    text_ += "\",\"t\":";
    appendInteger(text_, monotonicNow().count());
}

DAEMONSCOPE_IN_EACH_FORK bool Packet::begin(std::string_view key)
{
    if (text_.empty())
        return false;
    text_ += ",\"";
    text_ += key;
    text_ += "\":";
    return true;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::text(std::string_view key, std::string_view value)
{
    if (begin(key))
        appendQuoted(text_, value, textLimit);
    return *this;
}

Packet& Packet::longText(std::string_view key, std::string_view value)
{
    if (begin(key))
        appendQuotedEnd(text_, value, longTextLimit);
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::number(std::string_view key, std::int64_t value)
{
    if (begin(key))
        appendInteger(text_, value);
    return *this;
}

Packet& Packet::seconds(std::string_view key, double value)
{
    if (!std::isfinite(value)) // JSON has no word for it
        return null(key);
    if (begin(key)) {
        std::array<char, 32> digits{};
        const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
        text_.append(digits.data(), end);
    }
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::flag(std::string_view key, bool value)
{
    if (begin(key))
        text_ += value ? "true" : "false";
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::null(std::string_view key)
{
    if (begin(key))
        text_ += "null";
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::list(std::string_view key, const std::vector<std::string>& values)
{
    if (!begin(key))
        return *this;
    text_ += '[';
    const std::size_t start = text_.size();
    std::size_t fitted = 0;
    for (const std::string& value : values) {
        const std::size_t before = text_.size();
        if (fitted > 0)
            text_ += ',';
        appendQuoted(text_, value, itemLimit);
        if (text_.size() - start > listLimit) {
            text_.resize(before);
            break;
        }
        ++fitted;
    }
    text_ += ']';
    leftOut_ += values.size() - fitted;
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::children(std::string_view key, const std::vector<ProcessPtr>& children)
{
    if (!begin(key))
        return *this;
    text_ += '[';
    const std::size_t start = text_.size();
    std::size_t fitted = 0;
    for (const ProcessPtr& child : children) {
        const std::string entry = childEntry(*child);
        if (fitted == mostChildren || text_.size() - start + entry.size() + 1 > childrenLimit)
            break;
        if (fitted > 0)
            text_ += ',';
        text_ += entry;
        ++fitted;
    }
    text_ += ']';
    leftOut_ += children.size() - fitted;
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK void Packet::place(std::string_view file, std::int64_t line)
{
    if (!begin("src"))
        return;
    // The line must stand, however long the path is.
    constexpr std::size_t lineRoom = 24;
    appendQuoted(text_, file, textLimit - lineRoom);
    text_.back() = ':'; // instead of the closing quote
    appendInteger(text_, line);
    text_ += '"';
}

Packet& Packet::source(const Where& where)
{
    if (const ScriptPlace script = scriptPlace(); script.line > 0)
        place(script.file, script.line);
    else if (where.line() > 0)
        place(where.file_name(), where.line());
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::by()
{
    if (text_.empty())
        return *this;
    const ProcessPtr current = state().current;
    return current ? text("by", current->body().objectId()) : *this;
}

Packet& Packet::currentException()
{
    return text_.empty() ? *this : text("exc", exceptionTypeName()).text("msg", exceptionMessage());
}

DAEMONSCOPE_IN_EACH_FORK void Packet::send()
{
    if (text_.empty())
        return;
    if (leftOut_ > 0)
        number("more", static_cast<std::int64_t>(leftOut_));
    sender().send(text_);
    if (last_)
        sender().finish();
    text_.clear();
}

void interpreterStarted(std::string_view role, int argc, char** argv)
{
    sender().readAddress(); // main() may have changed the environment
    if (!enabled())
        return;
    Packet packet("interp_start");
    packet.number("v", protocolVersion).text("runtime", "daemonscope-engine").text("ver", DAEMONSCOPE_VERSION);
    packet.text("impl", "c++").number("ppid", ::getppid()).number("pgid", ::getpgrp()).number("sid", ::getsid(0));
    packet.text("role", role).list("orig_argv", std::vector<std::string>(argv, argv + argc));
    packet.text("exe", executablePath());
    if (const std::string folder = currentDirectory(); folder.empty())
        packet.null("cwd");
    else
        packet.text("cwd", folder);
    packet.number("optimize", 0).send();
}

DAEMONSCOPE_IN_EACH_FORK void afterFork()
{
    if (enabled())
        sender().startOver();
}

void step(std::string_view file, unsigned line)
{
    if (!enabled())
        return;
    Packet packet("step");
    packet.place(file, line);
    packet.text("thread", currentThreadName()).send();
}

} // namespace daemonscope::engine::report
