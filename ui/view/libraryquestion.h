// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/librarylesson.h"

#include <QWidget>

class QLabel;

namespace daemonscope {

class LibraryButton;
class LibraryText;
struct Theme;

/// A slim card above the panes while a lesson runs: its question and what to watch. When the run has ended, it offers
/// the answer. It can be put away.
class LibraryQuestion : public QWidget {
    Q_OBJECT
public:
    explicit LibraryQuestion(const Theme& theme, QWidget* parent = nullptr);

    /// Another run of a lesson begins. A card that was put away stays away while the same lesson runs again, unless
    /// `again` is false.
    void begin(const LibraryLesson& lesson, bool again);
    /// The run has ended: the answer may be seen.
    void end();
    /// There is no lesson: the card goes.
    void clear();
    [[nodiscard]] bool answerShown() const;

Q_SIGNALS:
    /// It came, went, or takes another height: the panes below have more or less room.
    void spaceChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void showAnswer(bool shown);
    void fitAnswer();

    const Theme& theme_;
    QString name_;
    int number_ = 0;
    bool away_ = false;
    QLabel* question_;
    QLabel* watch_;
    LibraryButton* answerButton_;
    LibraryButton* dismiss_;
    LibraryText* answer_;
};

} // namespace daemonscope
