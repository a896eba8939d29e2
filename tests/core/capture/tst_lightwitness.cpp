// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The light witness: against the kernel with the fixtures, by both means, and with made-up events for what a kernel
// does rarely.

#include "capture/lightwitness.h"
#include "os/clock.h"
#include "os/launch.h"
#include "os/perfevents.h"
#include "os/procconnector.h"
#include "os/self.h"
#include "recording/reader.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace daemonscope;

namespace {

/// Tells what a test puts in.
class MadeUpEvents : public TaskEventSource {
public:
    MadeUpEvents() { descriptor_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }
    [[nodiscard]] const char* name() const override { return "made-up"; }
    [[nodiscard]] bool tellsStatus() const override { return true; }
    Outcome add(std::int32_t) override { return Done{}; }
    [[nodiscard]] std::vector<int> descriptors() const override { return {descriptor_.get()}; }
    void read(std::vector<TaskEvent>& events) override
    {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const ssize_t got = ::read(descriptor_.get(), &ignored, sizeof ignored);
        const std::lock_guard lock{mutex_};
        events.insert(events.end(), waiting_.begin(), waiting_.end());
        waiting_.clear();
    }
    void put(std::vector<TaskEvent> events)
    {
        const std::lock_guard lock{mutex_};
        waiting_.insert(waiting_.end(), events.begin(), events.end());
    }
    void wake() const
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(descriptor_.get(), &one, sizeof one);
    }

private:
    UniqueFd descriptor_;
    std::mutex mutex_;
    std::vector<TaskEvent> waiting_;
};

TaskEvent forkOf(std::int32_t parent, std::int32_t pid, std::int32_t tid = 0)
{
    return {TaskEvent::Kind::Fork, monotonicNow(), pid, tid != 0 ? tid : pid, parent, parent, std::nullopt, {}};
}
TaskEvent exitOf(std::int32_t pid, int code, std::int32_t tid = 0)
{
    return {TaskEvent::Kind::Exit, monotonicNow(), pid, tid != 0 ? tid : pid, 0, 0, ExitStatus::code(code), {}};
}
TaskEvent execOf(std::int32_t pid)
{
    return {TaskEvent::Kind::Exec, monotonicNow(), pid, pid, 0, 0, std::nullopt, "name"};
}
TaskEvent lostSome()
{
    return {TaskEvent::Kind::Lost, monotonicNow(), 0, 0, 0, 0, std::nullopt, {}};
}

/// Pids that no process can have.
constexpr std::int32_t kRoot = 0x70000001;
constexpr std::int32_t kChild = 0x70000002;
constexpr std::int32_t kGrandchild = 0x70000003;

} // namespace

class LightWitnessTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::unique_ptr<RecordingWriter> writer_;
    std::unique_ptr<ProcessRegistry> processes_;
    std::unique_ptr<LightWitness> witness_;
    MadeUpEvents* kernel_ = nullptr; ///< the witness's

    [[nodiscard]] std::string path() const { return folder_.filePath(QStringLiteral("a")).toStdString(); }

    void makeWitness(
        std::unique_ptr<TaskEventSource> source, LightWitness::Callbacks callbacks = {[](ProcessId) {}, {}})
    {
        auto created = LightWitness::create(*writer_, *processes_, std::move(callbacks), std::move(source));
        QVERIFY(created.ok());
        witness_ = std::move(created).value();
    }
    void makeWitnessOfMadeUpEvents(LightWitness::Callbacks callbacks = {[](ProcessId) {}, {}})
    {
        auto source = std::make_unique<MadeUpEvents>();
        kernel_ = source.get();
        makeWitness(std::move(source), std::move(callbacks));
        QVERIFY(witness_->follow(processes_->born(kRoot)).ok());
    }
    /// What is in the recording, as "1 born of 0; 1 exit 3".
    [[nodiscard]] QByteArray story() const
    {
        auto reader = std::move(RecordingReader::open(path())).value();
        QByteArray text;
        for (std::vector<Event> batch = reader.poll(); !batch.empty(); batch = reader.poll()) {
            for (const Event& event : batch)
                text += (text.isEmpty() ? "" : "; ") + describe(event);
        }
        return text;
    }
    static QByteArray describe(const Event& event)
    {
        QByteArray text = QByteArray::number(event.process.serial) + ' ';
        if (const auto* born = std::get_if<payload::Born>(&event.payload))
            return text + "born" + (born->parent ? " of " + QByteArray::number(born->parent->serial) : QByteArray{});
        if (const auto* exited = std::get_if<payload::Exited>(&event.payload)) {
            if (exited->statusUnknown)
                return text + "ended";
            return text + (exited->bySignal ? "signal " : "exit ") + QByteArray::number(exited->code);
        }
        if (std::holds_alternative<payload::Executed>(event.payload))
            return text + "executed";
        if (std::holds_alternative<payload::Reparented>(event.payload))
            return text + "adopted";
        if (std::holds_alternative<payload::Lost>(event.payload))
            return "lost";
        return text + "something else";
    }
    /// Runs a fixture under the witness until none of its processes is left.
    void follow(const std::vector<std::string>& argv)
    {
        LaunchSpec spec;
        spec.argv = argv;
        spec.environment = currentEnvironment();
        spec.standardInput = -1;
        spec.standardOutput = -1;
        auto pending = PendingLaunch::start(spec);
        QVERIFY(pending.ok());
        const std::int32_t pid = pending.value().pid();
        QVERIFY(witness_->follow(processes_->born(pid)).ok());
        witness_->start();
        pending.value().go();
        witness_->waitUntilAllEnded();
        witness_->finish();
    }

