// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/desktop.h"
#include "cli/lessonrun.h"
#include "cli/processname.h"
#include "cli/reportsource.h"
#include "ui/model/reproducible.h"
#include "ui/picture/picture.h"
#include "ui/theme/theme.h"
#include "ui/window/mainwindow.h"

#include <CLI/CLI.hpp>

#include <QEventLoop>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <variant>

namespace daemonscope::cli {

namespace {
constexpr int kMostPixels = 16384; ///< a side, of the picture
constexpr const char* kViews = "window, tree, diagram, timeline, output and inspector";

struct ShotOptions {
    std::string file;
    LessonOptions lesson;
    std::string output;
    std::string view = "window";
    std::string at = "end";
    std::string process;
    std::string size = "1440x1000";
    double scale = 1;
    std::string theme = "light";
    bool reproducible = false;
};

int wrongUse(const std::string& message)
{
    fail(message + "; see daemonscope screenshot --help");
    return kUsageError;
}

/// "2.5s" or "300ms" after the start; nothing if it is neither.
std::optional<EventTime> parseTime(const std::string& text)
{
    static const QRegularExpression pattern(QStringLiteral("^([0-9]{1,9}(?:\\.[0-9]{1,9})?)(s|ms)$"));
    const auto match = pattern.match(QString::fromStdString(text));
    if (!match.hasMatch())
        return std::nullopt;
    const double unitNs = match.captured(2) == QLatin1String("s") ? 1e9 : 1e6;
    const EventTime time(std::llround(match.captured(1).toDouble() * unitNs));
    // Times are shown rounded to 10 ms: one that is given so means all that is shown as it.
    constexpr std::chrono::milliseconds kShownUnit{10};
    return time % kShownUnit == EventTime{} ? time + kShownUnit / 2 - EventTime(1) : time;
}

std::optional<QSize> parseSize(const std::string& text)
{
    static const QRegularExpression pattern(QStringLiteral("^([0-9]{2,5})x([0-9]{2,5})$"));
    const auto match = pattern.match(QString::fromStdString(text));
    if (!match.hasMatch())
        return std::nullopt;
    const QSize size(match.captured(1).toInt(), match.captured(2).toInt());
    return size;
}

/// Runs the lesson to its end, which comes early if somebody asks for it. The recorder keeps the recording.
Outcome recordLesson(const ReadyLesson& lesson, RecorderProcess& recorder, EndRequests& requests)
{
    RunRequest request;
    for (const std::string& word : lesson.command.argv)
        request.program << QString::fromLocal8Bit(word.data(), static_cast<qsizetype>(word.size()));
    request.folder = QString::fromStdString(lesson.command.folder.path());
    request.lesson = QString::fromStdString(lesson.lesson.name);
    QString sentence;
    QObject::connect(&recorder, &RecorderProcess::failed, [&sentence](const QString& said) { sentence = said; });
    QEventLoop loop;
    QObject::connect(&recorder, &RecorderProcess::ended, &loop, &QEventLoop::quit);
    if (Outcome started = recorder.start(request); !started.ok())
        return started;
    requests.watch([&recorder] { [[maybe_unused]] const Outcome asked = recorder.stop(); });
    loop.exec();
    return sentence.isEmpty() ? Outcome(Done{}) : Outcome(Error{sentence.toStdString()});
}

/// What the picture shows, in words.
QString pictureTitle(const ShotOptions& options)
{
    const QString subject = options.lesson.any()
        ? QStringLiteral("lesson %1").arg(QString::fromStdString(options.lesson.lesson))
        : QFileInfo(QString::fromStdString(options.file)).fileName();
    return QStringLiteral("daemonscope: %1 of %2 at %3")
        .arg(QString::fromStdString(options.view), subject, QString::fromStdString(options.at));
}

int takePicture(ShotOptions options)
{
    if (options.file.empty() != options.lesson.any())
        return wrongUse("say either a recording or, with --lesson, a lesson");
    const Theme* theme = themeNamed(options.theme);
    if (!theme)
        return wrongUse("there is no theme '" + options.theme + "', only light and dark");
    const std::optional<QSize> size = parseSize(options.size);
    if (!size)
        return wrongUse("'" + options.size + "' is not a size; write it as in 1440x1000");
    const std::optional<EventTime> at = parseTime(options.at);
    if (!at && options.at != "end")
        return wrongUse("'" + options.at + "' is not a time; write 2.5s, 300ms or end");
    if (options.scale < 0.5 || options.scale > 8)
        return wrongUse("the scale has to be between 0.5 and 8");
    if (std::max(size->width(), size->height()) * options.scale > kMostPixels)
        return wrongUse("the picture would be larger than " + std::to_string(kMostPixels) + " pixels a side");
    const QString output = QString::fromStdString(options.output);
    const std::optional<PictureFormat> format = pictureFormat(output);
    if (!format)
        return wrongUse("the picture's name has to end in .png, .svg or .pdf");

    std::variant<ToldFailure, ReadyLesson> prepared; // its files live until the run has ended
    std::optional<EndRequests> requests;
    if (options.lesson.any()) {
        requests.emplace();
        prepared = prepareLesson(options.lesson);
        if (const auto* failure = std::get_if<ToldFailure>(&prepared))
            return failure->exitStatus;
    }
    const auto application = makeApplication(*theme, true, *format == PictureFormat::Png ? options.scale : 1);
    RecorderProcess recorder;
    MainWindow window(*theme);
    QWidget* part = window.part(QString::fromStdString(options.view));
    if (!part)
        return wrongUse("there is no view '" + options.view + "'; there are " + std::string(kViews));
    // The inspector and the diagram are drawn by themselves: in the window they have little room.
    const bool alone = options.view == "inspector" || options.view == "diagram";
    QWidget& sized = options.view == "inspector" ? *window.takeInspector() : alone ? *part : window;
    sized.resize(*size);
    sized.show();
    QApplication::processEvents();
    if (sized.size() != *size) {
        const QSize least = sized.minimumSizeHint();
        return wrongUse("the " + std::string(alone ? options.view : "window") + " does not get smaller than "
            + std::to_string(least.width()) + "x" + std::to_string(least.height()));
    }
    if (options.lesson.any()) {
        if (const Outcome recorded = recordLesson(std::get<ReadyLesson>(prepared), recorder, *requests); !recorded.ok())
            return fail(recorded.error().message);
        if (requests->exitStatus() != 0)
            return requests->exitStatus();
        options.file = recorder.recordingPath().toStdString();
    }
    // A window tells that there is nothing to see in it; a picture of it would be taken for one of the program.
    if (const Outcome readable = checkRecording(options.file); !readable.ok())
        return fail(readable.error().message);
    if (options.reproducible)
        window.feed().setTransform(Reproducible::of(options.file));
    if (const Outcome opened = window.openWhole(QString::fromStdString(options.file)); !opened.ok())
        return fail(opened.error().message);
    // What is wrong with the recording is said in the picture's window, which may not be in the picture.
    if (const QString note = window.message(); !note.isEmpty())
        std::cerr << "daemonscope: note: " << note.toStdString() << '\n';
    if (!options.process.empty()) {
        const Result<ProcessIndex> found = findProcess(window.feed().tree(), options.process);
        if (!found.ok())
            return fail(found.error().message);
        window.state().select(window.feed().tree().at(found.value()).foldedInto.value_or(found.value()));
    }
    if (at)
        window.state().setTime(std::min(window.feed().now(), window.feed().tree().start() + *at));
    const Outcome saved = savePicture(
        *part, output, {.scale = options.scale, .title = pictureTitle(options), .reproducible = options.reproducible});
    return saved.ok() ? 0 : fail(saved.error().message);
}
} // namespace

void addScreenshot(CLI::App& app, Action& chosen)
{
    CLI::App* const command =
        app.add_subcommand("screenshot", "Make a picture of a recording or a lesson; needs no display");
    const auto options = std::make_shared<ShotOptions>();
    command->add_option("FILE", options->file, "The recording");
    addLessonOptions(*command, options->lesson);
    command->add_option("-o,--output-file", options->output, "The picture to write: .png, .svg or .pdf")
        ->required()
        ->type_name("OUT");
    command->add_option("--view", options->view, "What of the window")
        ->type_name("window|tree|diagram|timeline|output|inspector");
    command->add_option("--at", options->at, "The moment to show: 2.5s, 300ms, or end")->type_name("TIME");
    command
        ->add_option("--process", options->process,
            "The process to select, and of which the inspector tells: its name, or its id in the report")
        ->check(CLI::Validator(&processNameComplaint, ""))
        ->type_name("NAME|ID");
    command->add_option("--size", options->size, "The size of the window, or of the inspector or diagram alone")
        ->type_name("WxH");
    command->add_option("--scale", options->scale, "Device pixels for each pixel")->type_name("N");
    command->add_option("--theme", options->theme, "light or dark")->type_name("light|dark");
    command->add_flag("--reproducible", options->reproducible,
        "Number pids 1000, 1001 ... and round times to 0.1 s, so that two runs give the same picture");
    command->callback([options, &chosen] { chosen = [options] { return takePicture(*options); }; });
}

} // namespace daemonscope::cli
