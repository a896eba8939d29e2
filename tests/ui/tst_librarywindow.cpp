// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The library in the window, by mouse and keyboard, and a lesson from its question to its answer.
#include "ui/model/libraryrecent.h"
#include "ui/support/story.h"
#include "ui/theme/theme.h"
#include "ui/view/librarycode.h"
#include "ui/view/librarypreview.h"
#include "ui/view/libraryquestion.h"
#include "ui/view/libraryview.h"
#include "ui/view/outputpane.h"
#include "ui/window/librarycontrol.h"
#include "ui/window/mainwindow.h"
#include "ui/window/windowactions.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include <algorithm>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {
constexpr int kLimitMs = 60000;

/// A daemon that would count for long, and main, which waits until it has begun to.
const char* const kScenario = R"(title: Cut off
main:
  - make: {event: begun}
  - create: {process: counter, target: count, args: [$begun], name: Counter, daemon: yes}
  - start: counter
  - wait_event: begun
  - count_lines: {path: log, variable: lines}
  - open: {file: log, path: log, append: yes}
  - write: {file: log, text: "a line", flush: yes}
  - print: "{name} ends after {lines} lines"
functions:
  count:
    parameters: [begun]
    steps:
      - print: "{name} counts"
      - set_event: begun
      - sleep: 600s
)";
} // namespace

class TestLibraryWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        writeLesson(QStringLiteral("02-cut-off"),
            "title: Cut off\nquestion: Why did the counter stop?\n"
            "watch: The end of main.\nanswer: It is a *daemon*.\n"
            "start_methods: [fork, spawn]\nengines: [native, python]\n");
        writeLesson(QStringLiteral("05-only-fork"),
            "title: Only fork\nquestion: What is copied?\nanswer: All of it.\n"
            "start_methods: [fork]\nengines: [python]\n");
        writeLesson(QStringLiteral("11-server"),
            "title: The server\nquestion: Who is that?\nanswer: The fork server.\n"
            "start_methods: [forkserver, fork]\nengines: [native, python]\n");
    }

    void init()
    {
        window_ = std::make_unique<MainWindow>(Theme::light());
        window_->library().useFolder(lessons());
        window_->useSettings(
            std::make_unique<QSettings>(directory_.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat));
        window_->showLibrary();
        window_->show();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    }

    void cleanup()
    {
        window_.reset();
        QFile::remove(directory_.filePath(QStringLiteral("settings.ini")));
    }

    void theLibraryShowsTheFirstLesson()
    {
        QVERIFY(view().isVisible());
        QVERIFY(!part("timelineLanes").isVisible());
        QCOMPARE(lessonList().model()->rowCount(), 3);
        QVERIFY(lessonList().hasFocus());
        QCOMPARE(label("library.title"), QStringLiteral("Lesson 2   Cut off"));
        QCOMPARE(label("library.question"), QStringLiteral("Why did the counter stop?"));
        QCOMPARE(label("library.watch"), QStringLiteral("The end of main."));
        QVERIFY(!window_->actions().library->isEnabled());
        QVERIFY(!window_->actions().panes->isEnabled());
        QVERIFY(!window_->actions().playPause->isEnabled());
        for (QWidget* widget : view().findChildren<QWidget*>(QRegularExpression(QStringLiteral("^library\\.")))) {
            if (widget->focusPolicy() != Qt::NoFocus)
                QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
        }
    }

    void onlyWhatALessonOffersCanBeChosen()
    {
        QVERIFY(part("library.engine.native").isVisible() && part("library.engine.python").isVisible());
        QVERIFY(!part("library.method.forkserver").isVisible());
        click("library.engine.python");
        click("library.method.spawn");
        view().select(QStringLiteral("only-fork"));
        QVERIFY(!part("library.engine.native").isVisible() && !part("library.method.spawn").isVisible());
        QVERIFY((preview().choice()
            == LessonChoice{QStringLiteral("only-fork"), LessonEngine::Python, QStringLiteral("fork")}));
        // What was chosen comes back where it is offered.
        view().select(QStringLiteral("cut-off"));
        QVERIFY((preview().choice()
            == LessonChoice{QStringLiteral("cut-off"), LessonEngine::Python, QStringLiteral("spawn")}));
        QVERIFY(button("library.method.spawn").isChecked() && button("library.engine.python").isChecked());
        view().select(QStringLiteral("server"));
        QCOMPARE(preview().choice().startMethod, QStringLiteral("forkserver"));
    }

    void wordsAreShownAndNothingIsOpened()
    {
        click("library.showAnswer");
        auto& body = dynamic_cast<QTextBrowser&>(part("library.answer"));
        QVERIFY(body.toPlainText().contains(QStringLiteral("belongs to its parent")));
        QVERIFY(!body.openLinks() && !body.openExternalLinks());
        QVERIFY(!(body.textInteractionFlags() & (Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard)));
        // Markup within is shown as it is written, and no picture is loaded.
        QVERIFY(body.toPlainText().contains(QStringLiteral("<b>bold</b>")));
        QVERIFY(!body.loadResource(QTextDocument::ImageResource, QUrl(QStringLiteral("file:///evil.png"))).isValid());
        QVERIFY(body.isReadOnly());
    }

    void theProgramIsShownInThreeLanguages()
    {
        const auto text = [this] { return preview().code().text(); };
        QVERIFY(text().contains(QStringLiteral("import multiprocessing")));
        click("library.method.spawn");
        QVERIFY(text().contains(QStringLiteral("\"spawn\"")));
        click("library.code.cpp");
        QVERIFY(text().contains(QStringLiteral("#include")));
        click("library.code.yaml");
        QVERIFY(text().startsWith(QStringLiteral("title: Cut off")));
        click("library.code.copy");
        QCOMPARE(QApplication::clipboard()->text(), text());
        QVERIFY(dynamic_cast<QPlainTextEdit&>(part("library.code.text")).isReadOnly());
        // The language stays with the next lesson.
        view().select(QStringLiteral("server"));
        QVERIFY(button("library.code.yaml").isChecked());
        QVERIFY(text().startsWith(QStringLiteral("title:")));
    }

    void theKeyboardReachesEverything()
    {
        QTest::keyClick(&lessonList(), Qt::Key_Down);
        QCOMPARE(label("library.question"), QStringLiteral("What is copied?"));
        QTest::keyClick(&lessonList(), Qt::Key_Up);
        QStringList names;
        for (int i = 0; i < 20 && (i == 0 || QApplication::focusWidget() != &lessonList()); ++i) {
            names << QApplication::focusWidget()->objectName();
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        }
        QCOMPARE(names,
            (QStringList{QStringLiteral("library.lessons"), QStringLiteral("library.engine.native"),
                QStringLiteral("library.method.fork"), QStringLiteral("library.run"),
                QStringLiteral("library.showAnswer"), QStringLiteral("library.code.python"),
                QStringLiteral("library.code.copy"), QStringLiteral("library.code.text"),
                QStringLiteral("library.action.run"), QStringLiteral("library.action.open")}));
        button("library.engine.native").setFocus();
        QTest::keyClick(&button("library.engine.native"), Qt::Key_Right);
        QVERIFY(preview().choice().engine == LessonEngine::Python);
        QSignalSpy asked(&view(), &LibraryView::runRequested);
        // Nothing is run here: only what is asked for counts.
        QVERIFY(view().disconnect(&window_->library()));
        QTest::keyClick(&button("library.run"), Qt::Key_Return);
        lessonList().setFocus();
        QTest::keyClick(&lessonList(), Qt::Key_Return);
        QCOMPARE(asked.count(), 2);
        QVERIFY(asked.last().first().value<LessonChoice>() == preview().choice());
    }

    void aLessonGoesFromItsQuestionToItsAnswer()
    {
        QVERIFY2(QFileInfo(RecorderProcess::recorderPath()).isExecutable(), "the recorder is not built");
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        QTest::mouseClick(&button("library.run"), Qt::LeftButton);
        QVERIFY2(window_->message().isEmpty(), qPrintable(window_->message()));
        QVERIFY(!view().isVisible() && part("timelineLanes").isVisible());
        QVERIFY(part("lessonCard").isVisible());
        QCOMPARE(label("lessonCard.question"), QStringLiteral("Why did the counter stop?"));
        QVERIFY(!part("lessonCard.showAnswer").isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        QVERIFY2(window_->message().isEmpty(), qPrintable(window_->message()));
        QVERIFY(hasDaemon("Counter"));

        QVERIFY(part("lessonCard.showAnswer").isVisible());
        QVERIFY(!part("lessonCard.answer").isVisible());
        click("lessonCard.showAnswer");
        auto& answer = dynamic_cast<QTextBrowser&>(part("lessonCard.answer"));
        QVERIFY(answer.isVisible());
        QVERIFY(answer.toPlainText().startsWith(QStringLiteral("It is a daemon.\nA process belongs")));

        // The library and back.
        QTRY_VERIFY_WITH_TIMEOUT(!window_->recorder().running(), kLimitMs);
        QTest::keyClick(window_.get(), Qt::Key_L, Qt::ControlModifier);
        QVERIFY(view().isVisible() && lessonList().hasFocus());
        QTest::keyClick(window_.get(), Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!view().isVisible() && part("lessonCard").isVisible());

        // Again: the question stands there anew; put away, it stays away.
        window_->actions().rerun->trigger();
        QVERIFY(part("lessonCard").isVisible() && !part("lessonCard.showAnswer").isVisible());
        QVERIFY(!part("lessonCard.answer").isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kLimitMs);
        click("lessonCard.dismiss");
        QVERIFY(!part("lessonCard").isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(window_->actions().rerun->isEnabled(), kLimitMs);
        window_->actions().rerun->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, kLimitMs);
        QVERIFY(!part("lessonCard").isVisible());
        // Each run has begun without the file that the one before has written.
        window_->actions().showAllOutput->trigger();
        auto* all = window_->findChild<OutputPane*>(QStringLiteral("output-all"));
        QVERIFY(all->selectedText().contains(QStringLiteral("MainProcess ends after 0 lines")));
        // A temporary recording is not one to come back to.
        QCOMPARE(window_->library().recent().rowCount(), 0);
    }

    void aLessonRunsInPythonAsItIsChosen()
    {
        QSignalSpy ended(window_.get(), &MainWindow::recordingEnded);
        click("library.engine.python");
        click("library.method.spawn");
        click("library.run");
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLimitMs);
        QVERIFY2(window_->message().isEmpty(), qPrintable(window_->message()));
        QVERIFY(hasDaemon("Counter"));
        QVERIFY(window_->feed().tree().program()->argv.back().ends_with("cut-off.py"));
        QTRY_VERIFY_WITH_TIMEOUT(!window_->recorder().running(), kLimitMs);
    }

    void whileAProgramRunsNoOtherCanBeStarted()
    {
        RunRequest request;
        request.program = QStringList{QStringLiteral("/bin/sleep"), QStringLiteral("600")};
        QVERIFY(window_->run(request).ok());
        QVERIFY(!part("lessonCard").isVisible());
        window_->showLibrary();
        QVERIFY(!button("library.run").isEnabled());
        QVERIFY(button("library.action.panes").isVisible());
        QTest::keyClick(&lessonList(), Qt::Key_Return);
        QVERIFY(view().isVisible());
        click("library.action.panes");
        QVERIFY(!view().isVisible());
        window_->closeUnasked();
    }

    void recordingsAreRememberedAndOpened()
    {
        QVERIFY(part("library.noRecent").isVisible());
        const QString first = story(QStringLiteral("first.dscope"));
        const QString second = story(QStringLiteral("second.dscope"));
        QVERIFY(window_->openRecording(first).ok());
        QVERIFY(window_->openRecording(second).ok());
        QVERIFY(!view().isVisible());
        const QString third = directory_.filePath(QStringLiteral("third.dscope"));
        QVERIFY(window_->saveTo(third).ok());
        QVERIFY(QFile::remove(second));

        window_->actions().library->trigger();
        auto& list = dynamic_cast<QListView&>(part("library.recent"));
        QVERIFY(list.isVisible() && !part("library.noRecent").isVisible());
        QCOMPARE(list.model()->rowCount(), 3);
        QCOMPARE(list.model()->index(0, 0).data().toString(), QStringLiteral("third.dscope"));
        QCOMPARE(list.model()->index(0, 0).data(LibraryRecent::ProgramRole).toString(),
            QStringLiteral("python3 daemon_story.py"));
        QVERIFY(list.model()->index(1, 0).data(LibraryRecent::MissingRole).toBool());

        list.setFocus();
        QVERIFY(part("library.file").isVisible());
        QCOMPARE(label("library.file.name"), QStringLiteral("third.dscope"));
        QTest::keyClick(&list, Qt::Key_Down);
        QVERIFY(label("library.file.place").contains(QStringLiteral("no longer")));
        QVERIFY(!part("library.file.open").isVisible());
        QTest::keyClick(&list, Qt::Key_Return);
        QVERIFY(view().isVisible());
        QVERIFY(window_->message().contains(QStringLiteral("second.dscope")));
        QTest::keyClick(&list, Qt::Key_Delete);
        QCOMPARE(list.model()->rowCount(), 2);
        list.setCurrentIndex(list.model()->index(1, 0));
        QCOMPARE(label("library.file.name"), QStringLiteral("first.dscope"));
        click("library.file.open");
        QVERIFY(!view().isVisible());
        QCOMPARE(window_->feed().path(), first.toStdString());
        QVERIFY(window_->message().isEmpty());

        // A lesson is looked at again when its list is.
        window_->showLibrary();
        lessonList().setFocus();
        QVERIFY(part("library.preview").isVisible() && !part("library.file").isVisible());
    }

    void whatIsWrongWithTheLessonsIsOneSentence()
    {
        window_->library().useFolder(directory_.filePath(QStringLiteral("nowhere")));
        QCOMPARE(lessonList().model()->rowCount(), 0);
        QVERIFY(part("library.noLessons").isVisible());
        QVERIFY2(
            label("library.noLessons").contains(QStringLiteral("nowhere")), qPrintable(label("library.noLessons")));
        QVERIFY(!part("library.run").isVisible());
    }

    void thePictureIsTheSameEveryTime()
    {
        const QImage first = window_->grab().toImage();
        cleanup();
        init();
        QCOMPARE(window_->grab().toImage(), first);
        window_->resize(1100, 720);
        QCOMPARE(window_->size(), QSize(1100, 720));
        QVERIFY(preview().code().width() > 200);
    }