private Q_SLOTS:
    void init()
    {
        writer_ = std::move(RecordingWriter::create(path(), true)).value();
        processes_ = std::make_unique<ProcessRegistry>();
    }
    void cleanup()
    {
        witness_.reset();
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
    }

    void fixtures_data()
    {
        QTest::addColumn<QString>("means");
        QTest::addColumn<QByteArrayList>("command");
        QTest::addColumn<QByteArray>("told");
        const auto row = [](const char* name, const QByteArrayList& command, const char* told) {
            for (const char* const means : {"cn_proc", "perf"})
                QTest::addRow("%s, %s", means, name) << QString::fromLatin1(means) << command << QByteArray{told};
        };
        row("no children", {"ends", "255"}, "0 executed; 0 exit 255");
        row("orphan", {"orphan"}, "0 executed; 1 born of 0; 0 exit 1; 1 adopted; 1 exit 4");
        row("double fork", {"doublefork"},
            "0 executed; 1 born of 0; 2 born of 1; 1 exit 2; 2 adopted; 0 exit 0; 2 exit 3");
        row("adopted", {"doublefork", "adopt"},
            "0 executed; 1 born of 0; 2 born of 1; 3 born of 0; 1 exit 2; 2 adopted; 3 exit 0; 0 exit 0; 2 exit 3");
        row("exec chain", {"execchain", "2"}, "0 executed; 0 executed; 0 executed; 0 exit 5");
        row("exec in a thread", {"threadexec"}, "0 executed; 0 executed; 0 exit 6");
        row("killed", {"ends", "segv", "child"}, "0 executed; 1 born of 0; 1 signal 11; 0 exit 0");
        row("threads", {"threads"}, "0 executed; 1 born of 0; 1 exit 9; 0 exit 0");
        row("in order", {"children", "3"},
            "0 executed; 1 born of 0; 1 exit 0; 2 born of 0; 2 exit 1; 3 born of 0; 3 exit 2; 0 exit 0");
    }
    void fixtures()
    {
        QFETCH(const QString, means);
        QFETCH(const QByteArrayList, command);
        QFETCH(const QByteArray, told);
        auto source = means == QLatin1String{"perf"} ? PerfTaskEvents::open() : ProcConnector::open();
        if (!source.ok())
            QSKIP(source.error().message.c_str());
        makeWitness(std::move(source).value());
        std::vector<std::string> argv;
        for (const QByteArray& word : command)
            argv.push_back(
                argv.empty() ? DAEMONSCOPE_BINARY_DIR "/tests/fixtures/" + word.toStdString() : word.toStdString());
        follow(argv);
        // The order of what two processes do is not told with certainty; what is in it is. Perf tells no statuses, and
        // they may be gone when they are looked up; that of a child of this process is there.
        const auto sorted = [&means](const QByteArray& story) {
            QStringList facts;
            for (QString fact : QString::fromUtf8(story).split(QStringLiteral("; "))) {
                if (means == QLatin1String{"perf"} && !fact.startsWith(QLatin1Char{'0'}))
                    fact.replace(QRegularExpression{QStringLiteral("(exit|signal) .*")}, QStringLiteral("ended"));
                if (!facts.contains(fact) || !fact.contains(QLatin1String{"adopted"}))
                    facts << fact; // a parent may be lost twice
            }
            facts.sort();
            return facts.join(QStringLiteral("; "));
        };
        QCOMPARE(sorted(story()), sorted(told));
    }

    void manyAtOnce_data()
    {
        QTest::addColumn<QString>("means");
        QTest::newRow("cn_proc") << QStringLiteral("cn_proc");
        QTest::newRow("perf") << QStringLiteral("perf");
    }
    void manyAtOnce()
    {
        QFETCH(const QString, means);
        auto source = means == QLatin1String{"perf"} ? PerfTaskEvents::open() : ProcConnector::open();
        if (!source.ok())
            QSKIP(source.error().message.c_str());
        makeWitness(std::move(source).value());
        follow({DAEMONSCOPE_BINARY_DIR "/tests/fixtures/children", "500", "8"});
        const QByteArray told = story();
        if (told.contains("lost"))
            QSKIP("the kernel's queue was too small for this machine's load, which was told");
        QCOMPARE(told.count(" born of 0"), 500);
        QCOMPARE(told.count(" exit ") + told.count(" ended"), 501);
    }

    void whoSpeaksFirstDoesNotMakeAnother()
    {
        makeWitnessOfMadeUpEvents();
        kernel_->put({forkOf(kRoot, kChild)});
        // Another witness asks for the process; the witness has not been told to look.
        bool isNew = true;
        QCOMPARE(processes_->findOrAdd(kChild, isNew).serial, 1U);
        QVERIFY(!isNew);
        QCOMPARE(story(), QByteArray{"1 born of 0"});
        QCOMPARE(processes_->findOrAdd(kGrandchild, isNew).serial, 2U);
        QVERIFY(isNew);
        // The kernel tells of that one only now: it is the same process.
        kernel_->put({forkOf(kChild, kGrandchild)});
        witness_->catchUp();
        QCOMPARE(story(), QByteArray{"1 born of 0; 2 born of 1"});
    }
    void aPidThatIsUsedAgainIsAnotherProcess()
    {
        makeWitnessOfMadeUpEvents();
        kernel_->put(
            {forkOf(kRoot, kChild), exitOf(kChild, 1), forkOf(kRoot, kChild), exitOf(kChild, 2), exitOf(kRoot, 0)});
        witness_->start();
        witness_->waitUntilAllEnded();
        QCOMPARE(story(), QByteArray{"1 born of 0; 2 born of 0; 1 exit 1; 2 exit 2; 0 exit 0"});
    }
    void aChildIsBornAfterItsParentsExec()
    {
        makeWitnessOfMadeUpEvents();
        kernel_->put({execOf(kRoot), forkOf(kRoot, kChild), execOf(kChild), exitOf(kChild, 1), exitOf(kRoot, 0)});
        witness_->start();
        witness_->waitUntilAllEnded();
        // Else it would be taken for what its parent was before.
        QCOMPARE(story(), QByteArray{"0 executed; 1 born of 0; 1 executed; 1 exit 1; 0 exit 0"});
    }
    void othersProcessesAreNotFollowed()
    {
        makeWitnessOfMadeUpEvents();
        kernel_->put({forkOf(1, kChild), execOf(kChild), exitOf(kChild, 1), exitOf(kRoot, 0)});
        witness_->start();
        witness_->waitUntilAllEnded();
        QCOMPARE(story(), QByteArray{"0 exit 0"});
    }
    void theFirstThreadsEndIsNotTheProcesss()
    {
        makeWitnessOfMadeUpEvents();
        constexpr std::int32_t kThread = 0x70000009;
        kernel_->put({forkOf(1, kRoot, kThread), exitOf(kRoot, 0), forkOf(kRoot, kChild), exitOf(kChild, 1),
            exitOf(kRoot, 3, kThread)});
        witness_->start();
        witness_->waitUntilAllEnded();
        QCOMPARE(story(), QByteArray{"1 born of 0; 1 exit 1; 0 exit 3"});
    }
    void lastWordsComeBeforeTheEnd()
    {
        QByteArray before;
        makeWitnessOfMadeUpEvents({[this, &before](ProcessId) { before = story(); }, {}});
        kernel_->put({exitOf(kRoot, 0)});
        witness_->start();
        witness_->waitUntilAllEnded();
        QCOMPARE(before, QByteArray{});
        QCOMPARE(story(), QByteArray{"0 exit 0"});
    }
    void theParentsWordCounts()
    {
        payload::Exited own;
        own.code = 9;
        own.cpuNs = 1;
        makeWitnessOfMadeUpEvents({[](ProcessId) {}, [own](ProcessId) { return std::optional{own}; }});
        kernel_->put({exitOf(kRoot, 0)});
        witness_->start();
        witness_->waitUntilAllEnded();
        QCOMPARE(story(), QByteArray{"0 exit 9"});
    }
    void whatWasLostIsLookedUp()
    {
        makeWitnessOfMadeUpEvents();
        // A real process, as it is looked for in /proc; those of made-up pids are not there any more.
        const pid_t real = ::fork();
        if (real == 0) {
            for (;;)
                ::pause();
        }
        QVERIFY(witness_->follow(processes_->born(real)).ok());
        kernel_->put({forkOf(kRoot, kChild), lostSome()});
        witness_->start();
        kernel_->wake();
        const auto settled = [this] { return story().count("ended") == 2; };
        QTRY_VERIFY_WITH_TIMEOUT(settled(), 60'000);
        QCOMPARE(story(),
            QByteArray{"2 born of 0; lost; 0 ended; 2 ended"}.replace(
                "0 ended; 2 ended", story().contains("0 ended; 2 ended") ? "0 ended; 2 ended" : "2 ended; 0 ended"));
        ::kill(real, SIGKILL);
        witness_->waitUntilAllEnded();
        QVERIFY2(story().endsWith("1 signal 9"), story().constData());
    }
};

QTEST_GUILESS_MAIN(LightWitnessTest)
#include "tst_lightwitness.moc"
