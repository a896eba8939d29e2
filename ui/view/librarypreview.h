// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/librarylesson.h"

#include <QWidget>

class QButtonGroup;
class QFrame;
class QLabel;
class QLayout;

namespace daemonscope {

class LibraryButton;
class LibraryCode;
class LibraryText;
struct Theme;

/// One lesson before its run: its question, what to watch, how it can be run, and its program. The answer is told when
/// asked for only.
class LibraryPreview : public QWidget {
    Q_OBJECT
public:
    explicit LibraryPreview(const Theme& theme, QWidget* parent = nullptr);

    void setLesson(const LibraryLesson& lesson);
    [[nodiscard]] const QString& lesson() const { return choice_.lesson; }
    /// How the lesson would be run now. What the person chose is kept for the next lesson that offers it.
    [[nodiscard]] const LessonChoice& choice() const { return choice_; }
    void choose(const LessonChoice& choice);
    [[nodiscard]] LibraryButton& runButton() { return *run_; }
    /// What takes the keyboard, in the order in which it does.
    [[nodiscard]] QList<QWidget*> stops() const;
    [[nodiscard]] LibraryCode& code() { return *code_; }

Q_SIGNALS:
    void runRequested(const daemonscope::LessonChoice& choice);

private:
    void buildHead(QWidget& head);
    QLayout* buildOptions();
    void buildWords(QWidget& words);
    void fillOptions();
    void showAnswer(bool shown);
    void showProgram();

    const Theme& theme_;
    LibraryLesson lesson_;
    LessonChoice choice_;
    LessonChoice wish_; ///< what the person chose last
    QLabel* title_;
    QLabel* question_;
    QButtonGroup* engineGroup_;
    QButtonGroup* methodGroup_;
    QLabel* duration_;
    LibraryButton* run_;
    QFrame* watchBox_;
    QLabel* watch_;
    LibraryButton* answerButton_;
    LibraryText* answer_;
    LibraryCode* code_;
};

} // namespace daemonscope
