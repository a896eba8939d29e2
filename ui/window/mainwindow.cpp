// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/mainwindow.h"

#include "os/clock.h"
#include "ui/model/captions.h"
#include "ui/model/processtreemodel.h"
#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/headerbar.h"
#include "ui/view/inspectorpane.h"
#include "ui/view/librarybutton.h"
#include "ui/view/librarypreview.h"
#include "ui/view/libraryquestion.h"
#include "ui/view/libraryview.h"
#include "ui/view/outputpanel.h"
#include "ui/view/panelswitch.h"
#include "ui/view/segmentbutton.h"
#include "ui/view/timelineview.h"
#include "ui/view/treecard.h"
#include "ui/view/whypane.h"
#include "ui/window/librarycontrol.h"
#include "ui/window/panesplit.h"
#include "ui/window/player.h"
#include "ui/window/programcommands.h"
#include "ui/window/windowactions.h"

#include <QLabel>
#include <QMenuBar>
#include <QVBoxLayout>

namespace daemonscope {

MainWindow::MainWindow(const Theme& theme, QWidget* parent)
    : MainWindow(theme, &monotonicNow, parent)
{
}

MainWindow::MainWindow(const Theme& theme, RecordingFeed::Clock clock, QWidget* parent)
    : QMainWindow(parent)
    , theme_(theme)
    , feed_(new RecordingFeed(std::move(clock), this))
    , state_(new ViewState(this))
    , recorder_(new RecorderProcess(this))
    , commands_(new ProgramCommands(*feed_, *recorder_, this))
    , player_(new Player(*feed_, *state_, this))
    , actions_(std::make_unique<WindowActions>(*this))
    , model_(new ProcessTreeModel(*feed_, *state_, this))
    , library_(new LibraryControl(theme, this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("daemonscope"));
    resize(1440, 1000);
    build();
    connectFeed();
    connectActions();
    connectCommands();
    updateActions();
}

MainWindow::~MainWindow()
{
    // The panes look at the feed, the state and the library until they are gone; these are children that would go
    // first.
    diagram_.reset();
    delete takeCentralWidget();
}

void MainWindow::build()
{
    actions_->addTo(*menuBar());
    auto* central = new QWidget(this);
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(space::kMargin, 8, space::kMargin, space::kMargin);
    column->setSpacing(space::kGap);
    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("message"));
    message_->setTextFormat(Qt::PlainText);
    message_->setWordWrap(true);
    message_->setFont(typeFont(Type::BodyBold));
    message_->setContentsMargins(12, 8, 12, 8);
    message_->setStyleSheet(QStringLiteral("QLabel { background: %1; border: 1px solid %2; border-radius: 8px; }")
                                .arg(theme_.noteGround.name(), theme_.secondaryText.name()));
    message_->hide();
    column->addWidget(message_);
    buildPanes();
    column->addWidget(panes_, 1);
    column->addWidget(&library_->view(), 1);
    library_->view().hide();
    for (QAction* action : {actions_->run, actions_->open, actions_->panes})
        library_->view().addButton(*action);
    setCentralWidget(central);
}

void MainWindow::buildPanes()
{
    panes_ = new QWidget;
    auto* column = new QVBoxLayout(panes_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kGap);
    buildHeader();
    column->addWidget(header_);
    column->addWidget(&library_->card());

    tree_ = new TreeCard(*model_, *feed_, *state_, *actions_->showTree, *actions_->showDiagram, theme_);
    inspector_ = new InspectorPane(*feed_, *state_, theme_);
    why_ =
        new PanelSwitch(QStringLiteral("whyOrInspector"), {new WhyPane(*feed_, *state_, theme_), QStringLiteral("Why")},
            {inspector_, QStringLiteral("Inspector")}, theme_);
    connect(why_, &PanelSwitch::switched, actions_->inspector, &QAction::setChecked);
    output_ = new OutputPanel(*feed_, *state_, theme_);
    timeline_ = new TimelineView(*feed_, *state_, theme_, nullptr);

    split_ = new PaneSplit(*tree_, *why_, *output_, *timeline_);
    column->addWidget(split_, 1);
}

