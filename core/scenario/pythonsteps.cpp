// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/pythonsteps.h"

#include "engine/text.h"
#include "scenario/types.h"

#include <algorithm>

namespace daemonscope::scenario {

std::string PythonSteps::errorName() const
{
    return catchDepth_ < 2 ? "error" : "error_" + std::to_string(catchDepth_);
}

std::string PythonSteps::field(const TextPart& part)
{
    if (part.kind == TextPart::Kind::Variable)
        return part.text;
    if (part.kind == TextPart::Kind::Error)
        return "type(" + errorName() + ").__name__}: {" + errorName(); // two fields of an f-string
    if (part.kind == TextPart::Kind::Member)
        return part.text + "." + part.member + (part.member == "is_alive" ? "()" : "");
    if (part.text == "pid" || part.text == "ppid") {
        imports_.insert("os");
        return part.text == "pid" ? "os.getpid()" : "os.getppid()";
    }
    if (part.text == "thread") {
        imports_.insert("threading");
        return "threading.current_thread().name";
    }
    imports_.insert("multiprocessing");
    if (part.text == "parent") {
        needsParentName_ = true;
        return "parent_name()";
    }
    if (part.text == "active_children")
        return "sorted(child.name for child in multiprocessing.active_children())";
    return std::string(currentProcess) + "." + part.text;
}

std::string PythonSteps::text(const Text& text)
{
    const bool plain = std::ranges::all_of(text, [](const TextPart& p) { return p.kind == TextPart::Kind::Literal; });
    if (plain)
        return pythonLiteral(text.empty() ? std::string() : text.front().text);
    std::string result = "f\"";
    for (const TextPart& part : text)
        result += part.kind == TextPart::Kind::Literal ? pythonLiteral(part.text, true) : "{" + field(part) + "}";
    return result + "\"";
}

std::string PythonSteps::brokenText(const Text& text, std::size_t room)
{
    // Broken behind spaces only.
    std::vector<Text> words(1);
    const auto append = [](Text& to, const TextPart& part) {
        if (part.kind == TextPart::Kind::Literal && !to.empty() && to.back().kind == TextPart::Kind::Literal)
            to.back().text += part.text;
        else
            to.push_back(part);
    };
    for (const TextPart& part : text) {
        if (part.kind != TextPart::Kind::Literal) {
            append(words.back(), part);
            continue;
        }
        for (std::size_t at = 0; at < part.text.size();) {
            const std::size_t space = part.text.find(' ', at);
            const std::size_t end = space == std::string::npos ? part.text.size() : space + 1;
            append(words.back(), {TextPart::Kind::Literal, part.text.substr(at, end - at), {}});
            if (space != std::string::npos)
                words.emplace_back();
            at = end;
        }
    }
    if (words.back().empty())
        words.pop_back();
    std::vector<std::string> lines;
    Text line;
    for (const Text& word : words) {
        Text longer = line;
        for (const TextPart& part : word)
            append(longer, part);
        if (!line.empty() && this->text(longer).size() > room) {
            lines.push_back(this->text(line));
            line = word;
        } else {
            line = std::move(longer);
        }
    }
    lines.push_back(this->text(line));
    return joined(lines, "\n");
}

void PythonSteps::textCall(const std::string& head, const Text& text, const std::string& printed,
    const std::vector<std::string>& more, bool lastComma)
{
    constexpr std::size_t indentAndComma = 5;
    std::vector<std::string> arguments{printed};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const bool oneLine = head.size() + joined(arguments, ", ").size() + 1 <= out_.room();
    const std::size_t room = out_.room() - std::min(out_.room(), indentAndComma);
    if (!oneLine && printed.size() > room)
        arguments.front() = brokenText(text, room);
    out_.list(head, arguments, ")", lastComma);
}

std::string PythonSteps::printed(const Text& text)
{
    if (text.size() == 1 && text[0].kind != TextPart::Kind::Literal && text[0].kind != TextPart::Kind::Error)
        return field(text[0]);
    return this->text(text);
}

std::string PythonSteps::operand(const Operand& operand)
{
    if (const auto* flag = std::get_if<bool>(&operand))
        return *flag ? "True" : "False";
    if (const auto* number = std::get_if<std::int64_t>(&operand))
        return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&operand))
        return engine::str(*number);
    if (const auto* words = std::get_if<Text>(&operand))
        return text(*words);
    if (const auto* variable = std::get_if<VariableRef>(&operand))
        return variable->name;
    return "None";
}

