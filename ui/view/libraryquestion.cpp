// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/libraryquestion.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/librarybutton.h"
#include "ui/view/librarylabel.h"
#include "ui/view/librarytext.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QResizeEvent>
#include <QTextDocument>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
constexpr int kCardLeft = 52; ///< where words begin, right of the number
constexpr int kMostAnswer = 220;
constexpr double kCardNumberRadius = 13;
} // namespace

LibraryQuestion::LibraryQuestion(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
    , question_(libraryLabel({}, Type::PanelTitle, theme.text, true))
    , watch_(libraryLabel({}, Type::Secondary, theme.secondaryText, true))
    , answerButton_(new LibraryButton(QStringLiteral("Show &answer"), theme))
    , dismiss_(new LibraryButton(QStringLiteral("Dismiss"), theme))
    , answer_(new LibraryText(theme))
{
    setObjectName(QStringLiteral("lessonCard"));
    question_->setObjectName(QStringLiteral("lessonCard.question"));
    watch_->setObjectName(QStringLiteral("lessonCard.watch"));
    answerButton_->setObjectName(QStringLiteral("lessonCard.showAnswer"));
    dismiss_->setObjectName(QStringLiteral("lessonCard.dismiss"));
    dismiss_->setAccessibleName(QStringLiteral("Dismiss the question"));
    dismiss_->setToolTip(QStringLiteral("Put the question away until another lesson runs"));
    answer_->setObjectName(QStringLiteral("lessonCard.answer"));
    answer_->setAccessibleName(QStringLiteral("The answer, and why it is so"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kCardLeft, 10, 10, 10);
    column->setSpacing(8);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(question_);
    words->addWidget(watch_);
    row->addLayout(words, 1);
    row->addWidget(answerButton_, 0, Qt::AlignTop);
    row->addWidget(dismiss_, 0, Qt::AlignTop);
    column->addLayout(row);
    column->addWidget(answer_);
    connect(answerButton_, &QAbstractButton::clicked, this, [this] { showAnswer(!answerShown()); });
    connect(dismiss_, &QAbstractButton::clicked, this, [this] {
        away_ = true;
        hide();
    });
    clear();
}

void LibraryQuestion::begin(const LibraryLesson& lesson, bool again)
{
    if (!again || lesson.name != name_)
        away_ = false;
    name_ = lesson.name;
    number_ = lesson.number;
    question_->setText(lesson.question);
    watch_->setText(lesson.watch);
    watch_->setVisible(!lesson.watch.isEmpty());
    answer_->showMarkdown(fullAnswer(lesson));
    answerButton_->hide();
    showAnswer(false);
    setAccessibleName(QStringLiteral("Question of lesson %1: %2").arg(number_).arg(lesson.question));
    setAccessibleDescription(lesson.watch);
    setVisible(!away_);
    update();
}

void LibraryQuestion::end()
{
    answerButton_->setVisible(!name_.isEmpty() && !answer_->toPlainText().isEmpty());
}

void LibraryQuestion::clear()
{
    name_.clear();
    away_ = false;
    answerButton_->hide();
    showAnswer(false);
    hide();
}

bool LibraryQuestion::answerShown() const
{
    return !answer_->isHidden();
}

void LibraryQuestion::showAnswer(bool shown)
{
    answer_->setVisible(shown);
    answerButton_->setText(shown ? QStringLiteral("Hide &answer") : QStringLiteral("Show &answer"));
    answerButton_->setAccessibleName(shown ? QStringLiteral("Hide the answer") : QStringLiteral("Show the answer"));
    answerButton_->updateGeometry();
    fitAnswer();
}

void LibraryQuestion::fitAnswer()
{
    // As high as its words, as far as the panes can spare it.
    QTextDocument& words = *answer_->document();
    words.setTextWidth(std::max(1, width() - kCardLeft - 10));
    answer_->setFixedHeight(std::min(kMostAnswer, static_cast<int>(std::ceil(words.size().height()))));
}

void LibraryQuestion::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fitAnswer();
    Q_EMIT spaceChanged();
}

void LibraryQuestion::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    Q_EMIT spaceChanged();
}

void LibraryQuestion::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    Q_EMIT spaceChanged();
}

void LibraryQuestion::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintPanelFrame(painter, QRectF(rect()), {}, {}, theme_);
    const double middle = 10 + 16; // of the row with the buttons
    paintNumberDisc(painter, number_, QPointF(26, middle), kCardNumberRadius, theme_, false);
}

} // namespace daemonscope
