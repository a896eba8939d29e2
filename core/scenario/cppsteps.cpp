// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/cppsteps.h"

#include <algorithm>

namespace daemonscope::scenario {
namespace {

/// Whether a step may wait in the engine, where signal handlers run.
bool waitsInEngine(const Step& step)
{
    return std::visit(
        [](const auto& action) {
            using T = std::decay_t<decltype(action)>;
            return std::is_same_v<T,
                       Sleep> || std::is_same_v<T, Join> || std::is_same_v<T, Acquire> || std::is_same_v<T, WithLock> || std::is_same_v<T, WaitEvent> || std::is_same_v<T, Get> || std::is_same_v<T, RepeatUntilSet>;
        },
        step.action);
}

bool anyWaitsInEngine(const Steps& steps)
{
    bool waits = false;
    forEachStep(steps, [&](const Step& step) { waits = waits || waitsInEngine(step); });
    return waits;
}

} // namespace

CppSteps::CppSteps(LineWriter& out, const Scenario& scenario, const WriteOptions& options)
    : out_(out)
    , scenario_(scenario)
    , options_(options)
    , startMethodStep_(options.startMethod ? startMethodStep(scenario) : nullptr)
    , types_(inferTypes(scenario))
{
    std::vector<const Function*> functions;
    for (const Function& function : scenario.functions)
        functions.push_back(&function);
    functions.push_back(&scenario.main);
    std::set<std::string> defined;
    for (const Function* function : functions) {
        forEachStep(function->steps, [&](const Step& step) {
            hasThreads_ = hasThreads_ || std::holds_alternative<CreateThread>(step.action);
            for (const FunctionUse& use : functionUses(step.action)) {
                if (use.asTarget)
                    targets_.insert(*use.function);
                // A function knows itself, but not the constant behind it.
                if (!defined.contains(*use.function) && (use.asTarget || *use.function != function->name))
                    forward_.insert(*use.function);
            }
        });
        defined.insert(function->name);
    }
}

std::string CppSteps::signature(const Function& function) const
{
    std::vector<std::string> parameters;
    for (const std::string& name : function.parameters)
        parameters.push_back(cppParameterType(types_.at(function.name).at(name)) + " " + name);
    return "void " + function.name + "(" + joined(parameters, ", ") + ")";
}

std::string CppSteps::targetName(const std::string& function)
{
    return function + (function.find('_') == std::string::npos ? "Target" : "_target");
}

void CppSteps::targetConstant(const std::string& function)
{
    out_.list("const mp::Target " + targetName(function) + " = mp::registerTarget(", {cppLiteral(function), function},
        ");", false);
}

void CppSteps::forward()
{
    if (forward_.empty())
        return;
    for (const Function& function : scenario_.functions) {
        if (!forward_.contains(function.name))
            continue;
        out_.line(signature(function) + ";");
        if (targets_.contains(function.name))
            targetConstant(function.name);
    }
    out_.blank();
}

void CppSteps::function(const Function& function)
{
    const CppVariables variables(function, types_.at(function.name));
    variables_ = &variables;
    const std::string head = signature(function);
    if (head.size() <= out_.room()) {
        out_.line(head);
    } else {
        std::vector<std::string> parameters;
        for (const std::string& name : function.parameters)
            parameters.push_back(cppParameterType(types_.at(function.name).at(name)) + " " + name);
        out_.list("void " + function.name + "(", parameters, ")", false);
    }
    out_.line("{");
    out_.indent();
    if (&function == &scenario_.main && options_.startMethod && !startMethodStep_)
        out_.line("mp::setStartMethod(" + cppLiteral(methodName(*options_.startMethod)) + ");");
    steps(function.steps);
    out_.outdent();
    out_.line("}");
    if (targets_.contains(function.name) && !forward_.contains(function.name))
        targetConstant(function.name);
    out_.blank();
    variables_ = nullptr;
}

void CppSteps::steps(const Steps& steps)
{
    for (const Step& step : steps) {
        for (const std::string& name : variables_->declaredBefore(step)) {
            const TypeSet held = variables_->types(name);
            if (held == type::Thread) {
                includes_.insert("optional");
                out_.line("std::optional<mp::Thread> " + name + ";");
            } else {
                const char* const initial = held == type::Bool ? " = false" : held == type::Int ? " = 0" : "";
                out_.line(cppType(held) + " " + name + initial + ";");
            }
        }
        current_ = &step;
        out_.begin(step);
        std::visit(*this, step.action);
    }
}

void CppSteps::block(const std::string& head, const Steps& steps)
{
    out_.line(head + (head.empty() ? "{" : " {"));
    out_.indent();
    this->steps(steps);
    out_.outdent();
    out_.line("}");
}

void CppSteps::operator()(const Repeat& step)
{
    const bool counted = step.variable.empty();
    const std::string name = counted ? freeCounter() : step.variable;
    std::string condition = converted(step.to, type::Int);
    std::string first = converted(step.from, type::Int);
    const auto* const from = std::get_if<std::int64_t>(&step.from);
    const auto* const limit = std::get_if<VariableRef>(&step.to);
    // Python looks at the bounds once.
    if (limit && (isCppValue(variables_->types(limit->name)) || CppVariables::madeIn(step.steps, limit->name))) {
        const std::string last =
            "round_end" + (counterDepth_ == 0 ? std::string() : "_" + std::to_string(counterDepth_ + 1));
        first += ", " + last + " = " + condition;
        condition = last;
    }
    const bool fromZero = counted && from && *from == 1;
    if (fromZero)
        first.replace(0, 1, "0");
    ++counterDepth_;
    block("for (int " + name + " = " + first + "; " + name + (fromZero ? " < " : " <= ") + condition + "; ++" + name
            + ")",
        step.steps);
    --counterDepth_;
}

std::string CppSteps::freeCounter() const
{
    constexpr std::string_view letters = "ijk";
    if (counterDepth_ < letters.size()) {
        std::string name(1, letters[counterDepth_]);
        if (!variables_->has(name) && !scenario_.function(name))
            return name;
    }
    return "round_" + std::to_string(counterDepth_ + 1);
}

void CppSteps::operator()(const Forever& step)
{
    out_.line("for (;;) {");
    out_.indent();
    steps(step.steps);
    if (!anyWaitsInEngine(step.steps))
        out_.line("mp::checkSignals();");
    out_.outdent();
    out_.line("}");
}

void CppSteps::operator()(const RepeatUntilSet& step)
{
    block("while (!" + shared(step.event, type::Event) + "wait(" + duration(step.every) + "))", step.steps);
}

void CppSteps::operator()(const Try& step)
{
    out_.line("try {");
    out_.indent();
    steps(step.steps);
    out_.outdent();
    ++catchDepth_;
    block("} catch (const mp::Exception&" + (showsError(step.caught) ? " " + errorName() : std::string()) + ")",
        step.caught);
    --catchDepth_;
}

std::string CppSteps::errorName() const
{
    return catchDepth_ < 2 ? "error" : "error_" + std::to_string(catchDepth_);
}

void CppSteps::operator()(const WithLock& step)
{
    includes_.insert("mutex");
    std::string lock = shared(step.lock, type::Lock);
    lock.resize(lock.size() - 2); // without ->
    const std::string name = lockDepth_ == 0 ? "held" : "held_" + std::to_string(lockDepth_ + 1);
    out_.line("{");
    out_.indent();
    out_.line("const std::lock_guard " + name + "(*" + lock + ");");
    ++lockDepth_;
    steps(step.steps);
    --lockDepth_;
    out_.outdent();
    out_.line("}");
}

std::string CppSteps::callText(const std::string& function, const std::vector<Operand>& args)
{
    const Function& called = *scenario_.function(function);
    std::vector<std::string> given;
    for (std::size_t i = 0; i < args.size(); ++i)
        given.push_back(converted(args[i], types_.at(function).at(called.parameters[i])));
    // Qualified, or a library's function of that name might be found by the arguments' types, and fit better.
    return (given.empty() ? "" : "program::") + function + "(" + joined(given, ", ") + ");";
}

void CppSteps::operator()(const Call& step)
{
    out_.line(callText(step.function, step.args));
}

void CppSteps::operator()(const RawFork& step)
{
    out_.line("if (mp::osFork() == 0) {");
    out_.indent();
    out_.line(callText(step.function, step.args));
    out_.line("mp::osExit(0);");
    out_.outdent();
    out_.line("}");
}

void CppSteps::operator()(const Daemonize& step)
{
    out_.line("if (mp::osFork() == 0) {");
    out_.indent();
    out_.line("mp::setSession();");
    out_.line("if (mp::osFork() == 0)");
    out_.indent();
    out_.line(callText(step.function, step.args));
    out_.outdent();
    out_.line("mp::osExit(0);");
    out_.outdent();
    out_.line("}");
}

template <class T> std::vector<std::string> CppSteps::options(const T& step)
{
    std::vector<std::string> options{".target = " + targetName(step.function)};
    if (!step.args.empty())
        options.push_back(".args = {" + joined(operands(step.args), ", ") + "}");
    if (step.name)
        options.push_back(".name = " + text(*step.name));
    if (step.daemon)
        options.push_back(std::string(".daemon = ") + (*step.daemon ? "true" : "false"));
    return options;
}

void CppSteps::operator()(const CreateProcess& step)
{
    const char* const declaration = !variables_->declaredBy(*current_) ? ""
        : variables_->madeOnce(step.variable)                          ? "const auto "
                                                                       : "auto ";
    const std::string maker = step.context ? context(step.context) + ".process({" : "mp::process({";
    out_.list(declaration + step.variable + " = " + maker, options(step), "});", false);
}

void CppSteps::operator()(const CreateThread& step)
{
    const std::string head =
        variables_->declaredBy(*current_) ? "mp::Thread " + step.variable + "({" : step.variable + " = mp::Thread({";
    out_.list(head, options(step), "});", false);
}

void CppSteps::operator()(const Comment& step)
{
    out_.comment("// ", step.text);
}

} // namespace daemonscope::scenario