std::vector<std::string> PythonSteps::operands(const std::vector<Operand>& operands)
{
    std::vector<std::string> result;
    result.reserve(operands.size());
    for (const Operand& each : operands)
        result.push_back(operand(each));
    return result;
}

std::string PythonSteps::duration(const Duration& duration)
{
    if (const auto* variable = std::get_if<VariableRef>(&duration))
        return variable->name;
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t count = std::get<std::chrono::nanoseconds>(duration).count();
    std::string fraction = std::to_string(second + count % second).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return std::to_string(count / second) + (fraction.empty() ? "" : "." + fraction);
}

std::string PythonSteps::timeout(const std::optional<Duration>& duration)
{
    return duration ? PythonSteps::duration(*duration) : std::string();
}

std::string PythonSteps::context(const std::optional<Method>& method)
{
    imports_.insert("multiprocessing");
    return method ? "multiprocessing.get_context(" + pythonLiteral(methodName(*method)) + ")" : "multiprocessing";
}

namespace {

bool showsCurrentProcess(const Text& text)
{
    return std::ranges::any_of(text, [](const TextPart& part) {
        return part.kind == TextPart::Kind::Own && (part.text == "name" || part.text == "daemon");
    });
}
bool showsCurrentProcess(const Operand& operand)
{
    const auto* const text = std::get_if<Text>(&operand);
    return text && showsCurrentProcess(*text);
}
bool showsCurrentProcess(const std::optional<Text>& text)
{
    return text && showsCurrentProcess(*text);
}
template <class T> bool anyShowsCurrentProcess(const std::vector<T>& all)
{
    return std::ranges::any_of(all, [](const T& each) { return showsCurrentProcess(each); });
}

/// Whether the written step asks for the current process.
bool needsCurrentProcess(const Step& step)
{
    return std::visit(
        [](const auto& action) {
            using T = std::decay_t<decltype(action)>;
            bool needs = false;
            if constexpr (std::is_same_v<T, SetDaemon>)
                needs = action.variable.empty();
            if constexpr (requires { showsCurrentProcess(action.text); } && !std::is_same_v<T, Comment>)
                needs = needs || showsCurrentProcess(action.text);
            if constexpr (requires { showsCurrentProcess(action.message); })
                needs = needs || showsCurrentProcess(action.message);
            if constexpr (requires { showsCurrentProcess(action.path); })
                needs = needs || showsCurrentProcess(action.path);
            if constexpr (requires { showsCurrentProcess(action.name); })
                needs = needs || showsCurrentProcess(action.name);
            if constexpr (requires { showsCurrentProcess(action.value); })
                needs = needs || showsCurrentProcess(action.value);
            if constexpr (requires { showsCurrentProcess(action.status); })
                needs = needs || showsCurrentProcess(action.status);
            if constexpr (requires { anyShowsCurrentProcess(action.args); })
                needs = needs || anyShowsCurrentProcess(action.args);
            if constexpr (requires { anyShowsCurrentProcess(action.argv); })
                needs = needs || anyShowsCurrentProcess(action.argv);
            return needs;
        },
        step.action);
}

bool anyNeedsCurrentProcess(const Steps& steps)
{
    bool needs = false;
    forEachStep(steps, [&](const Step& step) { needs = needs || needsCurrentProcess(step); });
    return needs;
}

} // namespace

