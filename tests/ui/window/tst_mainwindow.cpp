// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window on a stored recording with a virtual clock.
#include "ui/model/processtreemodel.h"
#include "ui/support/pixels.h"
#include "ui/support/story.h"
#include "ui/theme/theme.h"
#include "ui/view/headerbar.h"
#include "ui/view/outputcard.h"
#include "ui/view/outputpanel.h"
#include "ui/view/processtreeview.h"
#include "ui/view/whypane.h"
#include "ui/window/mainwindow.h"
#include "ui/window/windowactions.h"

#include <QApplication>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        path_ = directory_.filePath(QStringLiteral("story.dscope"));
        writeStory(path_.toStdString(), daemonStory());
        window_ = std::make_unique<MainWindow>(Theme::light(), [] { return EventTime(0); });
        window_->show();
        QVERIFY(window_->openWhole(path_).ok());
        QApplication::processEvents();
    }

    void cleanup() { window_.reset(); }

    void everyPaneShowsTheEnd()
    {
        QCOMPARE(header().title(), QStringLiteral("python3 daemon_story.py"));
        QCOMPARE(header().clockText(), QStringLiteral("at 5.02 of 5.02 s"));
        QCOMPARE(state(1), QStringLiteral("killed by SIGTERM"));
        QVERIFY(why().startsWith(QStringLiteral("Process-1 (daemon) was ended by SIGTERM from MainProcess")));
        for (const char* name :
            {"output-4242", "output-4243", "output-4244", "output-all", "processTree", "timelineLanes"}) {
            auto* widget = window_->findChild<QWidget*>(QLatin1String(name));
            QVERIFY2(widget, name);
            QVERIFY2(!widget->accessibleName().isEmpty(), name);
        }
    }

    /// The tree and the diagram take each other's place, by button and by action, and the panel grows for the diagram.
    void treeOrDiagram()
    {
        auto* tree = window_->findChild<QWidget*>(QStringLiteral("processTree"));
        auto* diagram = window_->findChild<QWidget*>(QStringLiteral("diagram"));
        auto* showTree = window_->findChild<QAbstractButton*>(QStringLiteral("showTree"));
        auto* showDiagram = window_->findChild<QAbstractButton*>(QStringLiteral("showDiagram"));
        QVERIFY(tree && diagram && showTree && showDiagram);
        const int height = window_->part(QStringLiteral("tree"))->height();
        const auto shown = [&](bool isDiagram) {
            QApplication::processEvents();
            return tree->isVisible() != isDiagram && diagram->isVisible() == isDiagram
                && showTree->isChecked() != isDiagram && showDiagram->isChecked() == isDiagram
                && window_->actions().showDiagram->isChecked() == isDiagram;
        };
        QVERIFY(shown(false));
        QTest::mouseClick(showDiagram, Qt::LeftButton);
        QVERIFY(shown(true));
        QVERIFY(window_->part(QStringLiteral("tree"))->height() > height + 80);
        QTest::mouseClick(showDiagram, Qt::LeftButton); // one of them is always shown
        QVERIFY(shown(true));
        window_->actions().showTree->trigger();
        QVERIFY(shown(false));
        QCOMPARE(window_->part(QStringLiteral("tree"))->height(), height);
        window_->actions().showDiagram->trigger();
        QVERIFY(shown(true));
        QVERIFY(!diagram->accessibleName().isEmpty() && !showTree->accessibleName().isEmpty());
        // What is selected in one is selected in the other.
        window_->state().select(1);
        QCOMPARE(diagram->accessibleDescription().left(11), QStringLiteral("3 processes"));
    }

    /// A picture of the diagram has its own size, whatever the window shows.
    void diagramAlone()
    {
        QWidget* diagram = window_->part(QStringLiteral("diagram"));
        QVERIFY(diagram && diagram->isWindow());
        QCOMPARE(window_->part(QStringLiteral("diagram")), diagram);
        diagram->resize(800, 600);
        diagram->show();
        window_->state().setTime(at(4));
        QVERIFY(holdsColor(*diagram, diagram->rect(), Theme::light().kill));
        window_->state().setTime(at(1));
        QVERIFY(!holdsColor(*diagram, diagram->rect(), Theme::light().kill));
        QVERIFY(holdsColor(*diagram, diagram->rect(), Theme::light().daemon.tint));
    }

    void everyActionHasANameAndWords()
    {
        int count = 0;
        for (const QAction* action : window_->findChildren<QAction*>()) {
            if (!action->objectName().startsWith(QStringLiteral("action.")))
                continue;
            ++count;
            QVERIFY(!action->text().isEmpty() && !action->toolTip().isEmpty());
        }
        QCOMPARE(count, 21);
        QVERIFY(window_->findChild<QAction*>(QStringLiteral("action.run"))->isEnabled());
        QVERIFY(!window_->findChild<QAction*>(QStringLiteral("action.stop"))->isEnabled());
    }

    void theTimeCursorTakesAllPanesAlong()
    {
        window_->state().setTime(at(2.0));
        QCOMPARE(header().clockText(), QStringLiteral("at 2.00 of 5.02 s"));
        QCOMPARE(state(1), QStringLiteral("running"));
        QCOMPARE(card(1).pane().rowCount(), 1 + 4);
        window_->state().setTime(at(0.05));
        QCOMPARE(model().visibleCount(), 1);
        QVERIFY(!window_->findChild<QWidget*>(QStringLiteral("output-4243")));
        window_->state().setTime(at(4.0));
        QCOMPARE(model().visibleCount(), 3);
        QCOMPARE(state(0), QStringLiteral("waits for Process-2"));
        QVERIFY(header().subtitle().contains(QStringLiteral("1 waiting for a child")));
    }

    void stepsGoFromEventToEvent()
    {
        const WindowActions& actions = window_->actions();
        actions.toStart->trigger();
        QCOMPARE(window_->state().time(), at(0));
        actions.stepForward->trigger();
        QCOMPARE(window_->state().time(), at(0.12));
        actions.stepForward->trigger();
        QCOMPARE(window_->state().time(), at(0.16));
        actions.stepBack->trigger();
        QCOMPARE(window_->state().time(), at(0.12));
        actions.toEnd->trigger();
        QVERIFY(window_->state().following());
        QCOMPARE(window_->state().time(), window_->feed().now());
    }

    void clickingARowSelectsItsProcessEverywhere()
    {
        auto* tree = window_->findChild<ProcessTreeView*>(QStringLiteral("processTree"));
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(model().indexOf(2)).center());
        QCOMPARE(window_->state().selection(), std::optional<ProcessIndex>(2));
        QVERIFY(why().startsWith(QStringLiteral("Process-2")));
        QTest::keyClick(tree, Qt::Key_Up);
        QCOMPARE(window_->state().selection(), std::optional<ProcessIndex>(1));
        QTest::mouseClick(&card(0), Qt::LeftButton, {}, QPoint(60, 12));
        QCOMPARE(ProcessTreeModel::processOf(tree->currentIndex()), 0);
        window_->actions().clearSelection->trigger();
        QVERIFY(!window_->state().selection());
        QVERIFY(tree->selectionModel()->selectedIndexes().isEmpty());
    }

    void theSelectionOutlivesASeekBeforeItsBirth()
    {
        window_->state().select(2);
        window_->state().setTime(at(0.05));
        QCOMPARE(window_->state().selection(), std::optional<ProcessIndex>(2));
        QVERIFY(why().contains(QStringLiteral("not started yet")));
        window_->state().setTime(at(1));
        auto* tree = window_->findChild<ProcessTreeView*>(QStringLiteral("processTree"));
        QCOMPARE(ProcessTreeModel::processOf(tree->currentIndex()), 2);
    }

    void coloursStandForKindAndKill()
    {
        const Theme& theme = Theme::light();
        auto* tree = window_->findChild<ProcessTreeView*>(QStringLiteral("processTree"));
        const auto cell = [&](ProcessIndex process, int column) {
            return tree->visualRect(model().indexOf(process, column));
        };
        QWidget& viewport = *tree->viewport();
        QVERIFY(holdsColor(viewport, cell(1, ProcessTreeModel::NameColumn), theme.daemon.line));
        QVERIFY(!holdsColor(viewport, cell(1, ProcessTreeModel::NameColumn), theme.nonDaemon.line));
        QVERIFY(holdsColor(viewport, cell(2, ProcessTreeModel::NameColumn), theme.nonDaemon.line));
        QVERIFY(holdsColor(viewport, cell(1, ProcessTreeModel::StateColumn), theme.kill));
        QVERIFY(!holdsColor(viewport, cell(2, ProcessTreeModel::StateColumn), theme.kill));
        window_->state().setTime(at(2.0));
        QVERIFY(!holdsColor(viewport, cell(1, ProcessTreeModel::StateColumn), theme.kill));
    }

    void copiedOutputHasNoNotes()
    {
        QCOMPARE(card(2).pane().selectedText(),
            QStringLiteral("step 1 of 5 done\nstep 2 of 5 done\nstep 3 of 5 done\nstep 4 of 5 done\n"
                           "step 5 of 5 done, goodbye!\n"));
    }

    void allOutputStandsInOneList()
    {
        window_->actions().showAllOutput->trigger();
        auto* panel = window_->findChild<OutputPanel*>();
        QVERIFY(panel->allInOrder());
        auto* all = window_->findChild<OutputPane*>(QStringLiteral("output-all"));
        QVERIFY(all->isVisible());
        QCOMPARE(all->selectedText().count(QLatin1Char('\n')), 14);
    }

    void savesACopyAndOpensIt()
    {
        const QString copy = directory_.filePath(QStringLiteral("copy.dscope"));
        QVERIFY(window_->saveTo(copy).ok());
        QVERIFY(window_->openRecording(copy).ok());
        QCOMPARE(window_->feed().tree().size(), std::size_t(3));
        QCOMPARE(window_->feed().path(), copy.toStdString());
        QVERIFY(!window_->saveTo(directory_.filePath(QStringLiteral("no/such/folder"))).ok());
    }

    void aRecordingThatBreaksOffDoesNotSayRunning()
    {
        const QString cut = directory_.filePath(QStringLiteral("cut.dscope"));
        QVERIFY(QFile::copy(path_, cut));
        // Shorter and shorter, until the end of the first process is no longer in it.
        bool seen = false;
        for (qint64 size = QFileInfo(cut).size() - 16; size > 4096 && !seen; size -= 64) {
            QVERIFY(QFile::resize(cut, size));
            QVERIFY(window_->openWhole(cut).ok());
            const auto& tree = window_->feed().tree();
            if (tree.size() < 2 || tree.at(0).ended)
                continue;
            seen = true;
            QVERIFY(window_->feed().cutShort());
            QVERIFY2(state(0).startsWith(QStringLiteral("not known since ")), qPrintable(state(0)));
            QVERIFY(header().subtitle().contains(QStringLiteral("the end was not seen")));
        }
        QVERIFY(seen);
    }

    void anErrorIsOneSentenceInTheWindow()
    {
        QVERIFY(window_->message().isEmpty());
        QVERIFY(!window_->openRecording(directory_.filePath(QStringLiteral("missing.dscope"))).ok());
        QVERIFY(window_->message().contains(QStringLiteral("missing.dscope")));
        QCOMPARE(window_->feed().tree().size(), std::size_t(3));
        QVERIFY(window_->openRecording(path_).ok());
        QVERIFY(window_->message().isEmpty());
    }

    void thePictureIsTheSameEveryTime()
    {
        const QImage first = window_->grab().toImage();
        cleanup();
        init();
        QCOMPARE(window_->grab().toImage(), first);
    }

    void manyProcessesHaveAFewCards()
    {
        const QString crowd = directory_.filePath(QStringLiteral("crowd.dscope"));
        writeStory(crowd.toStdString(), crowdStory(300));
        QVERIFY(window_->openRecording(crowd).ok());
        QApplication::processEvents();
        QCOMPARE(window_->findChildren<OutputCard*>().size(), static_cast<qsizetype>(OutputPanel::kMaxCards));
        window_->state().select(250);
        QCOMPARE(window_->findChildren<OutputCard*>().size(), static_cast<qsizetype>(OutputPanel::kMaxCards + 1));
        QVERIFY(window_->findChild<OutputPanel*>()->card(250));
        // In view at once, though its card was made just now.
        QVERIFY(!card(250).visibleRegion().isEmpty());
        window_->state().select(260);
        QCOMPARE(window_->findChildren<OutputCard*>().size(), static_cast<qsizetype>(OutputPanel::kMaxCards + 1));
        QVERIFY(!card(260).visibleRegion().isEmpty());
        QVERIFY(!window_->grab().isNull());
    }

private:
    HeaderBar& header() { return *window_->findChild<HeaderBar*>(); }
    const ProcessTreeModel& model() { return *window_->findChild<ProcessTreeModel*>(); }
    OutputCard& card(ProcessIndex process) { return *window_->findChild<OutputPanel*>()->card(process); }
    QString why() { return window_->findChild<WhyPane*>()->sentence(); }
    QString state(ProcessIndex process)
    {
        return model().indexOf(process, ProcessTreeModel::StateColumn).data().toString();
    }

    QTemporaryDir directory_;
    QString path_;
    std::unique_ptr<MainWindow> window_;
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestMainWindow test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_mainwindow.moc"
