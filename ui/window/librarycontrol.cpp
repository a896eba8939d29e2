// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/librarycontrol.h"

#include "ui/model/librarymodel.h"
#include "ui/model/libraryrecent.h"
#include "ui/view/libraryquestion.h"
#include "ui/view/libraryview.h"

#include <algorithm>
#include <iterator>

namespace daemonscope {

LibraryControl::LibraryControl(const Theme& theme, QObject* parent)
    : QObject(parent)
    , model_(new LibraryModel(this))
    , recent_(new LibraryRecent(this))
    , view_(new LibraryView(*model_, *recent_, theme))
    , card_(new LibraryQuestion(theme))
{
    connect(view_, &LibraryView::shown, this, [this] {
        load();
        recent_->refresh();
    });
    connect(view_, &LibraryView::runRequested, this, &LibraryControl::start);
    connect(view_, &LibraryView::openRequested, this, &LibraryControl::openRequested);
}

LibraryControl::~LibraryControl() = default;

void LibraryControl::useFolder(const QString& folder)
{
    folder_ = folder;
    loaded_ = false;
    if (view_->isVisible())
        load();
}

void LibraryControl::load()
{
    if (loaded_)
        return;
    loaded_ = true;
    Result<std::vector<scenario::Lesson>> read =
        scenario::readLessons(folder_.isEmpty() ? scenario::lessonsFolder() : folder_.toStdString());
    lessons_.clear();
    if (read.ok())
        lessons_ = std::move(read).value();
    else
        view_->setProblem(QString::fromStdString(read.error().message));
    std::vector<LibraryLesson> shown;
    std::transform(lessons_.begin(), lessons_.end(), std::back_inserter(shown), &libraryLesson);
    model_->setLessons(std::move(shown));
}

void LibraryControl::start(const LessonChoice& choice)
{
    fresh_ = true;
    request(choice);
    fresh_ = false;
}

bool LibraryControl::runAgain(const QString& lesson)
{
    if (!choice_ || choice_->lesson != lesson)
        return false;
    request(LessonChoice(*choice_));
    return true;
}

void LibraryControl::request(const LessonChoice& choice)
{
    const scenario::Lesson* lesson = scenario::findLesson(lessons_, choice.lesson.toStdString());
    if (!lesson)
        return;
    Result<scenario::LessonCommand> made =
        scenario::lessonCommand(*lesson, {engineName(choice.engine), choice.startMethod.toStdString()});
    if (!made.ok()) {
        Q_EMIT problem(QString::fromStdString(made.error().message));
        return;
    }
    command_ = std::move(made).value();
    RunRequest wanted;
    for (const std::string& word : command_->argv)
        wanted.program << QString::fromStdString(word);
    wanted.folder = QString::fromStdString(command_->folder.path());
    wanted.folder = QString::fromStdString(command_->folder.path());
    wanted.lesson = choice.lesson;
    choice_ = choice;
    requesting_ = true;
    Q_EMIT runRequested(wanted);
    requesting_ = false;
}

void LibraryControl::runBegins(const QString& lesson)
{
    if (!requesting_)
        choice_.reset();
    if (!lesson.isEmpty())
        load();
    if (const LibraryLesson* found = model_->lesson(model_->indexOf(lesson)))
        card_->begin(*found, !fresh_);
    else
        card_->clear();
}

void LibraryControl::otherRecording()
{
    card_->clear();
}

void LibraryControl::runEnded()
{
    card_->end();
}

} // namespace daemonscope
