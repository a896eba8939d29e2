// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/report.h"

#include "engine/forkcalls.h"
#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/reportsender.h"
#include "engine/reporttext.h"
#include "engine/state.h"
#include "engine/thread.h"
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

/// "4711:1.2", the id in docs/hook-protocol.md.
DAEMONSCOPE_IN_EACH_FORK void appendObjectId(RecordText& out, const ProcessBody& body)
{
    out.append(std::int64_t{body.identity.empty() ? getpidInFork() : body.parentPid});
    char separator = ':';
    for (const unsigned number : body.identity) {
        out.append(separator);
        out.append(std::int64_t{number});
        separator = '.';
    }
    if (body.identity.empty())
        out.append(separator);
}

/// One entry of exit_begin's lists.
void appendChild(RecordText& out, const Process& child)
{
    const ProcessBody& body = child.body();
    out.append("{\"obj\":\"");
    appendObjectId(out, body);
    out.append("\",\"name\":");
    appendQuoted(out, child.name(), itemLimit);
    out.append(",\"child\":");
    if (body.popen)
        out.append(std::int64_t{body.popen->pid()});
    else
        out.append("null");
    out.append('}');
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
    text_.append("{\"e\":\"");
    text_.append(event);
    text_.append("\",\"t\":");
    text_.append(std::int64_t{monotonicInFork().count()});
}

DAEMONSCOPE_IN_EACH_FORK bool Packet::begin(std::string_view key)
{
    if (text_.empty())
        return false;
    text_.append(",\"");
    text_.append(key);
    text_.append("\":");
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
        text_.append(value);
    return *this;
}

Packet& Packet::seconds(std::string_view key, double value)
{
    if (!std::isfinite(value)) // JSON has no word for it
        return null(key);
    if (begin(key)) {
        std::array<char, 32> digits{};
        const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
        text_.append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
    }
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::flag(std::string_view key, bool value)
{
    if (begin(key))
        text_.append(value ? std::string_view("true") : std::string_view("false"));
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::null(std::string_view key)
{
    if (begin(key))
        text_.append("null");
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::list(std::string_view key, const std::vector<std::string>& values)
{
    if (!begin(key))
        return *this;
    text_.append('[');
    const std::size_t start = text_.size();
    std::size_t fitted = 0;
    for (const std::string& value : values) {
        const std::size_t before = text_.size();
        if (fitted > 0)
            text_.append(',');
        appendQuoted(text_, value, itemLimit);
        if (text_.size() - start > listLimit) {
            text_.cut(before);
            break;
        }
        ++fitted;
    }
    text_.append(']');
    leftOut_ += values.size() - fitted;
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::children(std::string_view key, const std::vector<ProcessPtr>& children)
{
    if (!begin(key))
        return *this;
    text_.append('[');
    const std::size_t start = text_.size();
    std::size_t fitted = 0;
    for (const ProcessPtr& child : children) {
        if (fitted == mostChildren)
            break;
        const std::size_t before = text_.size();
        if (fitted > 0)
            text_.append(',');
        appendChild(text_, *child);
        if (text_.size() - start > childrenLimit) {
            text_.cut(before);
            break;
        }
        ++fitted;
    }
    text_.append(']');
    leftOut_ += children.size() - fitted;
    return *this;
}

void Packet::place(std::string_view file, std::int64_t line)
{
    if (!begin("src"))
        return;
    // The line must stand, however long the path is.
    constexpr std::size_t lineRoom = 24;
    appendQuoted(text_, file, textLimit - lineRoom);
    text_.back() = ':'; // instead of the closing quote
    text_.append(line);
    text_.append('"');
}

Packet& Packet::source(const Where& where)
{
    if (const ScriptPlace script = scriptPlace(); script.line > 0)
        place(script.file, script.line);
    else if (where.line() > 0)
        place(where.file_name(), where.line());
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::object(std::string_view key, const Process& process)
{
    if (begin(key)) {
        text_.append('"');
        appendObjectId(text_, process.body());
        text_.append('"');
    }
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::by()
{
    // Not a copy of the pointer: its count may stand in a page that a fork has yet to copy.
    const ProcessPtr& current = state().current;
    return current ? object("by", *current) : *this;
}

Packet& Packet::currentException()
{
    return text_.empty() ? *this : text("exc", exceptionTypeName()).text("msg", exceptionMessage());
}

DAEMONSCOPE_IN_EACH_FORK void Packet::finish(bool hasNext)
{
    if (text_.empty())
        return;
    if (leftOut_ > 0)
        number("more", static_cast<std::int64_t>(leftOut_));
    sender().send(text_, hasNext);
    if (last_)
        sender().finish();
    text_.cut(0);
}

DAEMONSCOPE_IN_EACH_FORK void Packet::send()
{
    finish(false);
}

DAEMONSCOPE_IN_EACH_FORK void Packet::sendWithNext()
{
    finish(true);
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