void PythonSteps::body(const Steps& steps)
{
    out_.indent();
    bool anything = false;
    for (const Step& step : steps) {
        current_ = &step;
        out_.begin(step);
        std::visit(*this, step.action);
        anything = anything || !std::holds_alternative<Comment>(step.action);
    }
    if (!anything)
        out_.line("pass");
    out_.outdent();
}

void PythonSteps::function(const Function& function)
{
    out_.blank();
    out_.blank();
    out_.list("def " + function.name + "(", function.parameters, "):", true);
    if (anyNeedsCurrentProcess(function.steps)) {
        imports_.insert("multiprocessing");
        out_.indent();
        out_.line(std::string(currentProcess) + " = multiprocessing.current_process()");
        out_.outdent();
    }
    body(function.steps);
}

void PythonSteps::operator()(const Repeat& step)
{
    std::vector<std::string> bounds;
    const auto* const from = std::get_if<std::int64_t>(&step.from);
    const auto* const to = std::get_if<std::int64_t>(&step.to);
    const bool counted = step.variable.empty() && from && *from == 1;
    if (!counted && !(from && *from == 0))
        bounds.push_back(operand(step.from));
    if (counted)
        bounds.push_back(operand(step.to));
    else
        bounds.push_back(to ? std::to_string(*to + 1) : operand(step.to) + " + 1");
    const std::string variable = step.variable.empty() ? "_" : step.variable;
    out_.line("for " + variable + " in range(" + joined(bounds, ", ") + "):");
    body(step.steps);
}

void PythonSteps::operator()(const Forever& step)
{
    out_.line("while True:");
    body(step.steps);
}

void PythonSteps::operator()(const RepeatUntilSet& step)
{
    out_.line("while not " + step.event + ".wait(" + duration(step.every) + "):");
    body(step.steps);
}

void PythonSteps::operator()(const Try& step)
{
    out_.line("try:");
    body(step.steps);
    ++catchDepth_;
    out_.line(showsError(step.caught) ? "except Exception as " + errorName() + ":" : "except Exception:");
    body(step.caught);
    --catchDepth_;
}

void PythonSteps::operator()(const WithLock& step)
{
    out_.line("with " + step.lock + ":");
    body(step.steps);
}

void PythonSteps::operator()(const Call& step)
{
    out_.list(step.function + "(", operands(step.args), ")", true);
}

void PythonSteps::operator()(const RawFork& step)
{
    imports_.insert("os");
    out_.line("if os.fork() == 0:");
    out_.indent();
    out_.list(step.function + "(", operands(step.args), ")", true);
    out_.line("os._exit(0)");
    out_.outdent();
}

void PythonSteps::operator()(const Daemonize& step)
{
    imports_.insert("os");
    out_.line("if os.fork() == 0:");
    out_.indent();
    out_.line("os.setsid()");
    out_.line("if os.fork() == 0:");
    out_.indent();
    out_.list(step.function + "(", operands(step.args), ")", true);
    out_.outdent();
    out_.line("os._exit(0)");
    out_.outdent();
}

template <class T> void PythonSteps::creating(const std::string& constructor, const T& step)
{
    std::vector<std::string> arguments{"target=" + step.function};
    if (!step.args.empty()) {
        const std::vector<std::string> values = operands(step.args);
        arguments.push_back("args=(" + joined(values, ", ") + (values.size() == 1 ? ",)" : ")"));
    }
    if (step.name)
        arguments.push_back("name=" + text(*step.name));
    if (step.daemon)
        arguments.push_back(std::string("daemon=") + (*step.daemon ? "True" : "False"));
    out_.list(step.variable + " = " + constructor + "(", arguments, ")", true);
}

void PythonSteps::operator()(const CreateProcess& step)
{
    creating(context(step.context) + ".Process", step);
}

void PythonSteps::operator()(const CreateThread& step)
{
    imports_.insert("threading");
    creating("threading.Thread", step);
}

void PythonSteps::operator()(const Comment& step)
{
    out_.comment("# ", step.text);
}

} // namespace daemonscope::scenario
