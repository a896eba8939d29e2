// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/readscope.h"

#include <algorithm>
#include <cctype>

namespace daemonscope::scenario {
namespace {

constexpr std::size_t longestName = 64;

/// Keywords of Python and of C++, and what the programs written from a scenario use themselves.
const std::set<std::string, std::less<>>& takenNames()
{
    static const std::set<std::string, std::less<>> names{// Python
        "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
        "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match", "nonlocal", "not", "or",
        "pass", "raise", "return", "try", "while", "with", "yield",
        // Python's built-in functions and types of 3.8 to 3.14: a program that hides one of them is hard to read
        "abs", "aiter", "all", "anext", "any", "ascii", "bin", "breakpoint", "bytearray", "bytes", "callable", "chr",
        "classmethod", "compile", "complex", "copyright", "credits", "delattr", "dict", "dir", "divmod", "enumerate",
        "eval", "exec", "exit", "filter", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "help", "hex",
        "id", "input", "isinstance", "issubclass", "iter", "len", "license", "list", "locals", "map", "max",
        "memoryview", "min", "next", "object", "oct", "ord", "pow", "property", "quit", "repr", "reversed", "round",
        "set", "setattr", "slice", "staticmethod", "super", "tuple", "vars", "zip",
        // C++
        "alignas", "alignof", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "case", "catch", "char", "char8_t",
        "char16_t", "char32_t", "co_await", "co_return", "co_yield", "compl", "concept", "const", "consteval",
        "constexpr", "constinit", "const_cast", "decltype", "default", "delete", "do", "double", "dynamic_cast", "enum",
        "explicit", "export", "extern", "false", "final", "float", "friend", "goto", "inline", "int", "long", "module",
        "mutable", "namespace", "new", "noexcept", "not_eq", "nullptr", "operator", "or_eq", "override", "private",
        "protected", "public", "register", "reinterpret_cast", "requires", "return", "short", "signed", "sizeof",
        "static", "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local", "throw",
        "true", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t",
        "xor", "xor_eq",
        // the programs: modules, functions, namespaces, macros
        "count_lines", "errno", "frame", "held", "linux", "main", "me", "mp", "multiprocessing", "number", "open", "os",
        "parent_name", "print", "program", "range", "signal", "sorted", "std", "stderr", "stdin", "stdout", "str",
        "subprocess", "sum", "sys", "threading", "time", "type", "unix", "sa_handler", "sa_sigaction",
        // fields of texts, and words of steps
        "active_children", "current", "daemon", "error", "name", "parent", "pid", "ppid", "thread"};
    return names;
}

bool isName(const std::string& text)
{
    return !text.empty() && text.size() <= longestName && text[0] >= 'a' && text[0] <= 'z'
        && text.find("__") == std::string::npos
        && std::ranges::all_of(text, [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_'); });
}

/// Names that the programs make up: error_2 for an inner one, countTarget.
bool isMadeUp(const std::string& text)
{
    for (const char* word : {"error_", "held_", "round_"}) {
        if (text.starts_with(word))
            return true;
    }
    if (text.ends_with("_target") || text.ends_with("Target"))
        return true;
    return text.starts_with("si_") || text.starts_with("st_"); // macros of <signal.h> and <sys/stat.h>
}

} // namespace

void checkNewName(const YamlNode& node, const std::string& what)
{
    if (!node.isText() || !isName(node.text))
        throwExpected(node, what + "'s name (a small letter, then letters, digits and _)");
    if (takenNames().contains(node.text) || isMadeUp(node.text))
        throwExpected(node, what + "'s name that neither Python, C++ nor a text's fields use already");
}

void ReadScope::beginFunction(const Signature& signature)
{
    name_ = signature.name;
    parameters_ = {signature.parameters.begin(), signature.parameters.end()};
    loopVariables_.clear();
    allLoopVariables_.clear();
    variables_.clear();
    known_ = {false, parameters_};
    for (const std::string& parameter : signature.parameters)
        variables_[parameter] = 0;
    catchDepth = 0;
}

std::string ReadScope::make(const YamlNode& node, TypeSet type)
{
    checkNewName(node, "a variable");
    const std::string& name = node.text;
    if (std::ranges::find(signatures_, name, &Signature::name) != signatures_.end())
        throwExpected(node, "a variable's name that no function has");
    if (parameters_.contains(name))
        throwExpected(node, "a variable that is not a parameter");
    if (allLoopVariables_.contains(name))
        throwExpected(node, "a variable that no loop counts with");
    TypeSet& held = variables_[name];
    if (held != 0 && held != type && ((held | type) & ~type::Plain) != 0)
        throw ReadError{node.position,
            "expected a variable for " + typeText(type) + ", not " + quotedInMessage(name) + ", which is "
                + typeText(held)};
    held |= type;
    known_.names.insert(name);
    return name;
}

std::string ReadScope::use(const YamlNode& node, TypeSet wanted)
{
    if (!node.isText())
        throwExpected(node, "the name of " + typeText(wanted));
    use(node.text, wanted, node.position);
    return node.text;
}

void ReadScope::use(const std::string& variable, TypeSet wanted, Position position)
{
    const auto found = variables_.find(variable);
    if (found == variables_.end()) {
        std::vector<std::string> names;
        for (const auto& [name, held] : variables_)
            names.push_back(name);
        const std::string nearest = nearestWord(variable, names);
        throw ReadError{position,
            "expected " + typeText(wanted) + " made before, not " + quotedInMessage(variable)
                + (nearest.empty() ? "" : " (is it '" + nearest + "'?)")};
    }
    if (!known_.never && !known_.names.contains(variable)) {
        throw ReadError{position,
            "expected a variable made on every way to here, not " + quotedInMessage(variable) + ", which may not be"};
    }
    if (parameters_.contains(variable)) {
        if ((wanted & (type::Plain | type::Shared)) == 0)
            throw ReadError{position,
                "expected " + typeText(wanted) + ", not " + quotedInMessage(variable) + ", which is a parameter"};
        parameterUses_.push_back({name_, variable, wanted, position});
        return;
    }
    if ((found->second & wanted) == 0) {
        throw ReadError{position,
            "expected " + typeText(wanted) + ", not " + quotedInMessage(variable) + ", which is "
                + typeText(found->second)};
    }
}

std::string ReadScope::beginLoopVariable(const YamlNode& node)
{
    checkNewName(node, "a variable");
    const bool counted = allLoopVariables_.erase(node.text) > 0; // one loop after the other may count with it
    if (loopVariables_.contains(node.text) || (variables_.contains(node.text) && !counted))
        throwExpected(node, "a new variable for the loop");
    make(node, type::Int);
    loopVariables_.insert(node.text);
    allLoopVariables_.insert(node.text);
    return node.text;
}

void ReadScope::endLoopVariable(const std::string& variable)
{
    loopVariables_.erase(variable);
    known_.names.erase(variable);
}

const Signature& ReadScope::signature(const YamlNode& node) const
{
    std::vector<std::string> names;
    for (const Signature& signature : signatures_)
        names.push_back(signature.name);
    if (!node.isText())
        throwExpected(node, "the name of a function");
    const auto found = std::ranges::find(signatures_, node.text, &Signature::name);
    if (found == signatures_.end()) {
        const std::string nearest = nearestWord(node.text, names);
        throw ReadError{node.position,
            "expected a function of this file, not " + quotedInMessage(node.text)
                + (nearest.empty() ? "" : " (is it '" + nearest + "'?)")};
    }
    return *found;
}

std::string ReadScope::handler(const YamlNode& node) const
{
    const Signature& called = signature(node);
    if (!called.parameters.empty()) {
        throw ReadError{node.position,
            "expected a function without parameters, as on_signal calls it without arguments, not '" + node.text
                + "', which has " + std::to_string(called.parameters.size())};
    }
    return node.text;
}

std::string ReadScope::function(const YamlNode& node, std::size_t argumentCount) const
{
    const std::size_t taken = signature(node).parameters.size();
    if (taken != argumentCount) {
        throw ReadError{node.position,
            "expected " + std::to_string(taken) + (taken == 1 ? " argument" : " arguments") + " for '" + node.text
                + "', not " + std::to_string(argumentCount)};
    }
    return node.text;
}

ReadScope::Known ReadScope::both(const Known& one, const Known& other)
{
    if (one.never)
        return other;
    if (other.never)
        return one;
    Known result;
    std::ranges::set_intersection(one.names, other.names, std::inserter(result.names, result.names.end()));
    return result;
}

} // namespace daemonscope::scenario
