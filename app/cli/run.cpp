// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/desktop.h"
#include "cli/lessonrun.h"
#include "cli/reportsource.h"
#include "commandline.h"
#include "ui/picture/picture.h"
#include "ui/theme/theme.h"
#include "ui/window/mainwindow.h"

#include <CLI/CLI.hpp>

#include <QFileInfo>
#include <QSettings>
#include <QTimer>

#include <algorithm>
#include <iostream>
#include <memory>
#include <variant>

namespace daemonscope::cli {

namespace {
struct RunOptions {
    LessonOptions lesson;
    scenario::Lesson told; ///< the lesson; without a name for another program
    std::string folder;    ///< where the program runs; empty: here
    std::vector<std::string> program;
    std::string file;
    std::string python;
    std::string output = "lines";
    std::string theme = "light";
    std::string color = "auto"; ///< of the report
    std::string picture;
    bool overwrite = false;
    bool ptrace = true;
    int sampleRate = 1;
    bool headless = false;
};

RunRequest requestOf(const RunOptions& options)
{
    RunRequest request;
    for (const std::string& word : options.program)
        request.program << QString::fromLocal8Bit(word.data(), static_cast<qsizetype>(word.size()));
    request.python = QString::fromStdString(options.python);
    request.file = QString::fromStdString(options.file);
    request.folder = QString::fromStdString(options.folder);
    request.lesson = QString::fromStdString(options.told.name);
    request.overwrite = options.overwrite;
    request.ptrace = options.ptrace;
    request.sampleRate = options.sampleRate;
    request.output = QString::fromStdString(options.output);
    return request;
}

/// "daemonscope-<program or lesson>.<pid>.png" beside the recording; in the working directory if that is a temporary
/// one.
QString pictureName(const RunOptions& options, const ProcessTree& tree)
{
    const bool module = options.program.front() == "-m" && options.program.size() > 1;
    const std::string& named = options.told.name.empty() ? options.program[module ? 1 : 0] : options.told.name;
    const QString program = QFileInfo(QString::fromStdString(named)).fileName();
    const int pid = tree.size() > 0 ? tree.at(0).id.pid : 0;
    const QString folder =
        options.file.empty() ? QStringLiteral(".") : QFileInfo(QString::fromStdString(options.file)).path();
    const QString name = QStringLiteral("daemonscope-%1.%2.png").arg(program).arg(pid);
    return QFileInfo(folder + QLatin1Char('/') + name).absoluteFilePath();
}

int runHeadless(const RunOptions& options, const Theme& theme)
{
    EndRequests requests;
    const auto application = makeApplication(theme, true);
    MainWindow window(theme);
    window.show();
    int status = 0;
    QObject::connect(&window, &MainWindow::runFailed, application.get(), [&](const QString& sentence) {
        status = fail(sentence.toStdString());
        QApplication::exit(status);
    });
    // Not quit(), which would ask the window whether it may close.
    QObject::connect(
        &window, &MainWindow::recordingEnded, application.get(), [] { QApplication::exit(0); }, Qt::QueuedConnection);
    // What a window has on the lesson's card: before the run the question, after it the answer.
    if (const Outcome asked = print(beforeTheRun(options.told)); !asked.ok())
        return fail(asked.error().message);
    if (const Outcome started = window.run(requestOf(options)); !started.ok())
        return fail(started.error().message);
    // The recording ends with the program, and what was seen until then is told.
    requests.watch([&window] {
        // Before there is a recorder to ask, there is nothing to tell either.
        if (!window.recorder().stop().ok())
            QApplication::exit(0);
    });
    QApplication::exec();
    if (status != 0)
        return status;
    if (const QString message = window.message(); !message.isEmpty())
        std::cerr << "daemonscope: " << message.toStdString() << '\n';
    const ProcessTree& tree = window.feed().tree();
    if (const Outcome printed = print(textReport(tree, textOptions(options.color))); !printed.ok())
        return fail(printed.error().message);
    const QString picture =
        options.picture.empty() ? pictureName(options, tree) : QString::fromStdString(options.picture);
    if (const Outcome saved = savePicture(window, picture); !saved.ok())
        return fail(saved.error().message);
    std::string ending = afterTheRun(options.told) + "\nA picture of the window: " + picture.toStdString() + "\n";
    if (!options.file.empty())
        ending += "The recording: " + options.file + "\n";
    const Outcome printed = print(ending);
    return printed.ok() ? requests.exitStatus() : fail(printed.error().message);
}

int runInWindow(const RunOptions& options, const Theme& theme)
{
    EndRequests requests;
    const auto application = makeApplication(theme, false);
    MainWindow window(theme);
    window.useSettings(personalSettings());
    window.show();
    // An error is shown in the window, from which another program can be run.
    [[maybe_unused]] const Outcome started = window.run(requestOf(options));
    requests.watch([&window] {
        window.closeUnasked();
        QApplication::quit();
    });
    const int status = QApplication::exec();
    return requests.exitStatus() != 0 ? requests.exitStatus() : status;
}

int usage(const std::string& message)
{
    fail(message + "; see daemonscope run --help");
    return kUsageError;
}

int runProgram(RunOptions options)
{
    std::variant<ToldFailure, ReadyLesson> prepared; // its files live until the window is gone
    if (options.lesson.any()) {
        if (!options.program.empty() && !options.lesson.lesson.empty())
            return usage("a lesson brings its own program; leave out '" + options.program.back() + "'");
        prepared = prepareLesson(options.lesson);
        if (const auto* failure = std::get_if<ToldFailure>(&prepared))
            return failure->exitStatus;
        options.program = std::get<ReadyLesson>(prepared).command.argv;
        options.told = std::get<ReadyLesson>(prepared).lesson;
        options.folder = std::get<ReadyLesson>(prepared).command.folder.path();
    }
    if (!options.program.empty() && options.program.front() == "--")
        options.program.erase(options.program.begin());
    else if (!options.program.empty() && options.program.front().starts_with('-') && options.program.front() != "-m")
        return usage("unknown option '" + options.program.front() + "'");
    if (options.program.empty())
        return usage("there is no program to run; say one, as in: daemonscope run script.py");
    if (options.program.front() == "-m" && options.program.size() == 1)
        return usage("-m needs the name of a module, as in: daemonscope run -m http.server");
    if (options.output == "inherit")
        return usage(
            "run shows what the program prints, which it could not with --output=inherit; use daemonscope record");
    if (options.output != "lines" && options.output != "pipe" && options.output != "pty")
        return usage("--output: '" + options.output + "' is not lines, pipe or pty");
    const Theme* theme = themeNamed(options.theme);
    if (!theme)
        return usage("there is no theme '" + options.theme + "', only light and dark");
    if (!options.picture.empty() && !pictureFormat(QString::fromStdString(options.picture)))
        return usage("the picture's name has to end in .png, .svg or .pdf");
    if (options.headless || !hasDisplay())
        return runHeadless(options, *theme);
    return runInWindow(options, *theme);
}

void addOptions(CLI::App& command, RunOptions& options)
{
    command.prefix_command();
    addLessonOptions(command, options.lesson);
    command.add_option("-o,--output-file", options.file, "Keep the recording in this file (default: a temporary one)")
        ->type_name("FILE");
    command.add_flag("--force", options.overwrite, "Overwrite an existing recording");
    command.add_option("--python", options.python, "The interpreter for a PROGRAM that ends in .py and for -m MODULE")
        ->type_name("PATH");
    command
        .add_option("--output", options.output,
            "How the program's output is captured: lines (written line by line, as on a terminal), pipe (as into a "
            "pipe), pty (a terminal of its own, for interactive and full-screen programs: what is typed in the "
            "terminal "
            "of this command goes there, and what is printed is shown here, too; who wrote what is not known then)")
        ->type_name("lines|pipe|pty")
        ->capture_default_str();
    command.add_flag("!--no-ptrace", options.ptrace,
        "Do not use ptrace: signals and who sent them are not seen, and set-uid programs keep their rights");
    command
        .add_option("--sample-rate", options.sampleRate,
            "How many times a second the CPU time and the memory of every process are looked at; 0: never")
        ->type_name("N")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    command.add_option("--theme", options.theme, "light or dark")->type_name("light|dark");
    addColorOption(command, options.color);
    command.add_flag("--headless", options.headless, "Work offscreen even if there is a display");
    command
        .add_option("--screenshot", options.picture,
            "Where the picture goes when offscreen (default: daemonscope-<program>.<pid>.png beside the "
            "recording, or in the working directory)")
        ->type_name("PATH");
}

} // namespace

int runWords(std::vector<std::string> words)
{
    CLI::App command{
        "Runs PROGRAM and shows its processes live in a window. Without a display, or with --headless, the "
        "same is done offscreen: PROGRAM runs to its end, then the tree, the verdicts and the path of a "
        "picture of the window are printed. The exit status is 0 unless daemonscope itself failed (125), "
        "however PROGRAM ends.",
        "daemonscope run"};
    setUsage(command,
        "Usage: daemonscope run [OPTIONS] [--] PROGRAM [ARG...]\n"
        "       daemonscope run [OPTIONS] -m MODULE [ARG...]\n"
        "       daemonscope run [OPTIONS] --lesson NAME");
    RunOptions options;
    addOptions(command, options);
    try {
        // CLI11 takes the words from the back.
        std::reverse(words.begin(), words.end());
        command.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return command.exit(error) == 0 ? 0 : kUsageError;
    }
    options.program = command.remaining();
    return runProgram(std::move(options));
}

/// Only for the list of subcommands: main() calls runWords() before any other parsing, so that options of PROGRAM stay
/// PROGRAM's.
void addRun(CLI::App& app, Action& /*chosen*/)
{
    app.add_subcommand("run", "Run PROGRAM and watch its processes live in a window");
}

} // namespace daemonscope::cli
