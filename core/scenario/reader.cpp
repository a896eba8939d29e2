// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/reader.h"

#include "scenario/stepreader.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

namespace daemonscope::scenario {
namespace {

struct FunctionNode {
    Signature signature;
    Position position;
    const YamlNode* steps;
};

void checkKeyNames(const YamlNode& node, const std::vector<std::string>& known)
{
    for (const YamlNode& key : node.keys) {
        if (std::ranges::find(known, key.text) == known.end())
            throwExpected(key, "the key " + orList(known));
    }
}

std::vector<std::string> readParameters(const YamlNode& node)
{
    if (node.kind != YamlNode::Kind::List)
        throwExpected(node, "a list of parameters");
    std::vector<std::string> parameters;
    for (const YamlNode& item : node.items) {
        checkNewName(item, "a parameter");
        if (std::ranges::find(parameters, item.text) != parameters.end())
            throwExpected(item, "each parameter once");
        parameters.push_back(item.text);
    }
    return parameters;
}

std::vector<FunctionNode> readSignatures(const YamlNode& node)
{
    if (node.kind != YamlNode::Kind::Map)
        throwExpected(node, "a mapping of functions");
    std::vector<FunctionNode> functions;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const YamlNode& body = node.items[i];
        checkNewName(node.keys[i], "a function");
        FunctionNode function{{node.keys[i].text, {}}, node.keys[i].position, &body};
        if (body.kind == YamlNode::Kind::Map) {
            checkKeyNames(body, {"parameters", "steps"});
            if (const YamlNode* const parameters = body.find("parameters"))
                function.signature.parameters = readParameters(*parameters);
            function.steps = body.find("steps");
            if (!function.steps)
                throw ReadError{body.position, "expected the key 'steps' as well"};
        }
        functions.push_back(std::move(function));
    }
    for (const FunctionNode& function : functions) {
        for (const std::string& parameter : function.signature.parameters) {
            if (std::ranges::any_of(functions, [&](const FunctionNode& f) { return f.signature.name == parameter; }))
                throw ReadError{
                    function.position, "expected parameters that no function is named like, not '" + parameter + "'"};
        }
    }
    return functions;
}

/// A parameter holds what callers give, which is known only now.
void checkParameters(const Scenario& scenario, const std::vector<ParameterUse>& uses)
{
    const ScenarioTypes types = inferTypes(scenario);
    for (const ParameterUse& use : uses) {
        const TypeSet held = types.at(use.function).at(use.parameter);
        const TypeSet wrong = held & ~use.wanted;
        // A plain value of the wrong kind is the program's own error, as it is in Python: it may depend on the run.
        const bool neverFits = held != 0 && (held & use.wanted) == 0;
        const bool mixesShared = wrong != 0 && ((wrong | use.wanted) & type::Shared) != 0;
        if (neverFits || mixesShared) {
            throw ReadError{use.position,
                "expected " + typeText(use.wanted) + ", not '" + use.parameter + "', which is given "
                    + typeText(wrong)};
        }
    }
}

Scenario readTree(const YamlNode& root, const std::string& fileName)
{
    if (root.kind != YamlNode::Kind::Map)
        throwExpected(root, "a mapping with title, main and functions");
    checkKeyNames(root, {"title", "main", "functions"});
    Scenario scenario;
    scenario.file = fileName;
    if (const YamlNode* const title = root.find("title")) {
        if (!title->isText() || title->text.find('\n') != std::string::npos)
            throwExpected(*title, "a title of one line");
        scenario.title = title->text;
    }
    if (!root.find("main"))
        throw ReadError{root.position, "expected the key 'main' as well"};

    std::vector<FunctionNode> functions;
    if (const YamlNode* const node = root.find("functions"))
        functions = readSignatures(*node);
    std::vector<Signature> signatures;
    signatures.reserve(functions.size());
    for (const FunctionNode& function : functions)
        signatures.push_back(function.signature);

    ReadScope scope(signatures);
    const auto readFunction = [&](const FunctionNode& node) {
        scope.beginFunction(node.signature);
        StepReader reader(scope, scenario.stepCount);
        Function function;
        function.name = node.signature.name;
        function.parameters = node.signature.parameters;
        function.position = node.position;
        function.steps = reader.steps(*node.steps);
        return function;
    };
    for (std::size_t i = 0; i < root.keys.size(); ++i) { // in the order of the file, as steps are counted so
        if (root.keys[i].text == "main") {
            scenario.main = readFunction({{"main", {}}, root.keys[i].position, &root.items[i]});
        } else if (root.keys[i].text == "functions") {
            for (const FunctionNode& function : functions)
                scenario.functions.push_back(readFunction(function));
        }
    }
    checkParameters(scenario, scope.parameterUses());
    return scenario;
}

} // namespace

Result<Scenario> readScenario(std::string_view yaml, const std::string& fileName)
{
    try {
        return readTree(readYaml(yaml), fileName);
    } catch (const ReadError& error) {
        std::string place = fileName;
        if (error.position.line > 0)
            place += ":" + std::to_string(error.position.line) + ":" + std::to_string(error.position.column);
        return Error{place + ": " + error.message};
    }
}

Result<Scenario> readScenarioFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return systemError("cannot open '" + path + "'", errno);
    // One byte more than is allowed is enough to say that it is too much.
    std::string text(maxScenarioBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad())
        return systemError("cannot read '" + path + "'", errno);
    text.resize(static_cast<std::size_t>(file.gcount()));
    return readScenario(text, path);
}

} // namespace daemonscope::scenario
