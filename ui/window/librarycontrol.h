// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenario/lessoncommand.h"
#include "ui/model/librarylesson.h"
#include "ui/window/recorderprocess.h"

#include <QObject>

class QSettings;

namespace daemonscope {

class LibraryModel;
class LibraryQuestion;
class LibraryRecent;
class LibraryView;
struct Theme;

/// The library's part of the window: reads the lessons when they are first looked at, makes a lesson's program when it
/// is to run, and keeps the card with its question in step with the run. GUI thread.
class LibraryControl : public QObject {
    Q_OBJECT
public:
    /// The view and the card belong to whoever puts them into a layout, and must not outlive this.
    explicit LibraryControl(const Theme& theme, QObject* parent = nullptr);
    ~LibraryControl() override;

    [[nodiscard]] LibraryView& view() { return *view_; }
    [[nodiscard]] LibraryQuestion& card() { return *card_; }
    [[nodiscard]] LibraryModel& lessons() { return *model_; }
    [[nodiscard]] LibraryRecent& recent() { return *recent_; }
    /// Reads the lessons of this folder in place of those that came with the program.
    void useFolder(const QString& folder);
    /// A run begins; the lesson's name is empty if it is of another program.
    void runBegins(const QString& lesson);
    /// Runs the lesson once more, if it was the library that ran it last; whether it was. It starts anew, without the
    /// files that the run before has written.
    bool runAgain(const QString& lesson);
    /// A recording that is no run's is looked at, or the run's has ended.
    void otherRecording();
    void runEnded();

Q_SIGNALS:
    void runRequested(const daemonscope::RunRequest& request);
    void openRequested(const QString& path);
    /// Why a lesson cannot be run: one sentence.
    void problem(const QString& sentence);

private:
    void load();
    void start(const LessonChoice& choice);
    void request(const LessonChoice& choice);

    QString folder_;
    bool loaded_ = false;
    bool fresh_ = false;                 ///< the run that begins next was chosen in the library just now
    bool requesting_ = false;            ///< the run that begins next is the library's
    std::optional<LessonChoice> choice_; ///< of the last run, if that was the library's
    std::vector<scenario::Lesson> lessons_;
    std::optional<scenario::LessonCommand> command_; ///< of the last run; its files are needed while that runs
    LibraryModel* model_;
    LibraryRecent* recent_;
    LibraryView* view_;
    LibraryQuestion* card_;
};

} // namespace daemonscope
