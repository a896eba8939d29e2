// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/pythonwriter.h"

#include "scenario/pythonsteps.h"

#include <cctype>

namespace daemonscope::scenario {
namespace {

constexpr std::size_t pythonColumns = 79; // PEP 8

void writeHelpers(LineWriter& head, const PythonSteps& steps)
{
    const auto lines = [&](std::initializer_list<const char*> texts) {
        head.blank();
        head.blank();
        for (const char* text : texts)
            head.line(text);
    };
    if (steps.needsParentName()) {
        lines({"def parent_name():", "    parent = multiprocessing.parent_process()",
            "    return parent.name if parent else None"});
    }
    if (steps.needsCountLines()) {
        lines({"def count_lines(path):", "    try:", "        with open(path, \"rb\") as file:",
            "            return sum(1 for _ in file)", "    except FileNotFoundError:", "        return 0"});
    }
}

} // namespace

WrittenProgram writePython(const Scenario& scenario, const WriteOptions& options)
{
    LineWriter body(scenario.stepCount, pythonColumns);
    const Step* const methodStep = options.startMethod ? startMethodStep(scenario) : nullptr;
    PythonSteps steps(body, options, methodStep);
    for (const Function& function : scenario.functions)
        steps.function(function);
    steps.function(scenario.main);
    body.blank();
    body.blank();
    body.line("if __name__ == \"__main__\":");
    body.indent();
    if (options.startMethod && !methodStep) {
        steps.import("multiprocessing");
        body.line("multiprocessing.set_start_method(" + pythonLiteral(methodName(*options.startMethod)) + ")");
    }
    body.line("main()");

    LineWriter head(scenario.stepCount, pythonColumns);
    if (!scenario.title.empty()) {
        const bool sentence = std::ispunct(static_cast<unsigned char>(scenario.title.back())) != 0;
        head.line("\"\"" + pythonLiteral(scenario.title + (sentence ? "" : ".")) + "\"\"");
    }
    if (!steps.imports().empty() && head.lines() > 0)
        head.blank();
    for (const std::string& module : steps.imports())
        head.line("import " + module);
    writeHelpers(head, steps);
    return body.after(head);
}

} // namespace daemonscope::scenario
