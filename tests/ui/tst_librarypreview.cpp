// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the library tells of a lesson before its run: the question, not the answer.
#include "ui/theme/theme.h"
#include "ui/view/librarypreview.h"

#include "ui/support/story.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QTest>
#include <QTextBrowser>

using namespace daemonscope;
using namespace daemonscope::test;

class TestLibraryPreview : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingTellsTheAnswerBeforeItIsAskedFor()
    {
        LibraryPreview preview(Theme::light());
        preview.setLesson(lesson(QStringLiteral("first")));
        preview.show();
        QVERIFY(shownWords(preview).contains(QStringLiteral("Why did it stop?")));
        QVERIFY(shownWords(preview).contains(QStringLiteral("The end of main.")));
        QVERIFY2(!isTold(preview), qPrintable(shownWords(preview)));

        auto* button = preview.findChild<QAbstractButton*>(QStringLiteral("library.showAnswer"));
        QCOMPARE(button->accessibleName(), QStringLiteral("Show the answer"));
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Space);
        // The answer comes first, then why it is so.
        auto* answer = preview.findChild<QTextBrowser*>(QStringLiteral("library.answer"));
        QVERIFY(answer->isVisible());
        QCOMPARE(answer->toPlainText(), QStringLiteral("It is a daemon.\nIts parent ends it."));
        QCOMPARE(button->accessibleName(), QStringLiteral("Hide the answer"));
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!isTold(preview));

        // Each lesson asks before it tells; the same one, read anew, is not hidden from who has asked for it.
        QTest::mouseClick(button, Qt::LeftButton);
        preview.setLesson(lesson(QStringLiteral("first")));
        QVERIFY(isTold(preview));
        preview.setLesson(lesson(QStringLiteral("second")));
        QVERIFY(!isTold(preview));
    }

private:
    static LibraryLesson lesson(const QString& name)
    {
        LibraryLesson lesson;
        lesson.name = name;
        lesson.number = 1;
        lesson.title = QStringLiteral("Cut off");
        lesson.question = QStringLiteral("Why did it stop?");
        lesson.watch = QStringLiteral("The end of main.");
        lesson.answer = QStringLiteral("It is a *daemon*.");
        lesson.body = QStringLiteral("Its parent *ends* it.");
        lesson.engines = {LessonEngine::Native};
        lesson.startMethods = QStringList{QStringLiteral("fork")};
        return lesson;
    }

    /// All that can be read or heard.
    static QString shownWords(QWidget& root)
    {
        QString words;
        for (QWidget* widget : root.findChildren<QWidget*>()) {
            if (!widget->isVisible())
                continue;
            words += widget->accessibleName() + widget->accessibleDescription() + widget->toolTip();
            if (const auto* text = qobject_cast<QTextEdit*>(widget))
                words += text->toPlainText();
            if (const auto* text = qobject_cast<QLabel*>(widget))
                words += text->text();
        }
        return words;
    }

    static bool isTold(QWidget& root)
    {
        const QString words = shownWords(root);
        return words.contains(QStringLiteral("It is a")) || words.contains(QStringLiteral("Its parent"));
    }
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestLibraryPreview test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_librarypreview.moc"
