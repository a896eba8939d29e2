// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"
#include "engine/reprtext.h"
#include "engine/state.h"

#include <cxxabi.h>
#include <unistd.h>

#include <cstdlib>
#include <typeinfo>

// What a process object says of itself.
namespace daemonscope::engine {
namespace {

std::string unqualifiedClassName(const std::type_info& type)
{
    int status = 0;
    char* demangled = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
    std::string name = demangled ? demangled : type.name();
    std::free(demangled); // NOLINT(cppcoreguidelines-no-malloc): __cxa_demangle allocates with malloc
    const auto end = name.find('<');
    const auto colon = name.rfind("::", end);
    return colon == std::string::npos ? name.substr(0, end) : name.substr(colon + 2, end - colon - 2);
}

/// The name of an object's class, if that is one of the engine's own; nothing if it is the program's.
DAEMONSCOPE_IN_EACH_FORK std::string_view ownClassName(const Process& process)
{
    if (typeid(process) != typeid(Process))
        return {};
    const ProcessBody& body = process.body();
    if (body.identity.empty())
        return "_MainProcess";
    if (body.context == &Context::of(StartMethod::Fork))
        return "ForkProcess";
    if (body.context == &Context::of(StartMethod::Spawn))
        return "SpawnProcess";
    return body.context == &Context::of(StartMethod::ForkServer) ? "ForkServerProcess" : "Process";
}

} // namespace

std::string Process::repr()
{
    const bool isCurrent = state().current.get() == this;
    std::optional<int> code;
    const char* status = "started";
    if (isCurrent)
        status = "started";
    else if (body_->closed)
        status = "closed";
    else if (body_->parentPid != ::getpid())
        status = "unknown";
    else if (!body_->popen)
        status = "initial";
    else if ((code = body_->popen->poll(false)))
        status = "stopped";
    std::string text = "<" + className() + " name=" + quoted(name());
    if (body_->popen)
        text += " pid=" + std::to_string(body_->popen->pid());
    text += " parent=" + (body_->parentPid ? std::to_string(body_->parentPid) : std::string("None"));
    text += std::string(" ") + status;
    if (code)
        text += " exitcode=" + exitCodeName(*code);
    if (daemon())
        text += " daemon";
    return text + ">";
}

std::string Process::className() const
{
    const std::string_view own = ownClassName(*this);
    return own.empty() ? unqualifiedClassName(typeid(*this)) : std::string(own);
}

void announce(Process& process, Where where)
{
    ProcessBody& body = process.body();
    if (body.announced || body.identity.empty())
        return;
    body.announced = true;
    if (!report::enabled())
        return;
    report::Packet packet("proc_new");
    packet.object("obj", process).name(process).className(process);
    packet.flag("daemon", process.daemon()).text("how", body.daemonExplicit ? "explicit" : "inherited");
    packet.target(process).by().source(where).send();
}

namespace report {

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::name(const Process& process)
{
    const ProcessBody& body = process.body();
    const StateLock lock;
    const std::string_view className = ownClassName(process);
    if (body.name)
        return text("name", *body.name);
    if (className.empty())
        return text("name", process.name());
    if (begin("name")) {
        text_.append('"');
        text_.append(className);
        char separator = '-';
        for (const unsigned number : body.identity) {
            text_.append(separator);
            text_.append(std::int64_t{number});
            separator = ':';
        }
        text_.append('"');
    }
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::className(const Process& process)
{
    const std::string_view own = ownClassName(process);
    return own.empty() ? text("cls", process.className()) : text("cls", own);
}

DAEMONSCOPE_IN_EACH_FORK Packet& Packet::target(const Process& process)
{
    const Target& target = process.body().target;
    if (!target)
        return null("target");
    return text("target", target.name().empty() ? std::string_view("<lambda>") : target.name());
}

} // namespace report

} // namespace daemonscope::engine
