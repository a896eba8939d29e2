// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/cppsteps.h"

#include <algorithm>

namespace daemonscope::scenario {

void CppSteps::chain(const std::vector<std::string>& pieces)
{
    constexpr std::size_t indentColumns = 4;
    std::string line;
    bool continued = false;
    const auto put = [&] {
        if (continued)
            out_.indent();
        out_.line(line);
        if (continued)
            out_.outdent();
        continued = true;
    };
    for (const std::string& piece : pieces) {
        const std::size_t room = out_.room() - (continued ? std::min(indentColumns, out_.room()) : 0);
        if (!line.empty() && line.size() + 1 + piece.size() > room) {
            put();
            line = piece;
        } else {
            line += (line.empty() ? "" : " ") + piece;
        }
    }
    put();
}

Text CppSteps::asLine(Text text)
{
    if (!text.empty() && text.back().kind == TextPart::Kind::Literal)
        text.back().text += "\n";
    else
        text.push_back({TextPart::Kind::Literal, "\n", {}});
    return text;
}

void CppSteps::operator()(const Print& step)
{
    includes_.insert("iostream");
    std::vector<std::string> pieces{step.toStandardError ? "std::cerr" : "std::cout"};
    if (step.toStandardError || hasThreads_) {
        // In one piece, so that lines of several processes or threads do not mix.
        const char* operation = "<< ";
        for (const TextPart& each : asLine(step.text)) {
            pieces.push_back(operation + part(each, true));
            operation = "+ ";
        }
        if (step.flush && !step.toStandardError)
            pieces.emplace_back("<< std::flush");
    } else {
        for (const TextPart& each : step.text)
            pieces.push_back("<< " + part(each, false));
        pieces.emplace_back(step.flush ? "<< std::endl" : "<< '\\n'");
    }
    pieces.back() += ";";
    chain(pieces);
}

void CppSteps::operator()(const Sleep& step)
{
    out_.line("mp::sleep(" + duration(step.duration) + ");");
}

void CppSteps::operator()(const Start& step)
{
    out_.line(access(step.variable) + "start();");
}

void CppSteps::operator()(const Join& step)
{
    out_.line(access(step.variable) + "join(" + timeout(step.timeout) + ");");
}

void CppSteps::operator()(const Terminate& step)
{
    out_.line(access(step.variable) + "terminate();");
}

void CppSteps::operator()(const Kill& step)
{
    out_.line(access(step.variable) + "kill();");
}

void CppSteps::operator()(const Close& step)
{
    out_.line(access(step.variable) + "close();");
}

void CppSteps::operator()(const SetDaemon& step)
{
    const std::string object = step.variable.empty() ? "mp::currentProcess()->" : access(step.variable);
    out_.line(object + "setDaemon(" + (step.daemon ? "true" : "false") + ");");
}

void CppSteps::operator()(const SetStartMethod& step)
{
    const Method method = current_ == startMethodStep_ && options_.startMethod ? *options_.startMethod : step.method;
    out_.line("mp::setStartMethod(" + cppLiteral(methodName(method)) + ");");
}

void CppSteps::operator()(const Exit& step)
{
    const auto* const name = std::get_if<VariableRef>(&step.status);
    if (name && isCppValue(variables_->types(name->name)))
        out_.line("mp::exitWith(" + name->name + ");");
    else if (std::holds_alternative<std::monostate>(step.status))
        out_.line("mp::exit();");
    else
        out_.list("mp::exit(", {operand(step.status)}, ");", false);
}

void CppSteps::operator()(const OsExit& step)
{
    out_.line("mp::osExit(" + std::to_string(step.status) + ");");
}

void CppSteps::operator()(const Raise& step)
{
    const std::string head = "throw mp::" + step.type + "(";
    if (step.type == "Exception")
        out_.list(head, {"\"Exception\"", text(step.message)}, ");", false);
    else
        out_.list(head, {text(step.message)}, ");", false);
}

void CppSteps::operator()(const OnSignal& step)
{
    includes_.insert("csignal");
    if (step.action == OnSignal::Action::Call)
        out_.line("mp::setSignalHandler(" + step.signal.name() + ", [](int) { " + step.function + "(); });");
    else if (step.action == OnSignal::Action::Ignore)
        out_.line("mp::setSignalIgnored(" + step.signal.name() + ");");
    else
        out_.line("mp::setSignalDefault(" + step.signal.name() + ");");
}

void CppSteps::operator()(const SendSignal& step)
{
    includes_.insert("csignal");
    std::string pid = "mp::parentPid()";
    if (step.to == SendSignal::To::Current) {
        includes_.insert("unistd.h");
        pid = "::getpid()";
    } else if (step.to == SendSignal::To::Process) {
        pid = access(step.variable) + "pid()";
    }
    out_.line("mp::osKill(" + pid + ", " + step.signal.name() + ");");
}

void CppSteps::operator()(const OpenFile& step)
{
    std::vector<std::string> arguments{text(step.path)};
    if (step.append)
        arguments.emplace_back("mp::TextFile::Mode::Append");
    assign(step.variable, "mp::openFile(" + joined(arguments, ", ") + ")");
}

void CppSteps::operator()(const WriteFile& step)
{
    out_.list(access(step.variable) + "write(", {text(asLine(step.text))}, ");", false);
    if (step.flush)
        out_.line(access(step.variable) + "flush();");
}

void CppSteps::operator()(const CountLines& step)
{
    assign(step.variable, "mp::countLines(" + text(step.path) + ")");
}

void CppSteps::operator()(const MakeShared& step)
{
    const char* const maker = step.kind == MakeShared::Kind::Lock ? ".lock()"
        : step.kind == MakeShared::Kind::Event                    ? ".event()"
                                                                  : ".queue()";
    assign(step.variable, context(step.context) + maker);
}

void CppSteps::operator()(const Acquire& step)
{
    const std::string call = shared(step.lock, type::Lock) + "acquire(" + timeout(step.timeout) + ")";
    if (step.result.empty())
        out_.line(call + ";");
    else
        assign(step.result, call);
}

void CppSteps::operator()(const Release& step)
{
    out_.line(shared(step.lock, type::Lock) + "release();");
}

void CppSteps::operator()(const SetEvent& step)
{
    out_.line(shared(step.event, type::Event) + "set();");
}

void CppSteps::operator()(const WaitEvent& step)
{
    const std::string call = shared(step.event, type::Event) + "wait(" + timeout(step.timeout) + ")";
    if (step.result.empty())
        out_.line(call + ";");
    else
        assign(step.result, call);
}

void CppSteps::operator()(const Put& step)
{
    out_.list(shared(step.queue, type::Queue) + "put(", {operand(step.value)}, ");", false);
}

void CppSteps::operator()(const Get& step)
{
    const std::string call = shared(step.queue, type::Queue) + "get()";
    if (step.result.empty())
        out_.line("static_cast<void>(" + call + ");");
    else
        assign(step.result, call);
}

void CppSteps::operator()(const RunCommand& step)
{
    std::vector<std::string> words;
    for (const Text& word : step.argv)
        words.push_back(text(word));
    out_.list("mp::startCommand({", words, "});", false);
}

} // namespace daemonscope::scenario
