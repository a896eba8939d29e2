// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recorder and the window are killed at any instant of a busy run. DAEMONSCOPE_REPEAT says how many times; few by
// default, as each takes a second.

#include "trial.h"
#include "trialfacts.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

#include <csignal>
#include <thread>

using daemonscope::RecordingReader;
using trial::fixture;
using trial::RecordingFacts;
using trial::Words;

namespace {

constexpr int kLimitMs = 60000;

int repeats(int usually)
{
    bool given = false;
    const int count = qEnvironmentVariableIntValue("DAEMONSCOPE_REPEAT", &given);
    return given ? count : usually;
}

/// Any instant of the beginning, as often the first milliseconds as what comes later.
std::chrono::microseconds anyInstant()
{
    constexpr std::array<int, 3> kReachUs{5'000, 60'000, 700'000};
    auto* random = QRandomGenerator::global();
    return std::chrono::microseconds{random->bounded(kReachUs.at(static_cast<std::size_t>(random->bounded(3))))};
}

} // namespace

class RecorderKillsTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;

    /// With nobody who reads its output: nothing is held up by the test.
    [[nodiscard]] static trial::Setup silent(trial::Setup setup)
    {
        const Words shell{"sh", "-c", R"(exec "$0" "$@" >/dev/null 2>&1 </dev/null)"};
        setup.command.insert(setup.command.begin(), shell.begin(), shell.end());
        return setup;
    }
    /// Forks, pools, output and kills, without an end.
    [[nodiscard]] static Words busy()
    {
        return {"sh", "-c",
            R"(while :; do "$1" "$2" pool; done & while :; do "$0/children" 5000 50; done &
            while :; do "$0/flood" 3 2048; done & while :; do "$0/killstorm" 50; done & wait)",
            fixture(""), trial::python(), trial::sourceFile("tests/fixtures/python/pools.py")};
    }
    void checkKilledRecorder(const Words& options);

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void killedRecorder() { checkKilledRecorder({"--output=pipe"}); }
    void killedRecorderWithoutOutput() { checkKilledRecorder({"--output=inherit"}); }
    void killedRecorderWithoutPtrace() { checkKilledRecorder({"--output=pipe", "--no-ptrace"}); }
    void killedWindow();
    void whatKilledRecordersLeftIsTidiedUp();
    void whatKilledLessonsLeftIsTidiedUp_data();
    void whatKilledLessonsLeftIsTidiedUp();
};

void RecorderKillsTest::checkKilledRecorder(const Words& options)
{
    int recordings = 0;
    std::size_t most = 0;
    for (int round = repeats(8); round > 0; --round) {
        QFile::remove(QString::fromStdString(bench_.recording()));
        trial::Trial trial{silent(bench_.recorded({busy()}, options))};
        std::this_thread::sleep_for(anyInstant());
        // What can be read now must be there afterwards, too.
        auto before = RecordingReader::open(bench_.recording());
        std::size_t read = 0;
        if (before.ok()) {
            for (auto events = before.value().poll(); !events.empty() && read < 100000; events = before.value().poll())
                read += events.size();
        }
        ::kill(trial.pid(), SIGKILL);
        QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
        const bool recorded = QFile::exists(QString::fromStdString(bench_.recording()));
        QVERIFY(recorded || read == 0);
        if (!recorded)
            continue; // before there was a file
        const RecordingFacts facts = RecordingFacts::read(bench_.recording());
        QCOMPARE(facts.error, std::string{});
        QCOMPARE(facts.state, RecordingReader::State::Abandoned);
        QVERIFY(facts.events.size() >= read);
        ++recordings;
        most = std::max(most, facts.events.size());
    }
    qInfo("%d recordings, the longest of %zu events", recordings, most);
}

