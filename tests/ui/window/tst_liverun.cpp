// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window on real Python processes, run live through the recorder.
#include "ui/model/kind.h"
#include "ui/model/processtreemodel.h"
#include "ui/support/pixels.h"
#include "ui/theme/theme.h"
#include "ui/view/outputcard.h"
#include "ui/view/outputpanel.h"
#include "ui/view/processtreeview.h"
#include "ui/window/mainwindow.h"
#include "ui/window/windowactions.h"

#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace daemonscope;
using daemonscope::test::holdsColor;

namespace {
constexpr int kLimitMs = 60000;

/// A daemon that prints and would never end, and a worker that needs a little longer than the main code.
const char* const kScript = R"(
import multiprocessing, time

def haunt():
    while True:
        print("boo", flush=True)
        time.sleep(0.05)

def work():
    time.sleep(0.6)
    print("work done", flush=True)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ghost = multiprocessing.Process(target=haunt, name="ghost", daemon=True)
    worker = multiprocessing.Process(target=work, name="worker")
    ghost.start()
    worker.start()
    time.sleep(0.3)
)";
} // namespace

class TestLiveRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(QFileInfo(RecorderProcess::recorderPath()).isExecutable(), "the recorder is not built");
        QVERIFY2(!QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty(), "there is no python3");
        write(QStringLiteral("story.py"), kScript);
        write(QStringLiteral("forever.py"), "import time\nprint('here', flush=True)\nwhile True:\n    time.sleep(1)\n");
    }

    void init()
    {
        window_ = std::make_unique<MainWindow>(Theme::light());
        window_->show();
    }

    void cleanup() { window_.reset(); }

    void watchesAScriptFromBirthToEnd()
    {
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        QVERIFY(window_->run(script(QStringLiteral("story.py"))).ok());
        QVERIFY(window_->actions().stop->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(find(QStringLiteral("ghost")) >= 0, kLimitMs);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        const ProcessIndex ghost = find(QStringLiteral("ghost"));
        const ProcessIndex worker = find(QStringLiteral("worker"));
        QVERIFY(ghost >= 0 && worker >= 0);
        QCOMPARE(text(ghost, ProcessTreeModel::KindColumn), QStringLiteral("daemon"));
        QCOMPARE(text(worker, ProcessTreeModel::KindColumn), QStringLiteral("non-daemon"));
        QCOMPARE(text(ghost, ProcessTreeModel::StateColumn), QStringLiteral("killed by SIGTERM"));
        QCOMPARE(text(worker, ProcessTreeModel::StateColumn), QStringLiteral("finished, exit 0"));
        QVERIFY(model().isConsistent());

        auto* tree = window_->findChild<ProcessTreeView*>();
        const auto shows = [&](ProcessIndex process, int column, const QColor& color) {
            return holdsColor(*tree->viewport(), tree->visualRect(model().indexOf(process, column)), color);
        };
        const Theme& theme = Theme::light();
        QVERIFY(shows(ghost, ProcessTreeModel::NameColumn, theme.daemon.line));
        QVERIFY(shows(worker, ProcessTreeModel::NameColumn, theme.nonDaemon.line));
        QVERIFY(shows(ghost, ProcessTreeModel::StateColumn, theme.kill));
        QVERIFY(!shows(worker, ProcessTreeModel::StateColumn, theme.kill));
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(model().indexOf(ghost)).center());
        QCOMPARE(window_->state().selection(), std::optional(ghost));
        OutputPane& pane = window_->findChild<OutputPanel*>()->card(ghost)->pane();
        QVERIFY(pane.selectedText().startsWith(QStringLiteral("boo\nboo\n")));

        // Back to a moment before its death: it runs again, and it has printed less.
        const int rows = pane.rowCount();
        const Process& process = window_->feed().tree().at(ghost);
        window_->state().setTime(process.born + (*process.ended - process.born) / 2);
        QCOMPARE(text(ghost, ProcessTreeModel::StateColumn), QStringLiteral("running"));
        QVERIFY(!shows(ghost, ProcessTreeModel::StateColumn, theme.kill));
        QVERIFY(pane.rowCount() < rows);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->recorder().running(), kLimitMs);
        QVERIFY(!window_->actions().stop->isEnabled());
        QVERIFY(window_->actions().save->isEnabled());
    }

    void stopsAndRunsAgain()
    {
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        QVERIFY(window_->run(script(QStringLiteral("forever.py"))).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!window_->feed().output().lines().empty(), kLimitMs);
        window_->actions().stop->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        QTRY_VERIFY_WITH_TIMEOUT(window_->actions().rerun->isEnabled(), kLimitMs);
        QVERIFY(!window_->feed().growing());

        window_->actions().rerun->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(window_->feed().growing() && !window_->feed().output().lines().empty(), kLimitMs);
        QVERIFY(window_->state().following());
        window_->actions().stop->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kLimitMs);
        const QString copy = directory_.filePath(QStringLiteral("copy.dscope"));
        QVERIFY(window_->saveTo(copy).ok());
        QVERIFY(window_->openRecording(copy).ok());
        QCOMPARE(window_->feed().output().lines().size(), std::size_t(1));
    }

    void closingAsksAndNeitherEnterNorEscapeEndsTheProgram()
    {
        QVERIFY(window_->run(script(QStringLiteral("forever.py"))).ok());
        QTRY_VERIFY_WITH_TIMEOUT(window_->feed().growing(), kLimitMs);
        for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Escape}) {
            bool asked = false;
            QTimer::singleShot(0, window_.get(), [&asked, key] {
                QWidget* question = QApplication::activeModalWidget();
                asked = question != nullptr;
                if (question)
                    QTest::keyClick(question, key);
            });
            QVERIFY(!window_->close());
            QVERIFY(asked);
            QVERIFY(window_->isVisible() && window_->recorder().running());
        }
        window_->closeUnasked();
        QVERIFY(!window_->isVisible());
    }

    void aTerminalOfItsOwnIsAskedForInTheDialog()
    {
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        const auto runFromDialog = [this](const QString& program, bool wasChecked) {
            QTimer::singleShot(0, window_.get(), [program, wasChecked] {
                auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
                QVERIFY(dialog);
                auto* terminal = dialog->findChild<QCheckBox*>(QStringLiteral("run.terminal"));
                QCOMPARE(terminal->isChecked(), wasChecked);
                terminal->setChecked(true);
                dialog->findChild<QLineEdit*>(QStringLiteral("run.program"))->setText(program);
                dialog->accept();
            });
            window_->actions().run->trigger();
        };
        runFromDialog(QStringLiteral("test -t 1"), false);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        QCOMPARE(text(0, ProcessTreeModel::StateColumn), QStringLiteral("finished, exit 0"));
        QCOMPARE(window_->feed().tree().program()->outputMode, std::string("pty"));
        // This test may have been started from a terminal or not.
        const QString why = window_->recorder().whyNobodyTypes();
        QVERIFY(window_->message().startsWith(why));
        QTRY_VERIFY_WITH_TIMEOUT(window_->actions().run->isEnabled(), kLimitMs);
        runFromDialog(QStringLiteral("test -t 2"), true);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kLimitMs);
        QCOMPARE(text(0, ProcessTreeModel::StateColumn), QStringLiteral("finished, exit 0"));
    }

    void aProgramThatIsNotThereIsOneSentence()
    {
        QSignalSpy failed(window_.get(), &MainWindow::runFailed);
        RunRequest request;
        request.program = QStringList{directory_.filePath(QStringLiteral("no-such-program"))};
        QVERIFY(window_->run(request).ok());
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kLimitMs);
        QVERIFY(window_->message().contains(QStringLiteral("no-such-program")));
        QCOMPARE(window_->message().count(QLatin1Char('\n')), 0);
        QTRY_VERIFY_WITH_TIMEOUT(window_->actions().run->isEnabled(), kLimitMs);
    }

private:
    void write(const QString& name, const char* content)
    {
        QFile file(directory_.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }

    [[nodiscard]] RunRequest script(const QString& name) const
    {
        RunRequest request;
        request.program = QStringList{directory_.filePath(name)};
        return request;
    }

    const ProcessTreeModel& model() { return *window_->findChild<ProcessTreeModel*>(); }
    QString text(ProcessIndex process, int column) { return model().indexOf(process, column).data().toString(); }

    /// The process of this name, -1 while there is none.
    ProcessIndex find(const QString& name)
    {
        for (const Process& process : window_->feed().tree().processes()) {
            if (text(process.index, ProcessTreeModel::NameColumn) == name)
                return process.index;
        }
        return -1;
    }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestLiveRun test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_liverun.moc"
