// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/process.h"

#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"
#include "engine/state.h"

#include <unistd.h>

#include <csignal>
#include <mutex>
#include <typeinfo>

namespace daemonscope::engine {
namespace {

constexpr auto notAChild = "can only join a child process";

const char* stateWord(const Process& process)
{
    const ProcessBody& body = process.body();
    if (state().current.get() == &process)
        return "self";
    if (body.closed)
        return "closed";
    return body.popen ? "started" : "new";
}

/// Forgets a child whose end has been seen.
void forget(Process& process)
{
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    runtime.children.erase(process.shared_from_this());
}

std::unique_ptr<Popen> startBy(StartMethod method, Process& process)
{
    switch (method) {
    case StartMethod::Spawn:
        return startSpawn(process);
    case StartMethod::ForkServer:
        return startForkServer(process);
    case StartMethod::Fork:
        break;
    }
    return startFork(process);
}

/// The stored flag. Any thread may start something, and so ask the current process for it, while another sets it.
DAEMONSCOPE_IN_EACH_FORK bool flagOf(const ProcessBody& body)
{
    const StateLock lock;
    return body.daemon.value_or(false);
}

Popen& startedPopen(const ProcessBody& body, const char* attribute)
{
    if (!body.popen)
        throw AttributeError(std::string("'NoneType' object has no attribute '") + attribute + "'");
    return *body.popen;
}

} // namespace

Process::Process(ProcessOptions options, Where)
    : body_(std::make_unique<ProcessBody>())
{
    RuntimeState& runtime = state();
    const std::lock_guard lock(runtime.mutex);
    ProcessBody& creator = runtime.current->body();
    body_->identity = creator.identity;
    body_->identity.push_back(creator.nextChild++);
    body_->parentPid = ::getpid();
    body_->parentName = runtime.current->name();
    if (!options.name.empty())
        body_->name = std::move(options.name);
    body_->daemonExplicit = options.daemon.has_value();
    body_->daemon = options.daemon ? options.daemon : creator.daemon;
    body_->authKey = creator.authKey;
    body_->target = std::move(options.target);
    body_->args = std::move(options.args);
}

Process::Process(std::unique_ptr<ProcessBody> body)
    : body_(std::move(body))
{
}

Process::~Process() = default;

DAEMONSCOPE_IN_EACH_FORK void Process::run()
{
    if (body_->started)
        throw AttributeError("'" + className() + "' object has no attribute '_target'");
    if (body_->target)
        body_->target(body_->args);
}

void Process::start(Where where)
{
    announce(*this, where);
    const auto begun = std::chrono::steady_clock::now();
    if (report::enabled())
        report::Packet("start_call")
            .object("obj", *this)
            .name(*this)
            .flag("daemon", daemon())
            .by()
            .source(where)
            .send();
    StartMethod method = StartMethod::Fork;
    try {
        body_->checkOpen();
        if (body_->popen)
            throw AssertionError("cannot start a process twice");
        if (body_->parentPid != ::getpid())
            throw AssertionError("can only start a process object created by current process");
        RuntimeState& runtime = state();
        if (flagOf(runtime.current->body()))
            throw AssertionError("daemonic processes are not allowed to have children");
        // Before anything is forked: the list of children holds on to it.
        if (weak_from_this().expired())
            throw RuntimeError("a process object must be held by a shared_ptr: make it with process() or make<T>()");
        registerExitSequence();
        reapEndedChildren();
        method = body_->context ? body_->context->startMethod() : startMethod();
        body_->popen = startBy(method, *this);
        // An object that refers to itself through its arguments would never go, as in BaseProcess.start().
        body_->target = {};
        body_->args.clear();
        body_->started = true;
        const std::lock_guard lock(runtime.mutex);
        runtime.children.insert(shared_from_this());
    } catch (...) {
        if (report::enabled())
            report::Packet("start_refused").object("obj", *this).currentException().by().source(where).send();
        throw;
    }
    if (report::enabled())
        report::Packet("start_ok")
            .object("obj", *this)
            .number("child", body_->popen->pid())
            .text("method", startMethodName(method))
            .number("ns", (std::chrono::steady_clock::now() - begun).count())
            .send();
}

void Process::joinProcess(std::optional<std::chrono::nanoseconds> timeout, Where where)
{
    const bool waits = body_->popen && !body_->popen->returnCode();
    if (waits && report::enabled() && !state().exitSequenceRuns) {
        report::Packet packet("join_call");
        packet.object("obj", *this).number("child", body_->popen->pid());
        if (timeout)
            packet.seconds("timeout", std::chrono::duration<double>(*timeout).count());
        else
            packet.null("timeout");
        packet.by().source(where).send();
    }
    std::optional<int> code;
    try {
        body_->checkOpen();
        if (body_->parentPid != ::getpid())
            throw AssertionError(notAChild);
        if (!body_->popen)
            throw AssertionError("can only join a started process");
        code = body_->popen->wait(timeout, waits ? Popen::Telling::WithNext : Popen::Telling::Now);
    } catch (...) {
        if (report::enabled())
            report::Packet("join_raised").object("obj", *this).currentException().send();
        throw;
    }
    if (code)
        forget(*this);
    if (!waits || !report::enabled())
        return;
    report::Packet packet("join_ret");
    packet.object("obj", *this);
    if (code)
        packet.number("code", *code);
    else
        packet.null("code");
    if (state().exitSequenceRuns)
        packet.flag("at_exit", true);
    packet.send();
}

namespace {

void tellOfSignalCall(const char* event, const Process& process, Where where)
{
    if (!report::enabled())
        return;
    report::Packet packet(event);
    packet.object("obj", process);
    if (process.body().popen)
        packet.number("child", process.body().popen->pid());
    else
        packet.null("child");
    packet.by().source(where).send();
}

} // namespace

void Process::terminate(Where where)
{
    tellOfSignalCall("terminate", *this, where);
    body_->checkOpen();
    startedPopen(*body_, "terminate").sendSignal(SIGTERM, false);
}

void Process::kill(Where where)
{
    tellOfSignalCall("kill", *this, where);
    body_->checkOpen();
    startedPopen(*body_, "kill").sendSignal(SIGKILL, false);
}

void Process::close(Where where)
{
    if (body_->identity.empty()) // _MainProcess.close() does nothing
        return;
    report::Packet packet("close");
    if (report::enabled())
        packet.object("obj", *this);
    try {
        if (body_->popen) {
            if (!body_->popen->poll(false))
                throw ValueError(
                    "Cannot close a process while it is still running. You should first call join() or terminate().");
            body_->popen.reset();
            forget(*this);
        }
        body_->closed = true;
    } catch (...) {
        if (report::enabled())
            packet.flag("ok", false).currentException().source(where).send();
        throw;
    }
    if (report::enabled())
        packet.flag("ok", true).source(where).send();
}

bool Process::isAlive()
{
    body_->checkOpen();
    if (state().current.get() == this)
        return true;
    if (body_->parentPid != ::getpid())
        throw AssertionError("can only test a child process");
    if (!body_->popen)
        return false;
    if (!body_->popen->poll(false))
        return true;
    forget(*this);
    return false;
}

std::optional<int> Process::exitCode()
{
    body_->checkOpen();
    return body_->popen ? body_->popen->poll(false) : std::nullopt;
}

std::optional<int> Process::pid() const
{
    body_->checkOpen();
    if (state().current.get() == this)
        return ::getpid();
    return body_->popen ? std::optional(body_->popen->pid()) : std::nullopt;
}

int Process::sentinel() const
{
    body_->checkOpen();
    if (!body_->popen)
        throw ValueError("process not started");
    return body_->popen->sentinel();
}

std::string Process::name() const
{
    const std::lock_guard lock(state().mutex); // in the current process any thread may ask, and another change it
    return body_->name ? *body_->name : className() + "-" + identityText(body_->identity, ':');
}

void Process::setName(std::string name, Where where)
{
    if (report::enabled())
        report::Packet("name_set")
            .object("obj", *this)
            .text("old", this->name())
            .text("name", name)
            .source(where)
            .send();
    const std::lock_guard lock(state().mutex);
    body_->name = std::move(name);
}

DAEMONSCOPE_IN_EACH_FORK bool Process::daemon() const
{
    return flagOf(*body_);
}

void Process::setDaemon(bool daemon, Where where)
{
    const bool accepted = !body_->popen;
    const AssertionError refusal("process has already started");
    if (report::enabled()) {
        report::Packet packet("daemon_set");
        packet.object("obj", *this).name(*this).flag("old", flagOf(*body_)).flag("new", daemon);
        packet.flag("ok", accepted).text("state", stateWord(*this));
        if (!accepted)
            packet.text("exc", refusal.typeName()).text("msg", refusal.message());
        packet.by().source(where).send();
    }
    if (!accepted)
        throw AssertionError(refusal);
    const std::lock_guard lock(state().mutex);
    body_->daemon = daemon;
}

std::string Process::authKey() const
{
    const std::lock_guard lock(state().mutex);
    return body_->authKey;
}

DAEMONSCOPE_IN_EACH_FORK void Process::setAuthKey(std::string key)
{
    const std::lock_guard lock(state().mutex);
    body_->authKey = std::move(key);
}

} // namespace daemonscope::engine
