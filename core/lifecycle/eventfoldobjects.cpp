// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/eventfold.h"

#include <algorithm>

namespace daemonscope {
namespace {

std::optional<StartMethod> startMethodOf(const std::string& method)
{
    if (method == "fork")
        return StartMethod::Fork;
    if (method == "spawn")
        return StartMethod::Spawn;
    if (method == "forkserver")
        return StartMethod::Forkserver;
    return std::nullopt;
}

} // namespace

FoldState::ObjectFacts& EventFold::object(const ObjectId& id, const std::string& name)
{
    ObjectFacts& facts = state_.objects[id];
    if (!name.empty())
        facts.name = name;
    return facts;
}

std::optional<ProcessIndex> EventFold::childOf(const ObjectId& id)
{
    if (id.identity.empty())
        return ensure(id.creator); // the object of a main process
    const auto found = state_.objects.find(id);
    return found == state_.objects.end() ? std::nullopt : found->second.child;
}

void EventFold::setFlag(Process& process, std::optional<bool> flag)
{
    if (process.told->flags.empty() ? !flag : process.told->flags.back().value == flag)
        return;
    const EventTime since =
        process.told->flags.empty() ? event_.time : std::max(event_.time, process.told->flags.back().time);
    process.told.edit().flags.push_back({since, flag});
}

void EventFold::becomeMain(Process& process, std::string name)
{
    if (process.role == Role::Child || process.role == Role::Helper)
        return;
    if (process.role != Role::Main) {
        process.role = Role::Main;
        process.daemon = false;
        process.daemonOrigin = DaemonOrigin::Default;
        setFlag(process, false);
    }
    if (!name.empty())
        process.name = std::move(name);
    note(process.index);
}

void EventFold::becomeHelper(Process& process, std::string name)
{
    if (process.role == Role::Child)
        return;
    if (process.role == Role::Main)
        setFlag(process, std::nullopt);
    process.role = Role::Helper;
    process.daemon.reset();
    process.daemonOrigin.reset();
    process.name = std::move(name);
    note(process.index);
}

void EventFold::bind(const ObjectId& id, ProcessIndex child, std::optional<ProcessIndex> starter)
{
    ObjectFacts& facts = state_.objects[id];
    facts.child = child;
    Process& process = at(child);
    process.role = Role::Child;
    process.told.edit().object = id;
    if (!facts.name.empty())
        process.name = facts.name;
    if (process.told->target.empty())
        process.told.edit().target = facts.target;
    if (process.told->startedAt.empty())
        process.told.edit().startedAt = facts.startedAt;
    if (process.told->daemonSetAt.empty())
        process.told.edit().daemonSetAt = facts.daemonSetAt;
    if (facts.method)
        process.startMethod = facts.method;
    if (facts.daemon && (process.told->flags.empty() || !process.daemon)) {
        process.daemon = facts.daemon;
        setFlag(process, facts.daemon);
    }
    if (facts.origin)
        process.daemonOrigin = facts.origin;
    if (starter && *starter != child) {
        if (!process.told->interpreterStarted)
            process.runtime = at(*starter).runtime;
        setParent(child, starter);
        becomeMain(at(*starter), at(*starter).role == Role::Program ? at(*starter).name : std::string());
    }
    note(child);
}

void EventFold::operator()(const payload::ObjectMade& made)
{
    ObjectFacts& facts = object(made.object, made.name);
    facts.target = made.target;
    facts.daemon = made.daemon;
    facts.origin = made.daemonExplicit ? DaemonOrigin::Constructor
        : made.daemon                  ? DaemonOrigin::Inherited
                                       : DaemonOrigin::Default;
    if (made.daemonExplicit)
        facts.daemonSetAt = made.source.place;
    becomeMain(self(), {});
    noteSelf();
}

void EventFold::operator()(const payload::DaemonSet& set)
{
    if (!set.accepted)
        return;
    if (set.state == "self") {
        // The running process changes its own copy of the flag: its own rights and its later children go by it, its
        // parent's exit sequence does not.
        Process& process = self();
        becomeMain(process, {});
        setFlag(process, set.newValue);
        process.told.edit().daemonChanges.push_back({event_.time, set.newValue});
        if (process.role == Role::Main) {
            process.daemonOrigin = DaemonOrigin::Property;
            process.told.edit().daemonSetAt = set.source.place;
        }
        noteSelf();
        return;
    }
    ObjectFacts& facts = object(set.object, set.name);
    if (facts.child) {
        // Only `python -O`, which has no check, accepts this: the parent's copy decides at exit.
        Process& child = at(*facts.child);
        setFlag(child, set.newValue);
        child.told.edit().daemonChanges.push_back({event_.time, set.newValue});
        note(*facts.child);
        return;
    }
    facts.daemon = set.newValue;
    facts.origin = DaemonOrigin::Property;
    facts.daemonSetAt = set.source.place;
}

void EventFold::operator()(const payload::NameSet& set)
{
    ObjectFacts& facts = object(set.object, set.name);
    if (set.name.empty())
        return;
    std::optional<ProcessIndex> named = facts.child;
    if (!named && set.object.identity.empty())
        named = self_;
    if (named) {
        at(*named).name = set.name;
        note(*named);
    }
}

void EventFold::operator()(const payload::StartCalled& called)
{
    ObjectFacts& facts = object(called.object, called.name);
    facts.startedAt = called.source.place;
    if (facts.daemon != called.daemon) {
        facts.daemon = called.daemon;
        // What set it was not seen; without a word from anybody it is not set.
        facts.origin = called.daemon ? std::nullopt : std::optional(DaemonOrigin::Default);
    }
    becomeMain(self(), {});
}

void EventFold::operator()(const payload::StartReturned& returned)
{
    ObjectFacts& facts = state_.objects[returned.object];
    if (const auto method = startMethodOf(returned.method))
        facts.method = method;
    becomeMain(self(), {});
    if (returned.child && ensure(*returned.child) != self_)
        bind(returned.object, ensure(*returned.child), self_);
    noteSelf();
}

void EventFold::operator()(const payload::StartRefused& refused)
{
    becomeMain(self(), {});
    RefusedStart start;
    start.time = event_.time;
    start.name = object(refused.object, refused.name).name;
    start.error = refused.message.empty() ? refused.exceptionType : refused.exceptionType + ": " + refused.message;
    start.place = refused.source.place;
    self().told.edit().refusals.push_back(start.error);
    self().told.edit().refusedStarts.push_back(std::move(start));
    noteSelf();
}

void EventFold::operator()(const payload::Bootstrapped& bootstrapped)
{
    ObjectFacts& facts = object(bootstrapped.object, bootstrapped.name);
    if (!facts.daemon) {
        // The creator's reports are missing: the flag is known, but what set it is not.
        facts.daemon = bootstrapped.daemon;
        if (!bootstrapped.daemon)
            facts.origin = DaemonOrigin::Default;
    }
    if (facts.target.empty())
        facts.target = bootstrapped.target;
    if (const auto method = startMethodOf(bootstrapped.method))
        facts.method = method;
    std::optional<ProcessIndex> starter = ensure(bootstrapped.logicalParent);
    if (!starter && bootstrapped.object.creator.pid != 0 && tree_.find(bootstrapped.object.creator))
        starter = tree_.find(bootstrapped.object.creator);
    bind(bootstrapped.object, self_, starter);
}

void EventFold::operator()(const payload::ObjectClosed&) { }

} // namespace daemonscope
