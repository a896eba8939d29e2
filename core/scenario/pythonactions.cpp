// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/pythonsteps.h"

namespace daemonscope::scenario {

void PythonSteps::operator()(const Print& step)
{
    std::vector<std::string> more;
    if (step.toStandardError) {
        imports_.insert("sys");
        more.emplace_back("file=sys.stderr");
    }
    if (step.flush)
        more.emplace_back("flush=True");
    textCall("print(", step.text, printed(step.text), more);
}

void PythonSteps::operator()(const Sleep& step)
{
    imports_.insert("time");
    out_.line("time.sleep(" + duration(step.duration) + ")");
}

void PythonSteps::operator()(const Start& step)
{
    out_.line(step.variable + ".start()");
}

void PythonSteps::operator()(const Join& step)
{
    out_.line(step.variable + ".join(" + timeout(step.timeout) + ")");
}

void PythonSteps::operator()(const Terminate& step)
{
    out_.line(step.variable + ".terminate()");
}

void PythonSteps::operator()(const Kill& step)
{
    out_.line(step.variable + ".kill()");
}

void PythonSteps::operator()(const Close& step)
{
    out_.line(step.variable + ".close()");
}

void PythonSteps::operator()(const SetDaemon& step)
{
    const std::string object = step.variable.empty() ? currentProcess : step.variable;
    out_.line(object + ".daemon = " + (step.daemon ? "True" : "False"));
}

void PythonSteps::operator()(const SetStartMethod& step)
{
    imports_.insert("multiprocessing");
    const Method method = current_ == startMethodStep_ && options_.startMethod ? *options_.startMethod : step.method;
    out_.line("multiprocessing.set_start_method(" + pythonLiteral(methodName(method)) + ")");
}

void PythonSteps::operator()(const Exit& step)
{
    imports_.insert("sys");
    const bool bare = std::holds_alternative<std::monostate>(step.status);
    out_.line("sys.exit(" + (bare ? std::string() : operand(step.status)) + ")");
}

void PythonSteps::operator()(const OsExit& step)
{
    imports_.insert("os");
    out_.line("os._exit(" + std::to_string(step.status) + ")");
}

void PythonSteps::operator()(const Raise& step)
{
    if (step.message.empty())
        out_.line("raise " + step.type);
    else
        textCall("raise " + step.type + "(", step.message, text(step.message), {}, false);
}

void PythonSteps::operator()(const OnSignal& step)
{
    imports_.insert("signal");
    std::string action = "signal.SIG_DFL";
    if (step.action == OnSignal::Action::Ignore)
        action = "signal.SIG_IGN";
    else if (step.action == OnSignal::Action::Call)
        action = "lambda number, frame: " + step.function + "()";
    out_.list("signal.signal(", {"signal." + step.signal.name(), action}, ")", true);
}

void PythonSteps::operator()(const SendSignal& step)
{
    imports_.insert("os");
    imports_.insert("signal");
    std::string pid = "os.getpid()";
    if (step.to == SendSignal::To::Parent)
        pid = "os.getppid()";
    else if (step.to == SendSignal::To::Process)
        pid = step.variable + ".pid";
    out_.line("os.kill(" + pid + ", signal." + step.signal.name() + ")");
}

void PythonSteps::operator()(const OpenFile& step)
{
    out_.list(step.variable + " = open(", {text(step.path), step.append ? "\"a\"" : "\"w\"", "encoding=\"utf-8\""}, ")",
        true);
}

void PythonSteps::operator()(const WriteFile& step)
{
    std::vector<std::string> more{"file=" + step.variable};
    if (step.flush)
        more.emplace_back("flush=True");
    textCall("print(", step.text, printed(step.text), more);
}

void PythonSteps::operator()(const CountLines& step)
{
    needsCountLines_ = true;
    out_.list(step.variable + " = count_lines(", {text(step.path)}, ")", false);
}

void PythonSteps::operator()(const MakeShared& step)
{
    const char* const kind = step.kind == MakeShared::Kind::Lock ? "Lock"
        : step.kind == MakeShared::Kind::Event                   ? "Event"
                                                                 : "Queue";
    out_.line(step.variable + " = " + context(step.context) + "." + kind + "()");
}

void PythonSteps::operator()(const Acquire& step)
{
    const std::string argument = step.timeout ? "timeout=" + timeout(step.timeout) : std::string();
    out_.line((step.result.empty() ? "" : step.result + " = ") + step.lock + ".acquire(" + argument + ")");
}

void PythonSteps::operator()(const Release& step)
{
    out_.line(step.lock + ".release()");
}

void PythonSteps::operator()(const SetEvent& step)
{
    out_.line(step.event + ".set()");
}

void PythonSteps::operator()(const WaitEvent& step)
{
    out_.line((step.result.empty() ? "" : step.result + " = ") + step.event + ".wait(" + timeout(step.timeout) + ")");
}

void PythonSteps::operator()(const Put& step)
{
    out_.list(step.queue + ".put(", {operand(step.value)}, ")", false);
}

void PythonSteps::operator()(const Get& step)
{
    out_.line((step.result.empty() ? "" : step.result + " = ") + step.queue + ".get()");
}

void PythonSteps::operator()(const RunCommand& step)
{
    imports_.insert("subprocess");
    std::vector<std::string> words;
    for (const Text& word : step.argv)
        words.push_back(text(word));
    out_.list("subprocess.Popen([", words, "])", true);
}

} // namespace daemonscope::scenario