void MainWindow::rebalance()
{
    if (panes_->isHidden())
        return;
    // The panes get their place now, and share it out.
    centralWidget()->layout()->activate();
    panes_->layout()->activate();
    split_->rebalance();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    rebalance();
}

void MainWindow::buildHeader()
{
    header_ = new HeaderBar(*feed_, *state_, theme_);
    header_->addButton(*actions_->toStart, Glyph::ToStart);
    header_->addButton(*actions_->stepBack, Glyph::StepBack);
    playButton_ = header_->addButton(*actions_->playPause, Glyph::Play, true);
    header_->addButton(*actions_->stepForward, Glyph::StepForward);
    header_->addButton(*actions_->toEnd, Glyph::ToEnd);
    header_->addGap();
    header_->addButton(*actions_->stop, Glyph::Stop);
    header_->addButton(*actions_->rerun, Glyph::Rerun);
    header_->addButton(*actions_->save, Glyph::Save);
    header_->addGap();
    header_->addButton(*actions_->library, Glyph::Library);
}

void MainWindow::connectFeed()
{
    // After the panes' own connections: they have taken a batch in when the cursor moves on.
    const auto followNow = [this] { state_->setLatest(feed_->now()); };
    connect(feed_, &RecordingFeed::changed, this, followNow);
    connect(feed_, &RecordingFeed::timePassed, this, followNow);
    connect(feed_, &RecordingFeed::changed, this, &MainWindow::tellLosses);
    connect(feed_, &RecordingFeed::wasReset, state_, &ViewState::reset);
    connect(feed_, &RecordingFeed::wasReset, this, [this] {
        lossesTold_ = 0;
        missingTold_.clear();
    });
    connect(feed_, &RecordingFeed::finished, this, &MainWindow::recordingEnded);
    connect(feed_, &RecordingFeed::abandoned, this, [this] {
        // Why the run failed, if it did, says more than that the recording is incomplete.
        if (message().isEmpty() || message() == missingTold_)
            showMessage(
                QStringLiteral("The recorder went away before the program had ended; what it had written is shown."));
        Q_EMIT recordingEnded();
    });
    connect(feed_, &RecordingFeed::damaged, this, [this](const QString& sentence) {
        showMessage(sentence);
        Q_EMIT recordingEnded();
    });
    connect(this, &MainWindow::recordingEnded, this, [this] {
        remember();
        library_->runEnded();
        updateActions();
    });
    connect(recorder_, &RecorderProcess::recordingReady, this,
        [this](const QString& path) { [[maybe_unused]] const Outcome shown = openRecording(path); });
    connect(recorder_, &RecorderProcess::failed, this, [this](const QString& sentence) {
        showMessage(sentence);
        library_->runEnded();
        Q_EMIT runFailed(sentence);
    });
    connect(recorder_, &RecorderProcess::ended, this, &MainWindow::updateActions);
    connect(player_, &Player::playingChanged, this, [this](bool playing) {
        playButton_->setGlyph(playing ? Glyph::Pause : Glyph::Play);
        actions_->playPause->setText(playing ? QStringLiteral("&Pause") : QStringLiteral("P&lay"));
    });
    connect(timeline_, &TimelineView::outputRequested, this, [this](ProcessIndex process) {
        output_->showAllInOrder(false);
        output_->reveal(process);
    });
    connect(library_, &LibraryControl::runRequested, this,
        [this](const RunRequest& request) { [[maybe_unused]] const Outcome shown = run(request); });
    connect(library_, &LibraryControl::openRequested, this,
        [this](const QString& path) { [[maybe_unused]] const Outcome shown = openRecording(path); });
    connect(&library_->card(), &LibraryQuestion::spaceChanged, this, &MainWindow::rebalance, Qt::QueuedConnection);
    connect(library_, &LibraryControl::problem, this, &MainWindow::showMessage);
}

void MainWindow::showLibrary(bool shown)
{
    const bool before = !library_->view().isHidden();
    library_->view().setVisible(shown);
    panes_->setVisible(!shown);
    updateActions();
    if (shown) {
        library_->view().takeFocus();
    } else if (before) {
        rebalance();
        tree_->takeFocus();
    }
}

