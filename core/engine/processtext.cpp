// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
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
    if (typeid(*this) != typeid(Process))
        return unqualifiedClassName(typeid(*this));
    if (body_->identity.empty())
        return "_MainProcess";
    if (body_->context == &Context::of(StartMethod::Fork))
        return "ForkProcess";
    if (body_->context == &Context::of(StartMethod::Spawn))
        return "SpawnProcess";
    return body_->context == &Context::of(StartMethod::ForkServer) ? "ForkServerProcess" : "Process";
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
    packet.text("obj", body.objectId()).text("name", process.name()).text("cls", process.className());
    packet.flag("daemon", process.daemon()).text("how", body.daemonExplicit ? "explicit" : "inherited");
    if (body.target)
        packet.text("target", body.target.name().empty() ? "<lambda>" : body.target.name());
    else
        packet.null("target");
    packet.by().source(where).send();
}

} // namespace daemonscope::engine
