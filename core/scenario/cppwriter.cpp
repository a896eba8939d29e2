// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/cppwriter.h"

#include "scenario/cppsteps.h"

namespace daemonscope::scenario {
namespace {

constexpr std::size_t cppColumns = 100;

} // namespace

WrittenProgram writeCpp(const Scenario& scenario, const WriteOptions& options)
{
    LineWriter body(scenario.stepCount, cppColumns);
    CppSteps steps(body, scenario, options);
    steps.forward();
    for (const Function& function : scenario.functions)
        steps.function(function);
    steps.function(scenario.main);
    body.line("} // namespace program");
    body.blank();
    body.line("int main(int argc, char** argv)");
    body.line("{");
    body.indent();
    body.line("return mp::runMain(argc, argv, program::main);");
    body.outdent();
    body.line("}");

    LineWriter head(scenario.stepCount, cppColumns);
    if (!scenario.title.empty())
        head.comment("// ", scenario.title);
    head.line("#include <daemonscope/engine.h>");
    head.blank();
    for (const std::string& header : steps.includes())
        head.line("#include <" + header + ">");
    if (!steps.includes().empty())
        head.blank();
    head.line("namespace mp = daemonscope::engine;");
    if (steps.needsLiterals())
        head.line("using namespace std::chrono_literals;");
    head.blank();
    // A namespace, so that a function may be called like one of the C library's.
    head.line("namespace program {");
    head.blank();
    return body.after(head);
}

} // namespace daemonscope::scenario