private:
    [[nodiscard]] QString lessons() const { return directory_.filePath(QStringLiteral("lessons")); }

    void writeLesson(const QString& folder, const QByteArray& front)
    {
        const QDir lesson(lessons() + QLatin1Char('/') + folder);
        QVERIFY(lesson.mkpath(QStringLiteral(".")));
        QFile words(lesson.filePath(QStringLiteral("lesson.md")));
        QVERIFY(words.open(QIODevice::WriteOnly));
        words.write("---\n" + front
            + "---\nA process *belongs* to its parent. [More](https://example.org/).\n\n"
              "![picture](file:///evil.png) <b>bold</b>\n\n```python\np.start()\n```\n");
        QFile program(lesson.filePath(QStringLiteral("scenario.yaml")));
        QVERIFY(program.open(QIODevice::WriteOnly));
        program.write(kScenario);
    }

    [[nodiscard]] QString story(const QString& name) const
    {
        const QString path = directory_.filePath(name);
        writeStory(path.toStdString(), daemonStory());
        return path;
    }

    /// Whether a daemon of this name was seen.
    bool hasDaemon(const std::string& name)
    {
        const auto& processes = window_->feed().tree().processes();
        return std::any_of(processes.begin(), processes.end(),
            [&](const Process& process) { return process.name == name && process.daemon.value_or(false); });
    }

    LibraryView& view() { return window_->library().view(); }
    LibraryPreview& preview() { return view().preview(); }
    QWidget& part(const char* name)
    {
        auto* found = window_->findChild<QWidget*>(QLatin1String(name));
        if (!found)
            qFatal("there is no widget %s", name);
        return *found;
    }
    QAbstractButton& button(const char* name) { return dynamic_cast<QAbstractButton&>(part(name)); }
    QListView& lessonList() { return dynamic_cast<QListView&>(part("library.lessons")); }
    QString label(const char* name) { return dynamic_cast<QLabel&>(part(name)).text(); }
    void click(const char* name) { QTest::mouseClick(&part(name), Qt::LeftButton); }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    setupApplication(application, Theme::light());
    TestLibraryWindow test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_librarywindow.moc"
