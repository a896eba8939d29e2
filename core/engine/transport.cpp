// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/transport.h"

#include "engine/context.h"
#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/runtime.h"
#include "engine/state.h"
#include "engine/transportbytes.h"
#include "engine/transportclasses.h"
#include "engine/transportvalues.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <typeinfo>

namespace daemonscope::engine {
namespace {

std::string workingDirectory()
{
    const std::unique_ptr<char, decltype(&std::free)> path(::getcwd(nullptr, 0), std::free);
    if (!path)
        throw OSError(errno);
    return path.get();
}

/// spawn.get_preparation_data()
void writePreparation(ByteWriter& to, const Process& process)
{
    const RuntimeState& runtime = state();
    to.text(process.name()).text(runtime.current->authKey());
    to.integer(static_cast<std::int64_t>(runtime.logLevel)).integer(static_cast<std::int64_t>(runtime.profile));
    to.texts(runtime.arguments).text(workingDirectory()).text(startMethodName(startMethod()));
}

/// spawn.prepare()
DAEMONSCOPE_IN_EACH_FORK void prepareFrom(ByteReader& from)
{
    RuntimeState& runtime = state();
    runtime.current->body().name = from.text();
    runtime.current->setAuthKey(from.text());
    if (const auto level = static_cast<LogLevel>(from.integer()); level != LogLevel::None)
        logToStderr(level);
    runtime.profile = static_cast<Profile>(from.integer());
    runtime.arguments = from.texts();
    if (::chdir(from.text().c_str()) != 0)
        throw OSError(errno);
    setStartMethod(from.text(), true);
}

std::string objectText(const Process& process)
{
    const ProcessBody& body = process.body();
    std::ostringstream address;
    address << static_cast<const void*>(&body.target);
    return "<function <lambda> at " + address.str() + ">";
}

/// The name of the class that the child makes the object of; empty for Process itself.
std::string packedClass(const Process& process)
{
    if (typeid(process) == typeid(Process))
        return {};
    std::string name = process.className();
    if (!isRegistered(name))
        throw PicklingError(
            "Can't pickle <class '__main__." + name + "'>: attribute lookup " + name + " on __main__ failed");
    return name;
}

std::string contextName(const ProcessBody& body)
{
    if (!body.context || body.context == &Context::standard())
        return {};
    return std::string(startMethodName(body.context->startMethod()));
}

void writeObject(ByteWriter& to, SharingWriter& shared, const Process& process)
{
    const ProcessBody& body = process.body();
    if (body.target && body.target.name().empty())
        throw PicklingError("Can't pickle " + objectText(process) + ": attribute lookup <lambda> on __main__ failed");
    to.text(packedClass(process)).text(contextName(body));
    to.integer(static_cast<std::int64_t>(body.identity.size()));
    for (const unsigned number : body.identity)
        to.integer(number);
    to.integer(body.parentPid).text(body.parentName).text(body.authKey);
    to.integer(body.name ? 1 : 0).text(body.name.value_or(std::string()));
    to.integer(body.daemon.has_value() ? 1 : 0).integer(body.daemon.value_or(false) ? 1 : 0);
    to.integer(body.daemonExplicit ? 1 : 0).text(body.target.name());
    to.integer(static_cast<std::int64_t>(body.args.size()));
    for (const Value& argument : body.args)
        shared.value(to, argument);
}

DAEMONSCOPE_IN_EACH_FORK ProcessPtr makeObject(const std::string& className)
{
    if (className.empty())
        return std::make_shared<Process>(std::make_unique<ProcessBody>());
    ProcessPtr made = makeRegistered(className);
    if (!made)
        throw AttributeError("Can't get attribute '" + className + "' on <module '__main__' (built-in)>");
    return made;
}

DAEMONSCOPE_IN_EACH_FORK Target targetNamed(const std::string& name)
{
    if (name.empty())
        return {};
    Target target = findTarget(name);
    if (!target)
        throw AttributeError("Can't get attribute '" + name + "' on <module '__main__' (built-in)>");
    return target;
}

DAEMONSCOPE_IN_EACH_FORK ProcessPtr readObject(ByteReader& from, SharingReader& shared)
{
    ProcessPtr process = makeObject(from.text());
    ProcessBody& body = process->body();
    const std::string context = from.text();
    body.context = context.empty() ? nullptr : &Context::of(context);
    body.identity.clear();
    for (std::int64_t left = from.integer(); left > 0; --left)
        body.identity.push_back(static_cast<unsigned>(from.integer()));
    body.parentPid = static_cast<int>(from.integer());
    body.parentName = from.text();
    body.authKey = from.text();
    const bool hasName = from.integer() != 0;
    const std::string name = from.text();
    body.name = hasName ? std::optional(name) : std::nullopt;
    const bool hasFlag = from.integer() != 0;
    const bool flag = from.integer() != 0;
    body.daemon = hasFlag ? std::optional(flag) : std::nullopt;
    body.daemonExplicit = from.integer() != 0;
    body.nextChild = 1;
    body.announced = true; // by its creator
    body.target = targetNamed(from.text());
    body.args.clear();
    for (std::int64_t left = from.integer(); left > 0; --left)
        body.args.push_back(shared.value(from));
    return process;
}

} // namespace

Packed packProcess(Process& process)
{
    ByteWriter bytes;
    SharingWriter shared;
    writePreparation(bytes, process);
    writeObject(bytes, shared, process);
    return {bytes.take(), shared.descriptors()};
}

DAEMONSCOPE_IN_EACH_FORK ProcessPtr unpackProcess(const std::string& bytes, const std::vector<int>& descriptors)
{
    ByteReader from(bytes);
    SharingReader shared(descriptors);
    prepareFrom(from);
    return readObject(from, shared);
}

} // namespace daemonscope::engine
