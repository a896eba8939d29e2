// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The inspector's widgets, and its place in the window.
#include "ui/model/viewstate.h"
#include "ui/support/inspectorstories.h"
#include "ui/support/pixels.h"
#include "ui/theme/theme.h"
#include "ui/view/inspectorbody.h"
#include "ui/view/inspectorpane.h"
#include "ui/view/inspectorrow.h"
#include "ui/view/processlink.h"
#include "ui/view/selectabletext.h"
#include "ui/window/mainwindow.h"
#include "ui/window/windowactions.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

class TestInspector : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        const QString path = directory_.filePath(QStringLiteral("story.dscope"));
        writeStory(path.toStdString(), daemonStory());
        window_ = std::make_unique<MainWindow>(Theme::light(), [] { return EventTime(0); });
        window_->show();
        QVERIFY(window_->openWhole(path).ok());
        QApplication::processEvents();
    }

    void cleanup() { window_.reset(); }

    void theWindowBeginsWithWhy()
    {
        QVERIFY(part("why").isVisible());
        QVERIFY(!pane().isVisible());
        QVERIFY(!window_->actions().inspector->isChecked());
        QCOMPARE(window_->part(QStringLiteral("inspector")), static_cast<QWidget*>(&pane()));
        // It looks at nothing while nobody sees it.
        QVERIFY(!pane().content().process);
    }

    void theSwitchAndTheActionShowIt()
    {
        QTest::mouseClick(&part("why.show.inspector"), Qt::LeftButton);
        QVERIFY(pane().isVisible() && !part("why").isVisible());
        QVERIFY(window_->actions().inspector->isChecked());
        QCOMPARE(pane().content().process, std::optional<ProcessIndex>(1));
        QTest::mouseClick(&part("inspector.show.why"), Qt::LeftButton);
        QVERIFY(!pane().isVisible() && part("why").isVisible());
        QVERIFY(!window_->actions().inspector->isChecked());
        window_->actions().inspector->trigger();
        QVERIFY(pane().isVisible());
        window_->actions().inspector->trigger();
        QVERIFY(part("why").isVisible());
    }

    void selectionAndSeekChangeWhatItTells()
    {
        showInspector();
        QVERIFY(row("end.ended-by").accessibleName().contains(QStringLiteral("MainProcess, PID 4242")));
        QCOMPARE(row("end.how").row().value, QStringLiteral("Python's exit sequence"));
        window_->state().select(2);
        QCOMPARE(row("identity.pid").row().value, QStringLiteral("4244"));
        QCOMPARE(row("end.status").row().value, QStringLiteral("exit code 0"));
        window_->state().setTime(at(1));
        QVERIFY(!window_->findChild<QWidget*>(QStringLiteral("inspector.end")));
        QCOMPARE(row("life.ended").row().value, QStringLiteral("not yet"));
        window_->state().setTime(at(0.05));
        QVERIFY(pane().content().sections.empty());
        QVERIFY(sentence().text().contains(QStringLiteral("not started yet")));
        window_->state().setTime(at(6));
        QCOMPARE(row("end.status").row().value, QStringLiteral("exit code 0"));
    }

    void aLinkSelectsItsProcess()
    {
        showInspector();
        window_->state().select(2);
        QTest::mouseClick(&link("parents.started-by"), Qt::LeftButton);
        QCOMPARE(window_->state().selection(), std::optional<ProcessIndex>(0));
        QCOMPARE(row("identity.pid").row().value, QStringLiteral("4242"));
        QTest::mouseClick(&link("children.1"), Qt::LeftButton);
        QCOMPARE(window_->state().selection(), std::optional<ProcessIndex>(2));
        QTest::keyClick(&link("parents.forked-by"), Qt::Key_Space);
        QCOMPARE(window_->state().selection(), std::optional<ProcessIndex>(0));
    }

    /// A row says all of itself to a screen reader, and the unknown is told apart from the known.
    void everyRowHasAName()
    {
        showInspector();
        const auto rows = window_->findChildren<InspectorRowView*>();
        QVERIFY(rows.size() > 20);
        for (const InspectorRowView* found : rows) {
            QVERIFY(found->objectName().startsWith(QStringLiteral("inspector.")));
            QVERIFY2(found->accessibleName().contains(found->row().value), qPrintable(found->objectName()));
        }
        QCOMPARE(row("use.cpu--memory").row().value, QStringLiteral("not known"));
        QVERIFY(row("use.cpu--memory").row().faint);
        for (const QLabel* label : pane().findChildren<QLabel*>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
    }

    void valuesCanBeSelectedAndCopied()
    {
        showInspector();
        auto* value = row("identity.executable").findChild<SelectableText*>();
        QVERIFY(value);
        QTest::mouseDClick(value, Qt::LeftButton, {}, QPoint(10, 8));
        QCOMPARE(value->selectedText(), QStringLiteral("/usr/bin/python3"));
        QTest::keyClick(value, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("/usr/bin/python3"));
        // What does not change stays selected when the rest does.
        window_->state().setTime(at(2));
        QCOMPARE(value->selectedText(), QStringLiteral("/usr/bin/python3"));
    }

    /// Nothing stands outside of the pane or on something else, however wide it is, and whatever a program is called.
    void everythingHasItsPlace_data()
    {
        QTest::addColumn<bool>("longNames");
        QTest::newRow("usual names") << false;
        QTest::newRow("long names") << true;
    }
    void everythingHasItsPlace()
    {
        QFETCH(bool, longNames);
        if (longNames)
            openHostile();
        QWidget* alone = window_->takeInspector();
        alone->show();
        for (const int width : {320, 600, 900, 1440, 2400}) {
            alone->resize(width, 700);
            for (const ProcessIndex process : {0, 1, 2}) {
                window_->state().select(process);
                QApplication::processEvents();
                everyRowHasItsPlace(*alone);
            }
        }
    }

    void anotherProcessIsReadFromItsTop()
    {
        showInspector();
        auto* scroll = window_->findChild<QScrollArea*>(QStringLiteral("inspector.scroll"));
        QApplication::processEvents();
        scroll->verticalScrollBar()->setValue(60);
        window_->state().setTime(at(4));
        QApplication::processEvents();
        QCOMPARE(scroll->verticalScrollBar()->value(), 60);
        window_->state().select(2);
        QCOMPARE(scroll->verticalScrollBar()->value(), 0);
    }

    void coloursStandForKindAndKill()
    {
        const Theme& theme = Theme::light();
        showInspector();
        auto* body = window_->findChild<InspectorBody*>();
        const QRect head(0, 0, 400, 44);
        QVERIFY(holdsColor(*body, head, theme.kill));
        QVERIFY(holdsColor(*body, head, theme.daemon.line));
        window_->state().setTime(at(2));
        window_->state().select(2);
        QVERIFY(!holdsColor(*body, head, theme.kill));
        QVERIFY(holdsColor(*body, head, theme.nonDaemon.line));
    }

    void byItselfItHasNoSwitch()
    {
        QWidget* alone = window_->takeInspector();
        alone->resize(700, 500);
        alone->show();
        QVERIFY(alone->isWindow());
        QVERIFY(!alone->findChild<QWidget*>(QStringLiteral("inspector.show.why")));
        QCOMPARE(pane().content().process, std::optional<ProcessIndex>(1));
        QVERIFY(!alone->grab().isNull());
    }

    void withoutARecordingItSaysSo()
    {
        window_ = std::make_unique<MainWindow>(Theme::light(), [] { return EventTime(0); });
        window_->takeInspector()->show();
        QCOMPARE(sentence().text(), QStringLiteral("Nothing has been recorded yet."));
    }

private:
    static void everyRowHasItsPlace(const QWidget& alone)
    {
        const auto* body = alone.findChild<InspectorBody*>();
        QVERIFY(body->width() <= alone.width());
        QCOMPARE(body->height(), std::max(body->heightForWidth(body->width()), body->parentWidget()->height()));
        for (const InspectorRowView* found : body->findChildren<InspectorRowView*>()) {
            if (!found->isVisible())
                continue; // discarded
            const QRect place(found->mapTo(body, QPoint()), found->size());
            QVERIFY2(body->rect().contains(place), qPrintable(found->objectName()));
            QList<QRect> taken;
            for (const QWidget* part : found->findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
                if (part->isHidden())
                    continue;
                QVERIFY2(found->rect().contains(part->geometry()), qPrintable(found->objectName()));
                for (const QRect& other : taken)
                    QVERIFY2(!other.intersects(part->geometry()), qPrintable(found->objectName()));
                taken << part->geometry();
            }
            for (const auto* text : found->findChildren<SelectableText*>()) {
                if (!text->isHidden())
                    QVERIFY(text->height() >= text->heightForWidth(text->width()));
            }
        }
    }
    void openHostile()
    {
        const QString path = directory_.filePath(QStringLiteral("hostile.dscope"));
        writeStory(path.toStdString(), hostileStory());
        QVERIFY(window_->openWhole(path).ok());
    }
    void showInspector()
    {
        window_->actions().inspector->trigger();
        QVERIFY(pane().isVisible());
    }
    InspectorPane& pane() { return *window_->findChild<InspectorPane*>(); }
    QWidget& part(const char* name) { return *window_->findChild<QWidget*>(QLatin1String(name)); }
    SelectableText& sentence() { return *window_->findChild<SelectableText*>(QStringLiteral("inspector.sentence")); }
    InspectorRowView& row(const char* name)
    {
        auto* found = window_->findChild<InspectorRowView*>(QStringLiteral("inspector.") + QLatin1String(name));
        if (!found)
            qFatal("no row %s", name);
        return *found;
    }
    ProcessLink& link(const char* name) { return *row(name).findChild<ProcessLink*>(); }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestInspector test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_inspector.moc"
