// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the recorder promises to whoever runs it: how it ends, what it leaves behind, and what becomes of the program
// when the recorder is told to end or is killed.

#include "trial.h"
#include "trialfacts.h"

#include "recording/reader.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using trial::fixture;
using trial::RecordingFacts;
using trial::Words;

class RecorderContractTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    [[nodiscard]] bool hasRecording() const { return QFile::exists(QString::fromStdString(bench_.recording())); }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }
    void cleanup() { QFile::remove(QString::fromStdString(bench_.recording())); }

    void endsAsTheProgramEnds_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<QByteArray>("end");
        QTest::newRow("0") << QByteArray{"0"} << QByteArray{"exit 0"};
        QTest::newRow("255") << QByteArray{"255"} << QByteArray{"exit 255"};
        for (const auto& [how, signal] : {std::pair{"abort", SIGABRT}, {"segv", SIGSEGV}, {"sigpipe", SIGPIPE},
                 {"alarm", SIGALRM}, {"kill", SIGKILL}, {"term", SIGTERM}, {"usr1", SIGUSR1}})
            QTest::newRow(how) << QByteArray{how} << "signal " + QByteArray::number(signal);
    }

    void endsAsTheProgramEnds()
    {
        QFETCH(const QByteArray, how);
        QFETCH(const QByteArray, end);
        QCOMPARE(bench_.record({{fixture("ends"), how.toStdString()}}).end(), end);
        QCOMPARE(RecordingFacts::read(bench_.recording()).flaw(), QByteArray{});
    }

    void withoutTheFilterItSaysWhatIsMissing()
    {
        const auto kindsOf = [this](const Words& options) {
            (void)bench_.record({{fixture("sibling")}}, options);
            std::pair<int, int> missingAndRequests;
            for (const daemonscope::Event& event : RecordingFacts::read(bench_.recording()).events) {
                if (const auto* said = std::get_if<daemonscope::payload::CaptureStatement>(&event.payload)) {
                    for (const daemonscope::payload::Ability& ability : said->abilities)
                        missingAndRequests.first += ability.what == "sigkill-senders" && !ability.available;
                }
                missingAndRequests.second += std::holds_alternative<daemonscope::payload::KillRequested>(event.payload);
            }
            return missingAndRequests;
        };
        QCOMPARE(kindsOf({"--output=pipe", "--no-filter", "--force"}), (std::pair{1, 0}));
        QCOMPARE(kindsOf({"--output=pipe", "--force"}), (std::pair{0, 1}));
    }

    void cannotBegin_data()
    {
        QTest::addColumn<QByteArrayList>("words");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const QByteArrayList& words, int status, const char* message) {
            QTest::newRow(name) << words << status << QByteArray{message};
        };
        row("not found", {"--", "/nonexistent/program"}, 127, "was not found");
        row("not found in PATH", {"--", "nosuchprogramanywhere"}, 127, "was not found");
        row("a folder", {"--", "/etc"}, 126, "cannot be executed");
        row("not executable", {"--", "/etc/passwd"}, 126, "Permission denied");
        row("no working directory", {"--cwd", "/nonexistent/folder", "--", "/bin/true"}, 125, "No such file");
        row("no program", {}, 2, "no program");
        row("unknown option", {"--nonsense", "--", "/bin/true"}, 2, "--nonsense");
        row("unknown mode", {"--output=loud", "--", "/bin/true"}, 2, "--output");
    }

    void cannotBegin()
    {
        QFETCH(const QByteArrayList, words);
        QFETCH(const int, status);
        QFETCH(const QByteArray, message);
        trial::Setup setup{{trial::recorderProgram(), "-o", bench_.recording()}};
        for (const QByteArray& word : words)
            setup.command.push_back(word.toStdString());
        setup.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString()};
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.exitCode, status);
        QVERIFY2(outcome.err.contains(message), outcome.err.constData());
        QCOMPARE(outcome.out, QByteArray{});
        QVERIFY2(!hasRecording(), "a program that never ran leaves no recording");
        QVERIFY(QDir{bench_.runtimeFolder()}.isEmpty());
    }

    void cannotWriteTheRecording()
    {
        trial::Setup setup{{trial::recorderProgram(), "-o", "/nonexistent/folder/x.dscope", "--", "/bin/echo", "ran"}};
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.exitCode, 125);
        QVERIFY(outcome.err.contains("/nonexistent/folder/x.dscope"));
        QVERIFY2(outcome.out.isEmpty(), "the program must not run unrecorded");
    }

    void overwritesOnlyWhenTold()
    {
        QFile file{QString::fromStdString(bench_.recording())};
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("precious");
        file.close();
        trial::Setup setup{{trial::recorderProgram(), "-o", bench_.recording(), "--", "/bin/echo", "ran"}};
        const trial::Outcome refused = trial::run(setup);
        QCOMPARE(refused.exitCode, 125);
        QVERIFY(refused.err.contains("--force"));
        QVERIFY(refused.out.isEmpty());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray{"precious"});
        file.close();
        setup.command.insert(setup.command.begin() + 1, "--force");
        QCOMPARE(trial::run(setup).out, QByteArray{"ran\n"});
        QCOMPARE(RecordingFacts::read(bench_.recording()).flaw(), QByteArray{});
    }

    void namesTheRecordingItself()
    {
        const std::string folder = bench_.path("names");
        QVERIFY(QDir{}.mkpath(QString::fromStdString(folder)));
        trial::Setup setup{{trial::recorderProgram(), "/bin/true"}};
        setup.folder = folder;
        QCOMPARE(trial::run(setup).exitCode, 0);
        const QStringList files = QDir{QString::fromStdString(folder)}.entryList(QDir::Files);
        QCOMPARE(files.size(), 1);
        const QRegularExpression expected{QStringLiteral(R"(^daemonscope-true\.\d+\.dscope$)")};
        QVERIFY2(expected.match(files.front()).hasMatch(), qPrintable(files.front()));
    }

    void leavesNothingBehind()
    {
        const trial::Outcome outcome = bench_.record({{"sh", "-c", "ls -A \"$XDG_RUNTIME_DIR\"; sleep 0.1 & exit 0"}});
        QVERIFY2(outcome.out.startsWith("daemonscope-"), "the socket's folder stands while the program runs");
        QVERIFY(QDir{bench_.runtimeFolder()}.isEmpty());
        QVERIFY(bench_.leftovers().empty());
    }

    void signalsReachTheProgram_data()
    {
        QTest::addColumn<int>("signal");
        for (const int signal : {SIGTERM, SIGINT, SIGHUP})
            QTest::newRow(strsignal(signal)) << signal;
    }

    void signalsReachTheProgram()
    {
        QFETCH(const int, signal);
        trial::Trial handled{bench_.recorded({{fixture("waits")}})};
        QVERIFY(handled.readUntil("ready"));
        ::kill(handled.pid(), signal);
        const trial::Outcome outcome = handled.finish();
        QVERIFY(outcome.out.contains("got " + QByteArray::number(signal)));
        QCOMPARE(outcome.end(), "exit " + QByteArray::number(20 + signal));

        trial::Trial unhandled{bench_.recorded({{"sleep", "600"}})};
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().size() == 2, 60000); // the recorder and its program
        // Not before the program has executed, as a signal that comes earlier finds the recorder's own child.
        QTRY_VERIFY_WITH_TIMEOUT(RecordingFacts::read(bench_.recording()).tree().size() > 0
                && !RecordingFacts::read(bench_.recording()).at(0).execs.empty(),
            60000);
        ::kill(unhandled.pid(), signal);
        QCOMPARE(unhandled.finish().end(), "signal " + QByteArray::number(signal));
        QCOMPARE(RecordingFacts::read(bench_.recording()).flaw(), QByteArray{});
    }

    /// A shell makes "cat" its child before it becomes the recorder; cat ends when the recorder does.
    void childrenOfAnothersMakingAreNotWaitedFor()
    {
        trial::Setup setup = bench_.recorded({{fixture("doublefork")}});
        std::string script = "exec";
        for (const std::string& word : setup.command)
            script += " '" + word + "'";
        setup.command = {"bash", "-c", script + " > >(cat)"};
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.end(), QByteArray{"exit 0"});
        const RecordingFacts facts = RecordingFacts::read(bench_.recording());
        QCOMPARE(facts.flaw(), QByteArray{});
        trial::Setup plain{{fixture("doublefork")}};
        QCOMPARE(outcome.out, trial::run(plain).out);
        QCOMPARE(bench_.record(plain).out, outcome.out);
        QCOMPARE(facts.processes.size(), RecordingFacts::read(bench_.recording()).processes.size());
    }

    void killedRecorderTakesTheTreeWithIt()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits"), "tree"}})};
        QVERIFY(trial.readUntil("ready"));
        QVERIFY(trial.readUntil("orphan"));
        QVERIFY(trial.readUntil("child"));
        QCOMPARE(bench_.leftovers().size(), std::size_t{4});
        const RecordingFacts before = RecordingFacts::read(bench_.recording());
        QCOMPARE(before.state, daemonscope::RecordingReader::State::Growing);
        ::kill(trial.pid(), SIGKILL);
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), 60000);
        const RecordingFacts after = RecordingFacts::read(bench_.recording());
        QCOMPARE(after.error, std::string{});
        QCOMPARE(after.state, daemonscope::RecordingReader::State::Abandoned);
        QVERIFY(after.events.size() >= before.events.size());
        QCOMPARE(after.processes.size(), std::size_t{4});
        QVERIFY(after.at(0).out.contains("ready"));
    }

    void detachedProgramOutlivesTheRecorder()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits")}}, {"--detach"})};
        QVERIFY(trial.readUntil("ready"));
        const pid_t program = trial.output().simplified().split(' ').last().toInt();
        ::kill(trial.pid(), SIGKILL);
        QTRY_COMPARE_WITH_TIMEOUT(bench_.leftovers(), std::vector<pid_t>{program}, 60000);
        ::kill(program, SIGTERM);
        QVERIFY(trial.finish().out.contains("got 15"));
    }

    /// A reader that does not look at stdout yet, but waits for something on stderr.
    void fullStdoutDoesNotHoldStderrBack()
    {
        const std::string errors = bench_.path("errors");
        trial::Setup setup{
            {"sh", "-c", R"("$@" 2>"$0" | { until grep -q 'last words' "$0"; do :; done; wc -c; })", errors}};
        const trial::Setup inner =
            bench_.recorded({{"sh", "-c", "head -c 5000000 /dev/zero & sleep 0.3; echo last words >&2; wait"}});
        setup.command.insert(setup.command.end(), inner.command.begin(), inner.command.end());
        const trial::Outcome outcome = trial::run(setup);
        QCOMPARE(outcome.out.trimmed(), QByteArray{"5000000"});
    }

    void goneReaderIsSeenByTheProgram()
    {
        trial::Setup setup{{"bash", "-c", R"("$@" | head -n 1; exit ${PIPESTATUS[0]})", "bash"}};
        const trial::Setup inner = bench_.recorded({{"yes"}});
        setup.command.insert(setup.command.end(), inner.command.begin(), inner.command.end());
        // Not only once: whether the writer waits for room at that moment is a matter of luck.
        for (int round = 0; round < 20; ++round) {
            const trial::Outcome outcome = trial::run(setup);
            QCOMPARE(outcome.out, QByteArray{"y\n"});
            QCOMPARE(outcome.err, QByteArray{});
            QCOMPARE(outcome.end(), QByteArray{"exit 141"});
        }
    }

    void recordsWithAFullDisk()
    {
        if (!QFile::exists(QStringLiteral("/dev/full")))
            QSKIP("no /dev/full");
        trial::Setup setup{{"sh", "-c", R"("$@" >/dev/full)", "sh"}};
        const trial::Setup inner = bench_.recorded({{"sh", "-c", "echo lost; exit 4"}});
        setup.command.insert(setup.command.end(), inner.command.begin(), inner.command.end());
        QCOMPARE(trial::run(setup).exitCode, 4);
        const RecordingFacts facts = RecordingFacts::read(bench_.recording());
        QCOMPARE(facts.at(0).out, QByteArray{"lost\n"});
    }
};

QTEST_GUILESS_MAIN(RecorderContractTest)
#include "tst_recorder_contract.moc"
