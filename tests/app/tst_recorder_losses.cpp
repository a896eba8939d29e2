// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the recorder does when the recording can't be kept: it says so at once, and the program goes on unharmed.

#include "trial.h"
#include "trialfacts.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using daemonscope::Event;
using daemonscope::RecordingReader;
using trial::fixture;
using trial::RecordingFacts;
using trial::Words;
namespace payload = daemonscope::payload;

class RecorderLossesTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    /// A shell's script that gets the recorder and its words as "$@".
    [[nodiscard]] trial::Setup scripted(const char* script, const Words& program, const Words& options) const
    {
        trial::Setup setup = bench_.recorded({program}, options);
        Words command{"sh", "-c", script, bench_.path("full")};
        command.insert(command.end(), setup.command.begin(), setup.command.end());
        setup.command = std::move(command);
        return setup;
    }
    /// The losses that a recording tells of.
    static QByteArrayList lossesIn(const std::vector<Event>& events)
    {
        QByteArrayList losses;
        for (const Event& event : events) {
            if (const auto* lost = std::get_if<payload::Lost>(&event.payload))
                losses << QByteArray::fromStdString(lost->what + ": " + lost->why);
        }
        return losses;
    }
    /// What the program wrote, with every kind of loss, arrives as a whole.
    static constexpr int kFloodBytes = 4 * 8192 * 1024;
    static Words flood()
    {
        return {"sh", "-c", R"("$0" 4 8192; status=$?; echo the program goes on >&2; exit $status)", fixture("flood")};
    }
    void checkFlood(const trial::Outcome& outcome, const char* reason)
    {
        QCOMPARE(outcome.end(), QByteArray{"exit 0"});
        QCOMPARE(outcome.out.size(), kFloodBytes);
        const qsizetype told = outcome.err.indexOf("the recording ends here");
        QVERIFY2(told >= 0 && told < outcome.err.indexOf("the program goes on\n"), outcome.err.constData());
        QVERIFY2(outcome.err.contains(reason), outcome.err.constData());
        QVERIFY2(outcome.err.contains("not everything could be recorded"), outcome.err.constData());
        const RecordingFacts facts = RecordingFacts::read(bench_.recording());
        QCOMPARE(facts.error, std::string{});
        QCOMPARE(facts.state, RecordingReader::State::Abandoned);
        qsizetype kept = 0;
        for (const auto& [serial, process] : facts.processes)
            kept += process.out.size();
        QVERIFY2(kept > kFloodBytes / 4 && kept < kFloodBytes, qPrintable(QString::number(kept)));
        const QByteArrayList losses = lossesIn(facts.events);
        QCOMPARE(losses.size(), 1);
        QVERIFY2(losses[0].startsWith("everything from here on: ") && losses[0].contains(reason), losses[0]);
        QVERIFY(std::holds_alternative<payload::Lost>(facts.events.back().payload));
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }
    void cleanup() { QFile::remove(QString::fromStdString(bench_.recording())); }

    void fullDisk()
    {
        const trial::Outcome mounted = trial::run({{"unshare", "-m", "sh", "-c",
            R"(mkdir -p "$0" && mount -t tmpfs -o size=1m none "$0")", bench_.path("full")}});
        if (mounted.exitCode != 0)
            QSKIP("only who may mount a small file system can fill it");
        // The disk is gone with its name space, so what was recorded is copied out of it.
        trial::Setup setup = scripted(R"(mount -t tmpfs -o size=20m none "$0" || exit 99
            to=$3; "$1" --output=pipe -o "$0/a.dscope" -- "${@:6}"; status=$?; cp "$0/a.dscope" "$to"; exit $status)",
            flood(), {"--output=pipe"});
        setup.command.at(0) = "bash";
        // recorder --force -o FILE --output=pipe -- PROGRAM…
        setup.command.erase(setup.command.begin() + 5); // --force
        setup.command.insert(setup.command.begin(), {"unshare", "-m"});
        checkFlood(trial::run(setup), "No space left on device");
    }

    void largestFileReached()
    {
        // 1024 bytes each: a recording begins with 16 MiB.
        trial::Setup setup = scripted(R"(ulimit -f 20000; exec "$@")", flood(), {"--output=pipe"});
        setup.command.at(0) = "bash";
        checkFlood(trial::run(setup), "File too large");
    }

    /// What the recorder blocks or catches for its own sake is not passed on.
    void signalsAreAsEver()
    {
        const Words program{"grep", "-E", "Sig(Blk|Ign|Cgt)", "/proc/self/status"};
        QCOMPARE(bench_.record({program}).out, trial::run({program}).out);
    }

    void readOnlyFolder()
    {
        const std::string folder = bench_.path("read-only");
        QVERIFY(QDir{}.mkpath(QString::fromStdString(folder)));
        Words command{trial::recorderProgram(), "-o", folder + "/a.dscope", "--", "/bin/echo", "ran"};
        if (::geteuid() == 0) {
            // Root may write everywhere.
            const Words nobody{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
            command.insert(command.begin(), nobody.begin(), nobody.end());
            if (trial::run({{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", trial::recorderProgram(),
                               "--version"}})
                    .exitCode
                != 0)
                QSKIP("nobody but root can execute the recorder here");
            QVERIFY(QFile::setPermissions(QFileInfo{QString::fromStdString(folder)}.path(),
                QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ExeOther | QFile::ReadOther));
        } else {
            QVERIFY(QFile::setPermissions(QString::fromStdString(folder), QFile::ReadOwner | QFile::ExeOwner));
        }
        const trial::Outcome outcome = trial::run({command});
        QCOMPARE(outcome.end(), QByteArray{"exit 125"});
        QVERIFY2(outcome.out.isEmpty(), "the program must not run unrecorded");
        QVERIFY2(
            outcome.err.contains("Permission denied") && outcome.err.contains(folder.c_str()), outcome.err.constData());
    }

    void fileDeletedWhileRecording()
    {
        trial::Trial trial{bench_.recorded({{fixture("waits")}})};
        QVERIFY(trial.readUntil("ready"));
        const pid_t program = trial.output().simplified().split(' ').last().toInt();
        auto reader = RecordingReader::open(bench_.recording());
        QVERIFY(reader.ok());
        QVERIFY(QFile::remove(QString::fromStdString(bench_.recording())));
        // Who has the file open, such as a window, learns of it at once.
        QByteArrayList losses;
        QTRY_VERIFY_WITH_TIMEOUT(!(losses += lossesIn(reader.value().poll())).isEmpty(), 60000);
        QCOMPARE(losses, QByteArrayList{"the recording itself: its file was deleted while the program ran"});
        ::kill(program, SIGTERM);
        const trial::Outcome outcome = trial.finish();
        QVERIFY(outcome.out.contains("got 15"));
        QCOMPARE(outcome.end(), QByteArray{"exit 35"});
        QCOMPARE(outcome.err.count("was deleted while the program ran"), 2); // then, and at the end
        QVERIFY2(outcome.err.contains(bench_.recording().c_str()), outcome.err.constData());
    }

    void fileCutShortWhileRecording_data()
    {
        QTest::addColumn<int>("length");
        QTest::newRow("to nothing") << 0;
        QTest::newRow("to its header") << 4096;
    }
    void fileCutShortWhileRecording()
    {
        QFETCH(const int, length);
        trial::Trial trial{bench_.recorded({{fixture("waits")}})};
        QVERIFY(trial.readUntil("ready"));
        const pid_t program = trial.output().simplified().split(' ').last().toInt();
        QCOMPARE(::truncate(bench_.recording().c_str(), length), 0);
        ::kill(program, SIGTERM);
        const trial::Outcome outcome = trial.finish();
        QVERIFY2(outcome.out.contains("got 15"), outcome.end().constData());
        QCOMPARE(outcome.end(), QByteArray{"exit 35"});
        QVERIFY2(outcome.err.contains("was cut short by somebody else"), outcome.err.constData());
    }

    void outputBeyondTheLimit_data()
    {
        QTest::addColumn<QByteArrayList>("options");
        QTest::addColumn<int>("first");  ///< bytes that are kept of the process that writes 5000 …
        QTest::addColumn<int>("second"); ///< … and of the one that writes 3000 after it
        QTest::newRow("none") << QByteArrayList{} << 5000 << 3000;
        QTest::newRow("per process") << QByteArrayList{"--limit", "2K"} << 2048 << 2048;
        QTest::newRow("in all") << QByteArrayList{"--limit-total=6000"} << 5000 << 1000;
        QTest::newRow("both") << QByteArrayList{"--limit=4500", "--limit-total", "5000"} << 4500 << 500;
        QTest::newRow("nothing") << QByteArrayList{"--limit=0"} << 0 << 0;
        QTest::newRow("more than enough") << QByteArrayList{"--limit=1G", "--limit-total=2G"} << 5000 << 3000;
    }
    void outputBeyondTheLimit()
    {
        QFETCH(const QByteArrayList, options);
        QFETCH(const int, first);
        QFETCH(const int, second);
        Words words{"--output=pipe"};
        for (const QByteArray& option : options)
            words.push_back(option.toStdString());
        const trial::Outcome outcome = bench_.record(
            {{"sh", "-c", "head -c 5000 /dev/zero | tr '\\0' a >&2; head -c 3000 /dev/zero | tr '\\0' b"}}, words);
        QCOMPARE(outcome.end(), QByteArray{"exit 0"});
        QCOMPARE(outcome.err, QByteArray(5000, 'a'));
        QCOMPARE(outcome.out, QByteArray(3000, 'b'));
        const RecordingFacts facts = RecordingFacts::read(bench_.recording());
        QCOMPARE(facts.flaw(), QByteArray{});
        QByteArray kept;
        for (const auto& [serial, process] : facts.processes)
            kept += process.err + process.out;
        QCOMPARE(kept, QByteArray(first, 'a') + QByteArray(second, 'b'));
        std::uint64_t dropped = 0;
        for (const Event& event : facts.events) {
            if (const auto* some = std::get_if<payload::OutputDropped>(&event.payload))
                dropped += some->sizeBytes;
        }
        QCOMPARE(dropped, static_cast<std::uint64_t>(8000 - first - second));
    }

    void whatIsDroppedIsToldInFewEvents()
    {
        const trial::Outcome outcome =
            bench_.record({{fixture("flood"), "1", "4096"}}, {"--output=pipe", "--limit=1K"});
        QCOMPARE(outcome.out.size(), 4096 * 1024);
        const RecordingFacts facts = RecordingFacts::read(bench_.recording());
        int events = 0;
        for (const Event& event : facts.events)
            events += std::holds_alternative<payload::OutputDropped>(event.payload) ? 1 : 0;
        QVERIFY2(events > 0 && events < 30, qPrintable(QString::number(events)));
    }

    void impossibleLimits_data()
    {
        QTest::addColumn<std::string>("limit");
        for (const char* limit : {"", "K", "-1", "1.5M", "10X", "10KB", "99999999999999999999", "18014398509481984K"})
            QTest::newRow(limit) << std::string{limit};
    }
    void impossibleLimits()
    {
        QFETCH(const std::string, limit);
        const trial::Outcome outcome = bench_.record({{"/bin/echo", "ran"}}, {"--limit=" + limit});
        QCOMPARE(outcome.end(), QByteArray{"exit 2"});
        QVERIFY2(outcome.err.contains("--limit"), outcome.err.constData());
        QVERIFY(outcome.out.isEmpty());
    }

    /// A reader holds nothing that the recorder waits for.
    void aStoppedReaderDoesNotMatter()
    {
        trial::Trial waiting{bench_.recorded({{"sh", "-c", R"(echo ready; read go; "$0" 4 4096)", fixture("flood")}})};
        QVERIFY(waiting.readUntil("ready"));
        const pid_t stopped = ::fork();
        if (stopped == 0) {
            auto reader = RecordingReader::open(bench_.recording());
            if (reader.ok())
                (void)reader.value().poll(1);
            ::raise(SIGSTOP);
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(stopped, &status, WUNTRACED), stopped);
        QVERIFY(WIFSTOPPED(status));
        const trial::Outcome outcome = waiting.finish(); // its stdin ends, and the program goes on
        QCOMPARE(outcome.out.size(), qsizetype{4 * 4096 * 1024 + 6});
        QCOMPARE(RecordingFacts::read(bench_.recording()).flaw(), QByteArray{});
        ::kill(stopped, SIGKILL);
        QCOMPARE(::waitpid(stopped, &status, 0), stopped);
    }
};

QTEST_GUILESS_MAIN(RecorderLossesTest)
#include "tst_recorder_losses.moc"
