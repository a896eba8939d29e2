// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/librarylesson.h"

#include <QWidget>

class QAction;
class QBoxLayout;
class QLabel;
class QListView;
class QModelIndex;
class QStackedWidget;

namespace daemonscope {

class LibraryFile;
class LibraryModel;
class LibraryPreview;
class LibraryRecent;
class Panel;
struct Theme;

/// The page on which the window opens: lessons and recent recordings, and beside them the one that is looked at. Enter
/// or a double click runs a lesson and opens a recording. Both models must outlive it.
class LibraryView : public QWidget {
    Q_OBJECT
public:
    LibraryView(LibraryModel& lessons, LibraryRecent& recent, const Theme& theme, QWidget* parent = nullptr);

    /// Puts a button for an action of the window to the head of the page.
    void addButton(QAction& action);
    /// Looks at a lesson; nothing happens if there is none of this name.
    void select(const QString& lesson);
    /// Gives the keyboard to the list that is looked at.
    void takeFocus();
    /// Says why there are no lessons: one sentence.
    void setProblem(const QString& sentence);
    [[nodiscard]] LibraryPreview& preview() { return *preview_; }

Q_SIGNALS:
    void shown();
    void runRequested(const daemonscope::LessonChoice& choice);
    void openRequested(const QString& path);

protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildHead();
    QWidget* buildLists();
    void connectLists();
    void orderStops();
    void showLesson(const QModelIndex& index);
    void showRecording(const QModelIndex& index);
    void lessonsChanged();
    void recentChanged();

    const Theme& theme_;
    LibraryModel& lessons_;
    LibraryRecent& recent_;
    QBoxLayout* buttons_ = nullptr;
    QListView* lessonList_;
    QListView* recentList_;
    Panel* lessonPanel_;
    Panel* recentPanel_;
    QLabel* noLessons_;
    QLabel* noRecent_;
    QStackedWidget* pages_;
    QLabel* nothing_;
    LibraryPreview* preview_;
    LibraryFile* file_;
    QString shownPath_; ///< of the recording that is looked at
};

} // namespace daemonscope
