// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/libraryprogram.h"

#include "scenario/cppwriter.h"
#include "scenario/lessoncommand.h"
#include "scenario/pythonwriter.h"
#include "scenario/reader.h"

#include <QFile>

namespace daemonscope {

namespace {
/// What a scenario may have (docs/scenario-format.md), and a little, so that the reader can say that it is too much.
constexpr qint64 kMostScenarioBytes = 256 * 1024 + 1;
} // namespace

LibraryProgram programOf(const LibraryLesson& lesson, const QString& startMethod)
{
    LibraryProgram program;
    QFile file(lesson.scenarioFile);
    if (!file.open(QIODevice::ReadOnly)) {
        program.error =
            QStringLiteral("The program '%1' cannot be read: %2").arg(lesson.scenarioFile, file.errorString());
        return program;
    }
    const QByteArray text = file.read(kMostScenarioBytes);
    program.yaml = QString::fromUtf8(text);
    const Result<scenario::Scenario> read = scenario::readScenario(
        {text.constData(), static_cast<std::size_t>(text.size())}, lesson.scenarioFile.toStdString());
    if (!read.ok()) {
        program.error = QString::fromStdString(read.error().message);
        return program;
    }
    const scenario::WriteOptions options{scenario::methodNamed(startMethod.toStdString())};
    program.python = QString::fromStdString(scenario::writePython(read.value(), options).text);
    program.cpp = QString::fromStdString(scenario::writeCpp(read.value(), options).text);
    return program;
}

} // namespace daemonscope
