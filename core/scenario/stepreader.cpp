// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/stepreader.h"

#include <algorithm>
#include <string_view>

namespace daemonscope::scenario {

const std::vector<StepReader::KnownVerb>& StepReader::verbs()
{
    using R = StepReader;
    static const std::vector<KnownVerb> known{{"print", &R::print}, {"sleep", &R::sleep}, {"repeat", &R::repeat},
        {"forever", &R::forever}, {"repeat_until_set", &R::repeatUntilSet}, {"create", &R::create},
        {"thread", &R::thread}, {"start", &R::start}, {"join", &R::join}, {"terminate", &R::terminate},
        {"kill", &R::killProcess}, {"close", &R::close}, {"set_daemon", &R::setDaemon},
        {"set_start_method", &R::setStartMethod}, {"exit", &R::exit}, {"os_exit", &R::osExit}, {"raise", &R::raise},
        {"try", &R::tryCatch}, {"on_signal", &R::onSignal}, {"send_signal", &R::sendSignal}, {"open", &R::open},
        {"write", &R::write}, {"count_lines", &R::countLines}, {"make", &R::make}, {"acquire", &R::acquire},
        {"release", &R::release}, {"with_lock", &R::withLock}, {"set_event", &R::setEvent},
        {"wait_event", &R::waitEvent}, {"put", &R::put}, {"get", &R::get}, {"call", &R::call}, {"fork", &R::forkCopy},
        {"daemonize", &R::daemonize}, {"run_command", &R::runCommand}, {"comment", &R::comment}};
    return known;
}

Steps StepReader::steps(const YamlNode& node)
{
    if (node.kind != YamlNode::Kind::List)
        throwExpected(node, "a list of steps");
    Steps result;
    for (const YamlNode& item : node.items)
        result.push_back(step(item));
    return result;
}

Step StepReader::step(const YamlNode& node)
{
    if (node.kind != YamlNode::Kind::Map || node.keys.size() != 1) {
        if (node.kind == YamlNode::Kind::Map)
            throw ReadError{node.position, "expected a step with one verb, not " + std::to_string(node.keys.size())};
        throwExpected(node, "a step such as 'print: TEXT'");
    }
    if (stepCount_ >= maxScenarioSteps)
        throw ReadError{node.position, "expected at most " + std::to_string(maxScenarioSteps) + " steps"};
    const YamlNode& verb = node.keys.front();
    const auto found = std::ranges::find(verbs(), std::string_view(verb.text), &KnownVerb::name);
    if (found == verbs().end()) {
        std::vector<std::string> names;
        for (const KnownVerb& known : verbs())
            names.emplace_back(known.name);
        const std::string nearest = nearestWord(verb.text, names);
        throw ReadError{verb.position,
            "expected a verb, not " + quotedInMessage(verb.text)
                + (nearest.empty() ? "" : " (is it '" + nearest + "'?)")};
    }
    Step result;
    result.id = stepCount_++;
    result.position = verb.position;
    result.action = (this->*found->read)(node.items.front());
    return result;
}

void StepReader::checkKeys(
    const YamlNode& node, std::initializer_list<const char*> required, std::initializer_list<const char*> optional)
{
    std::vector<std::string> known(required.begin(), required.end());
    known.insert(known.end(), optional.begin(), optional.end());
    if (node.kind != YamlNode::Kind::Map)
        throwExpected(node, "a mapping with " + orList(known));
    for (const YamlNode& key : node.keys) {
        if (std::ranges::find(known, key.text) == known.end())
            throwExpected(key, "the key " + orList(known));
    }
    for (const char* key : required) {
        if (!node.find(key))
            throw ReadError{node.position, std::string("expected the key '") + key + "' as well"};
    }
}

const YamlNode& StepReader::field(const YamlNode& node, const char* key)
{
    return *node.find(key);
}

bool StepReader::flag(const YamlNode& node, const char* key, bool otherwise)
{
    const YamlNode* const value = node.find(key);
    return value ? readFlag(*value) : otherwise;
}

std::optional<Duration> StepReader::timeout(const YamlNode& node)
{
    const YamlNode* const value = node.find("timeout");
    return value ? std::optional(readDuration(*value, scope_)) : std::nullopt;
}

std::string StepReader::result(const YamlNode& node)
{
    const YamlNode* const value = node.find("result");
    return value ? scope_.make(*value, type::Bool) : std::string();
}

Steps StepReader::perhaps(const YamlNode& node)
{
    const ReadScope::Known before = scope_.known();
    Steps result = steps(node);
    scope_.setKnown(before);
    return result;
}

Action StepReader::repeat(const YamlNode& node)
{
    Repeat step;
    step.from = std::int64_t{1};
    if (node.kind == YamlNode::Kind::Map && node.find("times")) {
        checkKeys(node, {"times", "steps"});
        step.to = readOperand(field(node, "times"), scope_, type::Int);
    } else {
        checkKeys(node, {"to", "steps"}, {"variable", "from", "times"});
        if (const YamlNode* const from = node.find("from"))
            step.from = readOperand(*from, scope_, type::Int);
        step.to = readOperand(field(node, "to"), scope_, type::Int);
        if (const YamlNode* const variable = node.find("variable"))
            step.variable = scope_.beginLoopVariable(*variable);
    }
    const auto* const first = std::get_if<std::int64_t>(&step.from);
    const auto* const last = std::get_if<std::int64_t>(&step.to);
    const bool happens = first && last && *first <= *last;
    step.steps = happens ? steps(field(node, "steps")) : perhaps(field(node, "steps"));
    if (!step.variable.empty())
        scope_.endLoopVariable(step.variable);
    return step;
}

Action StepReader::forever(const YamlNode& node)
{
    Forever step{steps(node)};
    scope_.stopHere();
    return step;
}

Action StepReader::repeatUntilSet(const YamlNode& node)
{
    checkKeys(node, {"event", "every", "steps"});
    RepeatUntilSet step;
    step.event = scope_.use(field(node, "event"), type::Event);
    step.every = readDuration(field(node, "every"), scope_);
    step.steps = perhaps(field(node, "steps"));
    return step;
}

Action StepReader::tryCatch(const YamlNode& node)
{
    checkKeys(node, {"steps", "catch"});
    const ReadScope::Known before = scope_.known();
    Try step;
    step.steps = steps(field(node, "steps"));
    const ReadScope::Known well = scope_.known();
    scope_.setKnown(before);
    ++scope_.catchDepth;
    step.caught = steps(field(node, "catch"));
    --scope_.catchDepth;
    scope_.setKnown(ReadScope::both(well, scope_.known()));
    return step;
}

Action StepReader::withLock(const YamlNode& node)
{
    checkKeys(node, {"lock", "steps"});
    WithLock step;
    step.lock = scope_.use(field(node, "lock"), type::Lock);
    step.steps = steps(field(node, "steps"));
    return step;
}

template <class T> T StepReader::calling(const YamlNode& node)
{
    T step;
    if (node.isText()) {
        step.function = scope_.function(node, 0);
        return step;
    }
    checkKeys(node, {"function"}, {"args"});
    if (const YamlNode* const args = node.find("args"))
        step.args = readArguments(*args, scope_);
    step.function = scope_.function(field(node, "function"), step.args.size());
    return step;
}

Action StepReader::call(const YamlNode& node)
{
    return calling<Call>(node);
}

Action StepReader::forkCopy(const YamlNode& node)
{
    return calling<RawFork>(node);
}

Action StepReader::daemonize(const YamlNode& node)
{
    return calling<Daemonize>(node);
}

Action StepReader::comment(const YamlNode& node)
{
    if (!node.isText())
        throwExpected(node, "a text");
    return Comment{node.text};
}

template <class T> T StepReader::creating(const YamlNode& node, const char* variable, TypeSet type)
{
    T step;
    if (const YamlNode* const args = node.find("args"))
        step.args = readArguments(*args, scope_);
    step.function = scope_.function(field(node, "target"), step.args.size());
    if (const YamlNode* const name = node.find("name"))
        step.name = readText(*name, scope_);
    if (const YamlNode* const daemon = node.find("daemon"); daemon && daemon->text != "inherit") {
        if (!daemon->isText()
            || (daemon->text != "yes" && daemon->text != "no" && daemon->text != "true" && daemon->text != "false"))
            throwExpected(*daemon, "yes, no or inherit");
        step.daemon = readFlag(*daemon);
    }
    step.variable = scope_.make(field(node, variable), type);
    return step;
}

Action StepReader::create(const YamlNode& node)
{
    checkKeys(node, {"process", "target"}, {"args", "name", "daemon", "context"});
    auto step = creating<CreateProcess>(node, "process", type::Process);
    if (const YamlNode* const context = node.find("context"))
        step.context = readMethod(*context);
    return step;
}

Action StepReader::thread(const YamlNode& node)
{
    checkKeys(node, {"thread", "target"}, {"args", "name", "daemon"});
    return creating<CreateThread>(node, "thread", type::Thread);
}

} // namespace daemonscope::scenario