void MainWindow::connectActions()
{
    const auto on = [this](QAction* action, auto what) { connect(action, &QAction::triggered, this, what); };
    on(actions_->run, [this] { askForProgram(); });
    on(actions_->open, [this] { askToOpen(); });
    on(actions_->save, [this] { askToSave(); });
    on(actions_->quit, [this] { close(); });
    on(actions_->rerun, [this] {
        if (lastRun_ && !library_->runAgain(lastRun_->lesson)) [[maybe_unused]]
            const Outcome shown = run(RunRequest(*lastRun_));
    });
    on(actions_->toStart, [this] { player_->toStart(); });
    on(actions_->stepBack, [this] { player_->stepBack(); });
    on(actions_->playPause, [this] { player_->toggle(); });
    on(actions_->stepForward, [this] { player_->stepForward(); });
    on(actions_->toEnd, [this] { player_->toEnd(); });
    on(actions_->showAllOutput, [this](bool all) { output_->showAllInOrder(all); });
    on(actions_->inspector, [this](bool shown) { why_->showSecond(shown); });
    on(actions_->clearSelection, [this] { state_->select(std::nullopt); });
    on(actions_->library, [this] { showLibrary(true); });
    on(actions_->panes, [this] { showLibrary(false); });
}

void MainWindow::updateActions()
{
    const bool running = recorder_->running();
    const bool open = feed_->reader() != nullptr;
    const bool inLibrary = !library_->view().isHidden();
    actions_->library->setEnabled(!inLibrary);
    actions_->panes->setEnabled(inLibrary && (open || running));
    library_->view().preview().runButton().setEnabled(!running);
    const bool live = commands_->available();
    actions_->stop->setEnabled(live);
    actions_->killAll->setEnabled(live);
    actions_->freeze->setEnabled(live && !commands_->frozen());
    actions_->resume->setEnabled(live && commands_->frozen());
    actions_->run->setEnabled(!running);
    actions_->rerun->setEnabled(!running && lastRun_);
    actions_->save->setEnabled(open && !feed_->growing());
    for (QAction* action :
        {actions_->toStart, actions_->stepBack, actions_->playPause, actions_->stepForward, actions_->toEnd})
        action->setEnabled(open && !inLibrary);
}

Outcome MainWindow::openRecording(const QString& path)
{
    if (const Outcome opened = feed_->open(path.toStdString()); !opened.ok()) {
        showMessage(QString::fromStdString(opened.error().message));
        return opened;
    }
    showMessage({});
    if (path != recorder_->recordingPath())
        library_->otherRecording();
    if (!feed_->growing())
        feed_->readAll();
    feed_->start();
    remember();
    showLibrary(false);
    return Done{};
}

Outcome MainWindow::openWhole(const QString& path)
{
    const Outcome opened = feed_->open(path.toStdString());
    if (!opened.ok())
        return opened;
    feed_->readAll();
    library_->otherRecording();
    showLibrary(false);
    return Done{};
}

Outcome MainWindow::run(const RunRequest& request)
{
    showMessage({});
    feed_->close();
    const Outcome started = recorder_->start(request);
    if (started.ok()) {
        lastRun_ = request;
        // The second run takes the place of the first, whose file this was.
        lastRun_->overwrite = true;
        library_->runBegins(request.lesson);
        showLibrary(false);
    } else {
        showMessage(QString::fromStdString(started.error().message));
    }
    updateActions();
    return started;
}

QWidget* MainWindow::takeInspector()
{
    why_->release(*inspector_, this);
    return inspector_;
}

QWidget* MainWindow::part(const QString& name)
{
    if (name == QLatin1String("window"))
        return this;
    if (name == QLatin1String("tree"))
        return tree_;
    if (name == QLatin1String("diagram")) {
        if (!diagram_)
            diagram_.reset(TreeCard::picture(*feed_, *state_, theme_));
        return diagram_.get();
    }
    if (name == QLatin1String("timeline"))
        return timeline_;
    if (name == QLatin1String("output"))
        return output_;
    if (name == QLatin1String("inspector"))
        return inspector_;
    return nullptr;
}

} // namespace daemonscope
