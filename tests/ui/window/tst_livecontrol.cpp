// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window does with a program that runs, through its actions and menus; nothing is shown on a screen.
#include "ui/model/processtreemodel.h"
#include "ui/theme/theme.h"
#include "ui/view/processtreeview.h"
#include "ui/view/whypane.h"
#include "ui/window/mainwindow.h"
#include "ui/window/programcommands.h"
#include "ui/window/windowactions.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QFile>
#include <QFileInfo>
#include <QMenu>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;

namespace {
constexpr int kLimitMs = 60000;
const char* const kScript =
    "import time\nprint('here', flush=True)\nwhile True:\n    sum(range(100000))\n    time.sleep(0.01)\n";
} // namespace

class TestLiveControl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(QFileInfo(RecorderProcess::recorderPath()).isExecutable(), "the recorder is not built");
        QVERIFY2(!QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty(), "there is no python3");
        QFile file(script());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(kScript);
    }

    void init()
    {
        window_ = std::make_unique<MainWindow>(Theme::light());
        window_->show();
        const WindowActions& actions = window_->actions();
        for (const QAction* action : {actions.stop, actions.killAll, actions.freeze, actions.resume})
            QVERIFY(!action->isEnabled()); // nothing runs
    }

    void cleanup() { window_.reset(); }

    void freezesAndResumes()
    {
        startScript();
        const WindowActions& actions = window_->actions();
        QVERIFY(actions.freeze->isEnabled() && !actions.resume->isEnabled());
        QSignalSpy done(&window_->commands(), &ProgramCommands::done);
        actions.freeze->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(state(), QStringLiteral("stopped"), kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(actions.resume->isEnabled(), kLimitMs);
        QVERIFY(!actions.freeze->isEnabled() && actions.stop->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(done.count(), 1, kLimitMs);
        QCOMPARE(done[0][0].toString(), QStringLiteral("1 process frozen"));
        actions.resume->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(state(), QStringLiteral("running"), kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(actions.freeze->isEnabled() && !actions.resume->isEnabled(), kLimitMs);
        killAll();
    }

    void showsCpuAndMemory()
    {
        startScript();
        window_->state().select(0);
        auto* why = window_->findChild<WhyPane*>();
        QTRY_VERIFY_WITH_TIMEOUT(why->usage().startsWith(QStringLiteral("CPU ")), kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(model().indexOf(0).data(ProcessTreeModel::CpuShareRole).toDouble() > 0, kLimitMs);
        QVERIFY(model().indexOf(0).data(ProcessTreeModel::RssRole).toLongLong() > 1 << 20);
        window_->state().setTime(window_->feed().tree().at(0).born);
        QCOMPARE(why->usage(), QStringLiteral("CPU and memory: not sampled until now."));
        killAll();
        window_->state().follow();
        QTRY_VERIFY_WITH_TIMEOUT(why->usage().startsWith(QStringLiteral("Used ")), kLimitMs);
    }

    void sendsASignalFromTheTreesMenu()
    {
        startScript();
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        auto* tree = window_->findChild<ProcessTreeView*>();
        const QPoint place = tree->visualRect(model().indexOf(0)).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, place, tree->viewport()->mapToGlobal(place));
        QApplication::sendEvent(tree->viewport(), &event);
        auto* menu = window_->findChild<QMenu*>(QStringLiteral("signalMenu"));
        QVERIFY(menu && menu->isVisible());
        auto* action = menu->findChild<QAction*>(QStringLiteral("signal.SIGUSR1"));
        QVERIFY(action);
        action->trigger();
        menu->close();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        QCOMPARE(state(), QStringLiteral("killed by SIGUSR1"));
        window_->state().select(0);
        const QString why = window_->findChild<WhyPane*>()->sentence();
        QVERIFY2(why.contains(QStringLiteral("SIGUSR1 from daemonscope, which was asked to send it")), qPrintable(why));
        QTRY_VERIFY_WITH_TIMEOUT(!window_->recorder().running(), kLimitMs);
        QVERIFY(!window_->commands().signalMenu(0, tree));
        QVERIFY(!window_->actions().freeze->isEnabled());
    }

    /// A window on a recording that another program makes.
    void controlsARecordingOfSomebodyElse()
    {
        const QString path = directory_.filePath(QStringLiteral("other.dscope"));
        QProcess recorder;
        recorder.start(RecorderProcess::recorderPath(),
            {QStringLiteral("-o"), path, QStringLiteral("--"), QStringLiteral("python3"), script()});
        QVERIFY(recorder.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(RecordingReader::open(path.toStdString()).ok(), kLimitMs);
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        QVERIFY(window_->openRecording(path).ok());
        QTRY_VERIFY_WITH_TIMEOUT(window_->actions().killAll->isEnabled(), kLimitMs);
        QVERIFY(!window_->recorder().running());
        window_->actions().killAll->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        QTRY_COMPARE_WITH_TIMEOUT(recorder.state(), QProcess::NotRunning, kLimitMs);
        QCOMPARE(state(), QStringLiteral("killed by SIGKILL"));
        QCOMPARE(window_->message(), QString());
        QVERIFY(!window_->actions().killAll->isEnabled());
        QVERIFY(!window_->commands().send(QStringLiteral("kill")).ok());
    }

private:
    [[nodiscard]] QString script() const { return directory_.filePath(QStringLiteral("busy.py")); }
    const ProcessTreeModel& model() { return *window_->findChild<ProcessTreeModel*>(); }
    QString state() { return model().indexOf(0, ProcessTreeModel::StateColumn).data().toString(); }

    void startScript()
    {
        RunRequest request;
        request.program = QStringList{script()};
        request.sampleRate = 50;
        QVERIFY(window_->run(request).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!window_->feed().output().lines().empty(), kLimitMs);
    }
    void killAll()
    {
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        window_->actions().killAll->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
    }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestLiveControl test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_livecontrol.moc"