void RecorderKillsTest::killedWindow()
{
    const std::string window = DAEMONSCOPE_BINARY_DIR "/bin/daemonscope";
    if (!QFile::exists(QString::fromStdString(window)))
        QSKIP("the window is not part of this build");
    int recordings = 0;
    for (int round = repeats(4); round > 0; --round) {
        trial::Setup setup{{window, "run", "--", "sh", "-c",
            R"(for n in 1 2 3 4 5 6 7 8; do echo out $n; echo err $n >&2; "$0/children" 40 10; sleep 0.05; done; exit 7)",
            fixture("")}};
        setup.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString(), "QT_QPA_PLATFORM=offscreen",
            "DISPLAY=", "WAYLAND_DISPLAY="};
        setup.folder = bench_.path("");
        trial::Trial trial{silent(setup)};
        // From its start to the middle of the program's run.
        constexpr int kReachUs = 2'500'000;
        std::this_thread::sleep_for(std::chrono::microseconds{QRandomGenerator::global()->bounded(kReachUs)});
        ::kill(trial.pid(), SIGKILL);
        (void)trial.finish();
        // Nobody is told to end, and all end by themselves.
        QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
        QDirIterator files{
            bench_.runtimeFolder(), {QStringLiteral("*.dscope")}, QDir::Files, QDirIterator::Subdirectories};
        while (files.hasNext()) {
            const RecordingFacts facts = RecordingFacts::read(files.next().toStdString());
            QCOMPARE(facts.flaw(), QByteArray{});
            QCOMPARE(facts.at(0).end(), QByteArray{"exit 7"});
            QVERIFY(facts.at(0).err.endsWith("err 8\n"));
            QVERIFY(facts.at(0).out.contains("out 8\n"));
            ++recordings;
        }
        QVERIFY(QDir{bench_.runtimeFolder()}.removeRecursively());
        QVERIFY(QDir{}.mkpath(bench_.runtimeFolder()));
        QVERIFY(QFile::setPermissions(bench_.runtimeFolder(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }
    qInfo("%d runs had begun", recordings);
}

void RecorderKillsTest::whatKilledRecordersLeftIsTidiedUp()
{
    QVERIFY(QDir{bench_.runtimeFolder()}.removeRecursively());
    QVERIFY(QDir{}.mkpath(bench_.runtimeFolder()));
    trial::Trial killed{bench_.recorded({{fixture("waits")}})};
    QVERIFY(killed.readUntil("ready"));
    trial::Setup other{{trial::recorderProgram(), "-o", bench_.path("other.dscope"), "--", fixture("waits")}};
    other.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString()};
    trial::Trial running{other};
    QVERIFY(running.readUntil("ready"));
    const auto folders = [this] { return QDir{bench_.runtimeFolder()}.entryList(QDir::Dirs | QDir::NoDotAndDotDot); };
    QCOMPARE(folders().size(), 2);
    ::kill(killed.pid(), SIGKILL);
    (void)killed.finish();
    // Somebody else's, or one that holds a recording, is not touched.
    QVERIFY(QDir{bench_.runtimeFolder()}.mkpath(QStringLiteral("daemonscope-abcdef")));
    QCOMPARE(folders().size(), 3);
    QCOMPARE(bench_.record({{"/bin/true"}}).end(), QByteArray{"exit 0"});
    QCOMPARE(folders().size(), 2);
    ::kill(running.pid(), SIGTERM);
    QVERIFY(running.finish().out.contains("got 15"));
    QCOMPARE(folders(), QStringList{QStringLiteral("daemonscope-abcdef")});
}

void RecorderKillsTest::whatKilledLessonsLeftIsTidiedUp_data()
{
    QTest::addColumn<QByteArrayList>("words");
    QTest::addColumn<QString>("file"); // that the lesson's folder has when it runs
    QTest::addColumn<bool>("goesOn");  // the lesson does, when the command is killed
    QTest::addColumn<QStringList>("kept");
    const auto row = [](const char* name, const QByteArrayList& words, const char* file, bool goesOn,
                         const QStringList& kept) {
        QTest::newRow(name) << words << QString::fromLatin1(file) << goesOn << kept;
    };
    const char* const written = "lesson-11-careless.log";
    const QStringList recording{QStringLiteral("run-1.dscope")};
    row("record", {"record", "--lesson", "11"}, written, false, {});
    row("record with Python", {"record", "--lesson", "11", "--engine", "python"}, "background-work.py", false, {});
    row("record detached", {"record", "--detach", "--lesson", "11"}, written, true, {});
    row("run", {"run", "--headless", "--lesson", "11"}, written, true, recording);
    row("run with Python", {"run", "--headless", "--lesson", "11", "--engine", "python"}, written, true, recording);
}

void RecorderKillsTest::whatKilledLessonsLeftIsTidiedUp()
{
    const QString program = QStringLiteral(DAEMONSCOPE_BINARY_DIR "/bin/daemonscope");
    if (!QFile::exists(program))
        QSKIP("the window is not part of this build");
    QFETCH(const QByteArrayList, words);
    QFETCH(const QString, file);
    QFETCH(const bool, goesOn);
    QFETCH(const QStringList, kept);
    QVERIFY(QDir{bench_.runtimeFolder()}.removeRecursively());
    QVERIFY(QDir{}.mkpath(bench_.runtimeFolder()));
    trial::Setup setup{{program.toStdString()}};
    for (const QByteArray& word : words)
        setup.command.push_back(word.toStdString());
    setup.environment = {"XDG_RUNTIME_DIR=" + bench_.runtimeFolder().toStdString(), "QT_QPA_PLATFORM=offscreen",
        "DISPLAY=", "WAYLAND_DISPLAY="};
    setup.folder = bench_.path("");
    const auto files = [this] {
        QStringList names;
        for (QDirIterator all{bench_.runtimeFolder(), QDir::Files, QDirIterator::Subdirectories}; all.hasNext();) {
            all.next();
            if (all.fileName() != QLatin1String("owner"))
                names << all.fileName();
        }
        return names;
    };
    trial::Trial trial{silent(setup)};
    QTRY_VERIFY_WITH_TIMEOUT(files().contains(file), kLimitMs);
    ::kill(trial.pid(), SIGKILL);
    QCOMPARE(trial.finish().end(), QByteArray{"signal 9"});
    if (goesOn) {
        const std::vector<pid_t> running = bench_.leftovers();
        QVERIFY(!running.empty());
        const auto signalAll = [&running](int number) {
            for (const pid_t pid : running)
                ::kill(pid, number);
        };
        signalAll(SIGSTOP); // so that it does not end meanwhile
        QCOMPARE(bench_.record({{"/bin/true"}}).end(), QByteArray{"exit 0"});
        const bool stays = files().contains(file);
        signalAll(SIGCONT);
        QVERIFY(stays);
    }
    QTRY_VERIFY_WITH_TIMEOUT(bench_.leftovers().empty(), kLimitMs);
    QVERIFY(files().contains(file));
    QCOMPARE(bench_.record({{"/bin/true"}}).end(), QByteArray{"exit 0"});
    QCOMPARE(files(), kept);
    QCOMPARE(QDir{bench_.runtimeFolder()}.entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), kept.size());
}

QTEST_GUILESS_MAIN(RecorderKillsTest)
#include "tst_recorder_kills.moc"
