// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/stepreader.h"

#include <algorithm>

namespace daemonscope::scenario {

Action StepReader::start(const YamlNode& node)
{
    return Start{scope_.use(node, type::Process | type::Thread)};
}

Action StepReader::join(const YamlNode& node)
{
    if (node.isText())
        return Join{scope_.use(node, type::Process | type::Thread), {}};
    const bool ofThread = node.kind == YamlNode::Kind::Map && node.find("thread");
    const char* const key = ofThread ? "thread" : "process";
    checkKeys(node, {key}, {"timeout"});
    return Join{scope_.use(field(node, key), type::Process | type::Thread), timeout(node)};
}

Action StepReader::terminate(const YamlNode& node)
{
    return Terminate{scope_.use(node, type::Process)};
}

Action StepReader::killProcess(const YamlNode& node)
{
    return Kill{scope_.use(node, type::Process)};
}

Action StepReader::close(const YamlNode& node)
{
    return Close{scope_.use(node, type::Process | type::File | type::Queue)};
}

Action StepReader::setDaemon(const YamlNode& node)
{
    checkKeys(node, {"process", "value"});
    const YamlNode& process = field(node, "process");
    SetDaemon step;
    step.daemon = readFlag(field(node, "value"));
    if (process.text != "current")
        step.variable = scope_.use(process, type::Process | type::Thread);
    return step;
}

Action StepReader::setStartMethod(const YamlNode& node)
{
    return SetStartMethod{readMethod(node)};
}

Action StepReader::exit(const YamlNode& node)
{
    Exit step;
    step.status = readOperand(node, scope_, type::None | type::Int | type::Text);
    scope_.stopHere();
    return step;
}

Action StepReader::osExit(const YamlNode& node)
{
    constexpr std::int64_t highestStatus = 255;
    scope_.stopHere();
    return OsExit{readWholeNumber(node, 0, highestStatus)};
}

Action StepReader::raise(const YamlNode& node)
{
    static const std::vector<std::string> exceptions{"Exception", "ValueError", "TypeError", "RuntimeError",
        "AssertionError", "AttributeError", "EOFError", "KeyboardInterrupt"};
    checkKeys(node, {"type"}, {"message"});
    Raise step;
    const YamlNode& exception = field(node, "type");
    if (!exception.isText() || std::ranges::find(exceptions, exception.text) == exceptions.end())
        throwExpected(exception, "the exception " + orList(exceptions));
    step.type = exception.text;
    if (const YamlNode* const message = node.find("message"))
        step.message = readText(*message, scope_);
    scope_.stopHere();
    return step;
}

Action StepReader::print(const YamlNode& node)
{
    Print step;
    if (node.kind != YamlNode::Kind::Map) {
        step.text = readText(node, scope_);
        return step;
    }
    checkKeys(node, {"text"}, {"flush", "stream"});
    step.text = readText(field(node, "text"), scope_);
    step.flush = flag(node, "flush", true);
    if (const YamlNode* const stream = node.find("stream")) {
        if (!stream->isText() || (stream->text != "stdout" && stream->text != "stderr"))
            throwExpected(*stream, "stdout or stderr");
        step.toStandardError = stream->text == "stderr";
    }
    return step;
}

Action StepReader::sleep(const YamlNode& node)
{
    return Sleep{readDuration(node, scope_)};
}

Action StepReader::onSignal(const YamlNode& node)
{
    OnSignal step;
    if (node.kind == YamlNode::Kind::Map && node.find("call")) {
        checkKeys(node, {"signal", "call"});
        step.action = OnSignal::Action::Call;
        step.function = scope_.handler(field(node, "call"));
    } else {
        checkKeys(node, {"signal", "action"}, {"call"});
        const YamlNode& action = field(node, "action");
        if (!action.isText() || (action.text != "ignore" && action.text != "default"))
            throwExpected(action, "ignore or default");
        step.action = action.text == "ignore" ? OnSignal::Action::Ignore : OnSignal::Action::Default;
    }
    const YamlNode& signal = field(node, "signal");
    step.signal = readSignal(signal);
    if (signal.text == "SIGKILL" || signal.text == "SIGSTOP")
        throw ReadError{signal.position,
            "expected a signal that a process may handle or ignore, not " + signal.text
                + ", which always has its effect"};
    return step;
}

Action StepReader::sendSignal(const YamlNode& node)
{
    checkKeys(node, {"process", "signal"});
    SendSignal step;
    const YamlNode& process = field(node, "process");
    if (process.text == "current") {
        step.to = SendSignal::To::Current;
    } else if (process.text == "parent") {
        step.to = SendSignal::To::Parent;
    } else {
        step.variable = scope_.use(process, type::Process);
    }
    step.signal = readSignal(field(node, "signal"));
    return step;
}

Action StepReader::open(const YamlNode& node)
{
    checkKeys(node, {"file", "path"}, {"append"});
    OpenFile step;
    step.path = readText(field(node, "path"), scope_);
    step.append = flag(node, "append", false);
    step.variable = scope_.make(field(node, "file"), type::File);
    return step;
}

Action StepReader::write(const YamlNode& node)
{
    checkKeys(node, {"file", "text"}, {"flush"});
    WriteFile step;
    step.variable = scope_.use(field(node, "file"), type::File);
    step.text = readText(field(node, "text"), scope_);
    step.flush = flag(node, "flush", false);
    return step;
}

Action StepReader::countLines(const YamlNode& node)
{
    checkKeys(node, {"path", "variable"});
    CountLines step;
    step.path = readText(field(node, "path"), scope_);
    step.variable = scope_.make(field(node, "variable"), type::Int);
    return step;
}

Action StepReader::runCommand(const YamlNode& node)
{
    if (node.kind != YamlNode::Kind::List || node.items.empty())
        throwExpected(node, "a list of a command and its arguments");
    RunCommand step;
    for (const YamlNode& word : node.items)
        step.argv.push_back(readText(word, scope_));
    return step;
}

Action StepReader::make(const YamlNode& node)
{
    MakeShared step;
    const char* key = "lock";
    TypeSet held = type::Lock;
    if (node.kind == YamlNode::Kind::Map && node.find("event")) {
        key = "event";
        held = type::Event;
        step.kind = MakeShared::Kind::Event;
    } else if (node.kind == YamlNode::Kind::Map && node.find("queue")) {
        key = "queue";
        held = type::Queue;
        step.kind = MakeShared::Kind::Queue;
    } else if (node.kind != YamlNode::Kind::Map || !node.find("lock")) {
        throwExpected(node, "a mapping with lock, event or queue");
    }
    checkKeys(node, {key}, {"context"});
    if (const YamlNode* const context = node.find("context"))
        step.context = readMethod(*context);
    step.variable = scope_.make(field(node, key), held);
    return step;
}

Action StepReader::acquire(const YamlNode& node)
{
    if (node.isText())
        return Acquire{scope_.use(node, type::Lock), {}, {}};
    checkKeys(node, {"lock"}, {"timeout", "result"});
    Acquire step;
    step.lock = scope_.use(field(node, "lock"), type::Lock);
    step.timeout = timeout(node);
    step.result = result(node);
    return step;
}

Action StepReader::release(const YamlNode& node)
{
    return Release{scope_.use(node, type::Lock)};
}

Action StepReader::setEvent(const YamlNode& node)
{
    return SetEvent{scope_.use(node, type::Event)};
}

Action StepReader::waitEvent(const YamlNode& node)
{
    if (node.isText())
        return WaitEvent{scope_.use(node, type::Event), {}, {}};
    checkKeys(node, {"event"}, {"timeout", "result"});
    WaitEvent step;
    step.event = scope_.use(field(node, "event"), type::Event);
    step.timeout = timeout(node);
    step.result = result(node);
    return step;
}

Action StepReader::put(const YamlNode& node)
{
    checkKeys(node, {"queue", "value"});
    Put step;
    step.queue = scope_.use(field(node, "queue"), type::Queue);
    step.value = readOperand(field(node, "value"), scope_, type::Plain);
    return step;
}

Action StepReader::get(const YamlNode& node)
{
    checkKeys(node, {"queue"}, {"result"});
    Get step;
    step.queue = scope_.use(field(node, "queue"), type::Queue);
    if (const YamlNode* const variable = node.find("result"))
        step.result = scope_.make(*variable, type::Plain);
    return step;
}

} // namespace daemonscope::scenario
