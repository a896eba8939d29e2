// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/inspectorcontent.h"
#include "ui/model/whytext.h"
#include "ui/support/inspectorstories.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <map>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {

QString rowText(const InspectorRow& row)
{
    QString text = row.link ? QLatin1Char('[') + row.link->name + QLatin1Char(']') : QString();
    for (const QString& part : {row.value, row.detail}) {
        if (!part.isEmpty())
            text += (text.isEmpty() ? QString() : QStringLiteral(" ")) + part;
    }
    return text;
}

} // namespace

class TestInspectorContent : public QObject {
    Q_OBJECT
private:
    /// The rows of a section, each "label: [link] value".
    QStringList rows(const QString& story, int process, double seconds, const QString& section)
    {
        const InspectorContent content = inspectorContent(feed(story), process, at(seconds));
        QStringList list;
        for (const InspectorSection& found : content.sections) {
            if (found.key != section)
                continue;
            for (const InspectorRow& row : found.rows)
                list << row.label + QStringLiteral(": ") + rowText(row);
        }
        return list;
    }

    const RecordingFeed& feed(const QString& story)
    {
        if (!feeds_[story]) {
            const std::string path = directory_.filePath(story).toStdString();
            writeStory(path,
                story == QLatin1String("program")       ? programStory()
                    : story == QLatin1String("hostile") ? hostileStory()
                    : story == QLatin1String("untold")  ? untoldStory()
                                                        : richStory());
            feeds_[story] = std::make_unique<RecordingFeed>();
            if (!feeds_[story]->open(path).ok())
                std::abort();
            feeds_[story]->readAll();
        }
        return *feeds_[story];
    }

