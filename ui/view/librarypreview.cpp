// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/librarypreview.h"

#include "ui/model/libraryprogram.h"
#include "ui/theme/theme.h"
#include "ui/view/librarybutton.h"
#include "ui/view/librarycode.h"
#include "ui/view/librarylabel.h"
#include "ui/view/librarytext.h"
#include "ui/view/segmentbutton.h"

#include <QButtonGroup>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace daemonscope {

namespace {
constexpr int kPreviewMargin = 20;

constexpr std::array kEngines{LessonEngine::Native, LessonEngine::Python};
constexpr std::array kMethods{"fork", "spawn", "forkserver"};
} // namespace

LibraryPreview::LibraryPreview(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
    , title_(libraryLabel({}, Type::BodyBold, theme.secondaryText))
    , question_(libraryLabel({}, Type::Title, theme.text, true))
    , engineGroup_(new QButtonGroup(this))
    , methodGroup_(new QButtonGroup(this))
    , duration_(libraryLabel({}, Type::Secondary, theme.secondaryText))
    , run_(new LibraryButton(QStringLiteral("Run"), theme, true))
    , watchBox_(new QFrame)
    , watch_(libraryLabel({}, Type::Body, theme.text, true))
    , answerButton_(new LibraryButton({}, theme))
    , answer_(new LibraryText(theme))
    , code_(new LibraryCode(theme))
{
    setObjectName(QStringLiteral("library.preview"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kPreviewMargin, 16, kPreviewMargin, kPreviewMargin);
    column->setSpacing(14);
    auto* head = new QWidget;
    buildHead(*head);
    column->addWidget(head);
    auto* line = new QFrame;
    line->setFixedHeight(1);
    line->setStyleSheet(QStringLiteral("background: %1;").arg(theme.grid.name()));
    column->addWidget(line);
    auto* words = new QWidget;
    buildWords(*words);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(16);
    split->setChildrenCollapsible(false);
    split->addWidget(words);
    split->addWidget(code_);
    split->setSizes({400, 560});
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    column->addWidget(split, 1);

    connect(run_, &QAbstractButton::clicked, this, [this] { Q_EMIT runRequested(choice_); });
    connect(answerButton_, &QAbstractButton::clicked, this, [this] { showAnswer(answer_->isHidden()); });
    connect(engineGroup_, &QButtonGroup::idToggled, this, [this](int id, bool checked) {
        if (checked)
            choice_.engine = wish_.engine = static_cast<LessonEngine>(id);
    });
    connect(methodGroup_, &QButtonGroup::buttonToggled, this, [this](QAbstractButton* button, bool checked) {
        if (!checked)
            return;
        choice_.startMethod = wish_.startMethod = button->text();
        showProgram();
    });
}

void LibraryPreview::buildHead(QWidget& head)
{
    auto* column = new QVBoxLayout(&head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kMargin);
    auto* left = new QVBoxLayout;
    left->setSpacing(4);
    title_->setObjectName(QStringLiteral("library.title"));
    question_->setObjectName(QStringLiteral("library.question"));
    left->addWidget(title_);
    left->addWidget(question_);
    row->addLayout(left, 1);

    run_->setObjectName(QStringLiteral("library.run"));
    run_->setGlyph(Glyph::Play);
    run_->setMinimumWidth(108);
    run_->setToolTip(QStringLiteral("Run the lesson and watch its processes (Enter in the list)"));
    row->addWidget(run_, 0, Qt::AlignTop);
    column->addLayout(row);
    column->addLayout(buildOptions());
}

QLayout* LibraryPreview::buildOptions()
{
    // All that there are, once: which of them a lesson offers is shown and hidden, so that the order of the keyboard
    // stays.
    auto* options = new QHBoxLayout;
    options->setSpacing(0);
    const auto addWord = [&](const QString& word) {
        options->addWidget(libraryLabel(word, Type::Secondary, theme_.secondaryText));
        options->addSpacing(8);
    };
    const auto add = [&](QButtonGroup& group, const QString& word, const QString& name, const QString& spoken, int id) {
        auto* button = new SegmentButton(word, theme_, this);
        button->setObjectName(name);
        button->setAccessibleName(spoken.arg(word));
        group.addButton(button, id);
        options->addWidget(button);
    };
    addWord(QStringLiteral("Run by"));
    for (const LessonEngine engine : kEngines) {
        const bool native = engine == LessonEngine::Native;
        add(*engineGroup_, engineText(engine),
            native ? QStringLiteral("library.engine.native") : QStringLiteral("library.engine.python"),
            QStringLiteral("Run by: %1"), static_cast<int>(engine));
    }
    options->addSpacing(24);
    addWord(QStringLiteral("Start method"));
    int id = 0;
    for (const char* method : kMethods) {
        add(*methodGroup_, QLatin1String(method), QStringLiteral("library.method.") + QLatin1String(method),
            QStringLiteral("Start method: %1"), id++);
    }
    options->addStretch(1);
    duration_->setObjectName(QStringLiteral("library.duration"));
    options->addWidget(duration_);
    return options;
}

void LibraryPreview::buildWords(QWidget& words)
{
    auto* column = new QVBoxLayout(&words);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(14);
    watchBox_->setObjectName(QStringLiteral("library.watchBox"));
    watchBox_->setStyleSheet(QStringLiteral("QFrame#library\\.watchBox { background: %1; border-radius: %2px; }")
                                 .arg(theme_.noteGround.name())
                                 .arg(space::kPaneRadius));
    auto* box = new QVBoxLayout(watchBox_);
    box->setContentsMargins(14, 10, 14, 12);
    box->setSpacing(4);
    box->addWidget(libraryLabel(QStringLiteral("What to watch"), Type::SecondaryBold, theme_.secondaryText));
    watch_->setObjectName(QStringLiteral("library.watch"));
    box->addWidget(watch_);
    column->addWidget(watchBox_);
    answerButton_->setObjectName(QStringLiteral("library.showAnswer"));
    answerButton_->setToolTip(QStringLiteral("The run answers the question; here it is in words, and why it is so"));
    column->addWidget(answerButton_, 0, Qt::AlignLeft);
    answer_->setObjectName(QStringLiteral("library.answer"));
    answer_->setAccessibleName(QStringLiteral("The answer, and why it is so"));
    column->addWidget(answer_, 1);
    column->addStretch(0); // takes the room of an answer that is not shown
    words.setMinimumWidth(240);
    code_->setMinimumWidth(260);
}

void LibraryPreview::showAnswer(bool shown)
{
    answer_->setVisible(shown);
    answerButton_->setText(shown ? QStringLiteral("Hide &answer") : QStringLiteral("Show &answer"));
    answerButton_->setAccessibleName(shown ? QStringLiteral("Hide the answer") : QStringLiteral("Show the answer"));
    answerButton_->updateGeometry();
}

void LibraryPreview::setLesson(const LibraryLesson& lesson)
{
    // The same lesson read anew keeps what the person has asked for.
    const bool answered = lesson.name == lesson_.name && !answer_->isHidden();
    lesson_ = lesson;
    choice_ = nearestChoice(lesson, wish_);
    title_->setText(QStringLiteral("Lesson %1   %2").arg(lesson.number).arg(lesson.title));
    question_->setText(lesson.question);
    run_->setAccessibleName(QStringLiteral("Run lesson %1, %2").arg(lesson.number).arg(lesson.title));
    duration_->setText(lesson.duration.isEmpty() ? QString() : QStringLiteral("Takes %1").arg(lesson.duration));
    watch_->setText(lesson.watch);
    watchBox_->setVisible(!lesson.watch.isEmpty());
    answer_->showMarkdown(fullAnswer(lesson));
    showAnswer(answered);
    fillOptions();
    showProgram();
}

void LibraryPreview::showProgram()
{
    // What is read is what would run.
    code_->setProgram(programOf(lesson_, choice_.startMethod));
}

void LibraryPreview::choose(const LessonChoice& choice)
{
    wish_ = choice;
    choice_ = nearestChoice(lesson_, wish_);
    fillOptions();
    showProgram();
}

QList<QWidget*> LibraryPreview::stops() const
{
    QList<QWidget*> list;
    for (const QButtonGroup* group : {engineGroup_, methodGroup_}) {
        for (QAbstractButton* button : group->buttons())
            list << button;
    }
    return list << run_ << answerButton_ << answer_ << code_->stops();
}

void LibraryPreview::fillOptions()
{
    // Filling is no choice of the person's.
    const QSignalBlocker quietEngines(engineGroup_);
    const QSignalBlocker quietMethods(methodGroup_);
    const auto& engines = lesson_.engines;
    for (QAbstractButton* button : engineGroup_->buttons()) {
        const auto engine = static_cast<LessonEngine>(engineGroup_->id(button));
        button->setVisible(std::find(engines.begin(), engines.end(), engine) != engines.end());
        if (engine == choice_.engine)
            button->setChecked(true);
    }
    for (QAbstractButton* button : methodGroup_->buttons()) {
        button->setVisible(lesson_.startMethods.contains(button->text()));
        if (button->text() == choice_.startMethod)
            button->setChecked(true);
    }
}

} // namespace daemonscope
