// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/recordingfeed.h"
#include "ui/model/viewstate.h"
#include "ui/window/recorderprocess.h"

#include <QMainWindow>

class QLabel;
class QSettings;

namespace daemonscope {

class GlyphButton;
class HeaderBar;
class InspectorPane;
class LibraryControl;
class OutputPanel;
class PanelSwitch;
class PaneSplit;
class Player;
class ProcessTreeModel;
class ProgramCommands;
class TimelineView;
class TreeCard;
class WhyPane;
struct Theme;
struct WindowActions;

/// The window: puts the panes together around one feed and one view state, and does what the actions say. Reads a
/// recording, whoever writes it.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// The theme must outlive the window.
    explicit MainWindow(const Theme& theme, QWidget* parent = nullptr);
    /// The same with a clock in place of the machine's, for tests and pictures.
    MainWindow(const Theme& theme, RecordingFeed::Clock clock, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Shows a recording and follows it while it grows. An error leaves the window as it was, and is shown in it.
    Outcome openRecording(const QString& path);
    /// Reads all of a finished recording before it returns, for pictures.
    Outcome openWhole(const QString& path);
    /// Runs a program and shows its recording as it grows, and the question of its lesson; the error is shown too.
    Outcome run(const RunRequest& request);
    /// Shows the library in place of the panes, or the panes again.
    void showLibrary(bool shown = true);
    /// Recordings that are opened, made and saved are remembered in `settings` from now on, and those of before listed.
    void useSettings(std::unique_ptr<QSettings> settings);
    /// Closes the window without a question, though a program may run; it is ended with the window.
    void closeUnasked();
    /// Copies the recording to `path`, in place of what is there.
    Outcome saveTo(const QString& path);

    [[nodiscard]] RecordingFeed& feed() { return *feed_; }
    [[nodiscard]] ViewState& state() { return *state_; }
    [[nodiscard]] RecorderProcess& recorder() { return *recorder_; }
    [[nodiscard]] ProgramCommands& commands() { return *commands_; }
    [[nodiscard]] LibraryControl& library() { return *library_; }
    [[nodiscard]] const WindowActions& actions() const { return *actions_; }
    /// The panel called "tree", "timeline", "output" or "inspector", also one that is not in sight now, or the whole
    /// window for "window"; null for any other name. The "diagram" is a window of its own, for pictures of any size.
    [[nodiscard]] QWidget* part(const QString& name);
    /// Makes the inspector a window of its own, for pictures of it in any size. To be deleted with this window only.
    QWidget* takeInspector();
    /// The sentence that is shown above the panes; empty if there is none.
    [[nodiscard]] QString message() const;

Q_SIGNALS:
    /// The recording is read to its end; nothing more will come.
    void recordingEnded();
    /// A run could not be started, or not be recorded.
    void runFailed(const QString& sentence);

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void buildPanes();
    void buildHeader();
    void connectActions();
    void connectFeed();
    void connectCommands();
    void updateActions();
    void rebalance();
    void remember();
    /// Says what the recorder could not keep, as soon as it says so itself.
    void tellLosses();
    void showMessage(const QString& sentence);
    void askForProgram();
    void askToOpen();
    void askToSave();

    const Theme& theme_;
    RecordingFeed* feed_;
    ViewState* state_;
    RecorderProcess* recorder_;
    ProgramCommands* commands_;
    Player* player_;
    std::unique_ptr<WindowActions> actions_;
    ProcessTreeModel* model_;
    LibraryControl* library_;
    QWidget* panes_ = nullptr; ///< all that shows a recording
    HeaderBar* header_ = nullptr;
    GlyphButton* playButton_ = nullptr;
    QLabel* message_ = nullptr;
    bool closeUnasked_ = false;
    PaneSplit* split_ = nullptr;
    std::size_t lossesTold_ = 0;
    QString missingTold_; ///< the message that says what the recorder cannot see
    TreeCard* tree_ = nullptr;
    std::unique_ptr<QWidget> diagram_; ///< alone, once a picture of it was asked for
    PanelSwitch* why_ = nullptr;       ///< why it ended, or the inspector
    InspectorPane* inspector_ = nullptr;
    OutputPanel* output_ = nullptr;
    TimelineView* timeline_ = nullptr;
    std::optional<RunRequest> lastRun_;
};

} // namespace daemonscope