    QTemporaryDir directory_;
    std::map<QString, std::unique_ptr<RecordingFeed>> feeds_;

private Q_SLOTS:
    void sections_data()
    {
        QTest::addColumn<QString>("story");
        QTest::addColumn<int>("process");
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("section");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char* story, int process, double seconds, const char* section,
                             std::initializer_list<const char*> expected) {
            QStringList list;
            for (const char* text : expected)
                list << QString::fromUtf8(text);
            QTest::addRow("%s %d at %.1f: %s", story, process, seconds, section)
                << QString::fromLatin1(story) << process << seconds << QString::fromLatin1(section) << list;
        };
        row("python", 1, 6, "identity",
            {"PID: 4243", "Id in reports: 1", "Role: child process of multiprocessing", "Target: still_alive()",
                "Command: python3 daemon_story.py as that of the process that forked it",
                "Executable: /usr/bin/python3", "Working directory: /home/user"});
        row("python", 0, 6, "identity",
            {"PID: 4242", "Id in reports: 0", "Role: main process of multiprocessing", "Runtime: Python 3.11.2",
                "Command: python3 daemon_story.py", "Executable: /usr/bin/python3", "Working directory: /home/user"});
        row("python", 1, 1, "daemon", {"Value: daemon=True: it is a daemon", "Comes from: constructor at story.py:20"});
        row("python", 2, 1, "daemon", {"Value: daemon=False: it is no daemon", "Comes from: default: nothing set it"});
        row("python", 0, 1, "daemon",
            {"Value: daemon=False: it is no daemon", "Comes from: default: a main process is no daemon"});
        row("python", 1, 1, "parents",
            {"Started by: [MainProcess] with start() at story.py:21", "Forked by: [MainProcess] the same process",
                "Start method: fork"});
        row("python", 1, 6, "parents",
            {"Started by: [MainProcess] with start() at story.py:21", "Forked by: [MainProcess] the same process",
                "Reaped by: [MainProcess] its parent", "Start method: fork"});
        row("python", 0, 1, "parents", {"Started by: daemonscope"});
        row("python", 1, 1, "life", {"Started: 0.12 s", "Ended: not yet", "Lifetime: 880 ms so far"});
        row("python", 1, 6, "life",
            {"Started: 0.12 s", "Ended: 3.00 s", "Lifetime: 2.88 s", "Reaped: 3.00 s, after 1.0 ms as a zombie"});
        row("python", 0, 4, "life",
            {"Started: 0.00 s", "Code ended: 3.00 s", "Exit sequence: since 3.00 s", "Ended: not yet",
                "Lifetime: 4.00 s so far"});
        row("python", 0, 6, "life",
            {"Started: 0.00 s", "Code ended: 3.00 s", "Exit sequence: 2.00 s, from 3.00 s to 5.00 s", "Ended: 5.02 s",
                "Lifetime: 5.02 s"});
        row("python", 1, 1, "end", {});
        row("python", 1, 6, "end",
            {"Status: SIGTERM (15), exit code −15", "In a shell: 143", "Ended by: [MainProcess]",
                "How: Python's exit sequence", "Known by: its siginfo and the report of Python",
                "Did not run: finally blocks, atexit functions, its own exit sequence; what stood in buffers is lost"});
        row("python", 2, 6, "end", {"Status: exit code 0", "Ended by: itself", "How: its target five_steps() ended"});
        row("python", 0, 6, "end", {"Status: exit code 0", "Ended by: itself", "How: its code ended"});
        row("python", 1, 1, "use", {"CPU, memory: not known; not sampled"});
        row("python", 1, 6, "use", {"CPU, memory: not known"});
        row("python", 1, 1.4, "output", {"Until now: 3 lines, stdout and stderr together"});
        row("python", 1, 0.2, "output", {"Until now: nothing"});
        row("python", 1, 6, "output", {"stdout: 90 bytes", "stderr: 21 bytes"});
        row("python", 2, 0.5, "threads", {});
        row("python", 2, 1.5, "threads", {"1.00 s: watcher, daemon, runs"});
        row("python", 2, 3, "threads", {"1.00 s: watcher, daemon, to 2.00 s"});
        row("python", 0, 0.1, "children", {});
        row("python", 0, 0.14, "children", {"0.12 s: [Process-1] daemon, running"});
        row("python", 0, 4, "children",
            {"0.12 s: [Process-1] daemon, killed by SIGTERM", "0.16 s: [Process-2] non-daemon, running"});
        row("python", 0, 4, "findings", {}); // the wait is not over
        row("python", 1, 0.05, "identity", {});
        row("program", 1, 0.55, "identity",
            {"PID: 501", "Id in reports: 1", "Role: program; not known to use multiprocessing",
                "Command: not kept for this time; it executes another one at 0.60 s"});
        row("program", 1, 1, "identity",
            {"PID: 501", "Id in reports: 1", "Role: program; not known to use multiprocessing",
                "Command: cc -c 'a b.c'", "Executable: /usr/bin/cc", "Working directory: /home/user"});
        row("program", 1, 1, "daemon", {"Value: none; it has no meaning for a program that is not of multiprocessing"});
        row("program", 1, 3.5, "parents",
            {"Forked by: [make]", "Adopted by: init (process 1), outside of the recording, at 3.00 s"});
        row("program", 1, 4.2, "parents",
            {"Forked by: [make]", "Adopted by: init (process 1), outside of the recording, at 3.00 s",
                "Reaped by: nobody until now"});
        row("program", 1, 5, "parents",
            {"Forked by: [make]", "Adopted by: init (process 1), outside of the recording, at 3.00 s",
                "Reaped by: a process outside of the recording"});
        row("program", 1, 1.7, "life",
            {"Started: 0.50 s", "Ended: not yet", "Lifetime: 1.20 s so far", "Stopped: since 1.50 s"});
        row("program", 1, 3.5, "life",
            {"Started: 0.50 s", "Ended: not yet", "Lifetime: 3.00 s so far", "Stopped: 500 ms, from 1.50 s to 2.00 s",
                "Orphan: since 3.00 s"});
        row("program", 1, 4.2, "life",
            {"Started: 0.50 s", "Ended: 4.00 s", "Lifetime: 3.50 s", "Stopped: 500 ms, from 1.50 s to 2.00 s",
                "Orphan: 1.00 s, from 3.00 s to 4.00 s", "Reaped: not yet; a zombie since 4.00 s"});
        row("program", 1, 5, "life",
            {"Started: 0.50 s", "Ended: 4.00 s", "Lifetime: 3.50 s", "Stopped: 500 ms, from 1.50 s to 2.00 s",
                "Orphan: 1.00 s, from 3.00 s to 4.00 s", "Reaped: 4.50 s, after 499 ms as a zombie"});
        row("program", 1, 5, "end",
            {"Status: SIGINT (2), exit code −2", "In a shell: 130", "Ended by: the terminal (Ctrl+C)",
                "Known by: its siginfo"});
        row("program", 0, 5, "end", {"Status: exit code 2", "Ended by: itself"});
        row("program", 1, 0.7, "use", {"CPU, memory: not known; not sampled until now"});
        row("program", 1, 1.2, "use", {"CPU time: 100 ms", "Memory: 640 KiB", "Threads: 1", "As of: 1.00 s"});
        row("program", 1, 5, "use", {"CPU time: 901 ms", "Peak memory: 33.0 MiB"});
        row("program", 1, 5, "output", {"Written: not known; the output was not captured"});
        row("program", 1, 5, "threads", {});
        row("untold", 1, 6, "identity",
            {"PID: 4243", "Id in reports: 1", "Role: child process of multiprocessing", "Target: still_alive()",
                "Command: not known", "Executable: not known", "Working directory: not known"});
        row("untold", 1, 6, "parents",
            {"Started by: [MainProcess] with start() at story.py:21", "Forked by: not known", "Start method: fork"});
        row("untold", 1, 6, "life", {"Started: 0.12 s", "Ended: not known; its end was not seen"});
        row("untold", 1, 4, "life", {"Started: 0.12 s", "Ended: not yet", "Lifetime: 3.88 s so far"});
        row("untold", 1, 6, "end", {});
        row("untold", 1, 6, "output", {"Written: not known; the recording does not tell who wrote what"});
    }
    void sections()
    {
        QFETCH(QString, story);
        QFETCH(int, process);
        QFETCH(double, seconds);
        QFETCH(QString, section);
        QFETCH(QStringList, expected);
        QCOMPARE(rows(story, process, seconds, section), expected);
    }

    void findingsAreToldOnceTheyAreWhole()
    {
        const QStringList found = rows(QStringLiteral("python"), 0, 6, QStringLiteral("findings"));
        QCOMPARE(found.size(), 1);
        QVERIFY2(found[0].startsWith(QStringLiteral("3.00 s: MainProcess's code was over, but it waited 2.00 s")),
            qPrintable(found[0]));
        QVERIFY(found[0].contains(QStringLiteral("The exit sequence joins every non-daemon child")));
    }

    void factsNameTheirWitness()
    {
        const InspectorContent content = inspectorContent(feed(QStringLiteral("python")), 1, at(6));
        const InspectorSection& facts = content.sections.back();
        QCOMPARE(facts.key, QStringLiteral("facts"));
        QVERIFY(facts.wide && facts.rows.size() > 5);
        for (const InspectorRow& row : facts.rows)
            QVERIFY2(!row.evidence.isEmpty() && row.timed, qPrintable(row.value));
    }

    /// The children's links name the process that they select, whatever it is called.
    void linksNameTheirProcess()
    {
        const InspectorContent content = inspectorContent(feed(QStringLiteral("python")), 0, at(6));
        const auto children = std::find_if(content.sections.begin(), content.sections.end(),
            [](const InspectorSection& section) { return section.key == QLatin1String("children"); });
        QVERIFY(children != content.sections.end());
        QCOMPARE(children->rows[1].link->process, 2);
        QCOMPARE(children->rows[1].link->pid, QStringLiteral("4244"));
        QCOMPARE(children->rows[0].link->kind, Kind::Daemon);
    }

    /// Whatever is asked, and whenever: no row without words, no section without rows, nothing that a program chose
    /// unescaped or without end.
    void everythingIsBounded_data()
    {
        QTest::addColumn<QString>("story");
        for (const char* story : {"python", "program", "hostile", "untold"})
            QTest::newRow(story) << QString::fromLatin1(story);
    }
    void everythingIsBounded()
    {
        QFETCH(QString, story);
        const RecordingFeed& read = feed(story);
        for (const Process& process : read.tree().processes()) {
            for (double seconds = -0.5; seconds < 6; seconds += 0.25) {
                const InspectorContent content = inspectorContent(read, process.index, at(seconds));
                QVERIFY(!content.name.isEmpty() && content.name.size() <= 60);
                QVERIFY(!content.state.isEmpty() && content.sentence.size() < 4000);
                QCOMPARE(content.sections.empty(), process.born > at(seconds));
                QStringList texts{content.name, content.state, content.sentence};
                for (const InspectorSection& section : content.sections) {
                    QVERIFY(!section.rows.empty() && section.rows.size() <= kInspectorMostRows + 1);
                    for (const InspectorRow& row : section.rows) {
                        QVERIFY2(!rowText(row).isEmpty(), qPrintable(section.key + row.label));
                        texts << row.label << row.value << row.detail << row.evidence;
                        if (row.link)
                            texts << row.link->name;
                    }
                }
                for (const QString& text : texts) {
                    QVERIFY2(text.size() < 4000, qPrintable(text.left(200)));
                    QVERIFY2(std::all_of(text.begin(), text.end(), [](QChar c) { return c.isPrint(); }),
                        qPrintable(text.left(200)));
                }
            }
        }
    }

    void ofLongListsTheRestIsCounted()
    {
        const std::string path = directory_.filePath(QStringLiteral("many")).toStdString();
        std::vector<StoryEvent> story = programStory();
        for (int i = 0; i < 100; ++i) {
            const ProcessId child{600 + i, static_cast<std::uint32_t>(2 + i)};
            const payload::Born born{kTool, payload::Born::How::Fork, kTool.pid};
            story.insert(story.end() - 1, StoryEvent{{at(4.6), child, Witness::Kernel, born}, {}});
        }
        writeStory(path, story);
        RecordingFeed many;
        QVERIFY(many.open(path).ok());
        many.readAll();
        const InspectorContent content = inspectorContent(many, 1, at(5));
        const auto children = std::find_if(content.sections.begin(), content.sections.end(),
            [](const InspectorSection& section) { return section.key == QLatin1String("children"); });
        QVERIFY(children != content.sections.end());
        QCOMPARE(children->rows.size(), kInspectorMostRows + 1);
        QCOMPARE(children->rows.back().value, QStringLiteral("and 80 more"));
    }

    /// A recording that breaks off: of who ran then, nobody knows what became.
    void whatBecameOfItMayBeUnknown()
    {
        const QString path = directory_.filePath(QStringLiteral("cut"));
        writeStory(path.toStdString(), daemonStory());
        RecordingFeed cut;
        for (qint64 size = QFile(path).size() - 16; size > 4096 && !cut.cutShort(); size -= 64) {
            QVERIFY(QFile::resize(path, size));
            QVERIFY(cut.open(path.toStdString()).ok());
            cut.readAll();
            if (cut.tree().size() < 2 || cut.tree().at(0).ended)
                cut.close();
        }
        QVERIFY(cut.cutShort());
        const InspectorContent content = inspectorContent(cut, 0, cut.tree().latest());
        QCOMPARE(content.mark, Mark::Unseen);
        const auto life = std::find_if(content.sections.begin(), content.sections.end(),
            [](const InspectorSection& section) { return section.key == QLatin1String("life"); });
        QVERIFY(life != content.sections.end());
        QCOMPARE(life->rows.back().value, QStringLiteral("not known; its end was not seen"));
    }

    void whomItSpeaksOf()
    {
        const ProcessTree& tree = feed(QStringLiteral("python")).tree();
        QCOMPARE(subjectAt(tree, std::nullopt, at(1)), std::optional<ProcessIndex>(0)); // the main process
        QCOMPARE(subjectAt(tree, std::nullopt, at(6)), std::optional<ProcessIndex>(1)); // the killed daemon
        QCOMPARE(subjectAt(tree, 2, at(6)), std::optional<ProcessIndex>(2));            // the selected one
        QCOMPARE(subjectAt(tree, 77, at(6)), std::optional<ProcessIndex>(1));           // one that is not there
        QCOMPARE(subjectAt(tree, std::nullopt, at(-1)), std::optional<ProcessIndex>()); // nobody yet
        const ProcessTree& program = feed(QStringLiteral("program")).tree();
        QCOMPARE(subjectAt(program, std::nullopt, at(5)), std::optional<ProcessIndex>(1)); // any that was killed
    }
};

QTEST_GUILESS_MAIN(TestInspectorContent)
#include "tst_inspectorcontent.moc"
