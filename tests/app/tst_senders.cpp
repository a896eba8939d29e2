// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every way in which a signal can come to a process, by real programs through the recorder and the report: the right
// sender is named, and how it is known.

#include "lifecycle/report/jsonreport.h"
#include "trial.h"
#include "trialtree.h"

#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

#include <csignal>
#include <pty.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

using trial::fixture;
using trial::Words;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kNobody = -1;
constexpr int kLacking = 77; ///< a fixture's word for: not on this machine

Json reportOf(const std::string& recording)
{
    return daemonscope::jsonReport(trial::processTreeOf(recording));
}

int idOr(const Json& value, int otherwise = kNobody)
{
    return value.is_number_integer() ? value.get<int>() : otherwise;
}

/// All that the report says of a process in words.
QByteArray wordsOf(const Json& process)
{
    std::string text = process["verdict"]["text"].get<std::string>();
    for (const Json& clause : process["verdict"]["chain"])
        text += '\n' + clause["text"].get<std::string>();
    return QByteArray::fromStdString(text);
}

/// A program under the recorder at a terminal of its own, at which keys are pressed.
class AtTerminal {
public:
    explicit AtTerminal(const trial::Setup& setup)
    {
        pid_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
        if (pid_ != 0)
            return;
        for (const std::string& entry : setup.environment)
            ::putenv(const_cast<char*>(entry.c_str()));
        std::vector<char*> argv;
        for (const std::string& word : setup.command)
            argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        ::execv(argv.front(), argv.data());
        ::_exit(127);
    }
    bool readUntil(const QByteArray& text)
    {
        QByteArray seen;
        std::array<char, 4096> piece{};
        while (!seen.contains(text)) {
            const ssize_t got = ::read(terminal_, piece.data(), piece.size());
            if (got <= 0)
                return false;
            seen.append(piece.data(), got);
        }
        return true;
    }
    void press(char key) { QCOMPARE(::write(terminal_, &key, 1), ssize_t{1}); }
    void finish()
    {
        std::array<char, 4096> piece{};
        while (::read(terminal_, piece.data(), piece.size()) > 0) { }
        ::waitpid(pid_, nullptr, 0);
        ::close(terminal_);
    }

private:
    int terminal_ = -1;
    pid_t pid_ = -1;
};

} // namespace

class SendersTest : public QObject {
    Q_OBJECT

private:
    void compare(const Json& report, int victim, const QByteArray& how, int sender, const QByteArray& knownBy)
    {
        const Json& by = report["processes"].at(static_cast<std::size_t>(victim))["ended_by"];
        QVERIFY(!by.is_null());
        QCOMPARE(QByteArray::fromStdString(by["how"].get<std::string>()), how);
        QCOMPARE(idOr(by["process"]), sender);
        QCOMPARE(QByteArray::fromStdString(by["known_by"].get<std::string>()), knownBy);
    }
    /// The report of a program that is ended from outside, by `deed`, once it has said its victim's pid and its own.
    template <class Deed> Json endedFromOutside(Deed deed)
    {
        trial::Trial program{bench_.recorded({{fixture("senders"), "wait"}})};
        if (!program.readUntil("\n"))
            return {};
        const QByteArrayList words = program.output().simplified().split(' ');
        deed(words.at(0).toInt(), words.at(2).toInt());
        program.finish();
        return reportOf(bench_.recording());
    }

    trial::Bench bench_;

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void sender_data()
    {
        QTest::addColumn<QByteArrayList>("command");
        QTest::addColumn<int>("victim");
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<int>("sender");
        QTest::addColumn<QByteArray>("knownBy");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* name, const QByteArrayList& command, int victim, const char* how, int sender,
                             const char* knownBy, const char* words = "") {
            QTest::newRow(name) << command << victim << QByteArray{how} << sender << QByteArray{knownBy}
                                << QByteArray{words};
        };
        // kill() and its family with a signal that carries its sender
        row("kill by the parent", {"senders", "parent"}, 1, "other call", 0, "siginfo and system call");
        row("kill by a sibling", {"senders", "sibling"}, 1, "other call", 2, "siginfo and system call");
        row("pidfd_send_signal", {"senders", "pidfd"}, 1, "other call", 0, "siginfo and system call");
        row("tgkill", {"senders", "tgkill"}, 1, "other call", 0, "siginfo");
        row("a signal that no filter watches", {"senders", "parent", "10"}, 1, "other call", 0, "siginfo");
        row("a group", {"groupkill", "15"}, 2, "other call", 0, "siginfo and system call");
        row("the own group", {"senders", "itself"}, 1, "other call", 1, "siginfo and system call",
            "its whole process group");
        row("its own pidfd", {"senders", "pidfdself"}, 1, "other call", 1, "siginfo and system call",
            "which it sent to itself");
        row("abort", {"ends", "abort", "child"}, 1, "other call", 1, "siginfo");
        row("raise", {"ends", "rt"}, 0, "other call", 0, "siginfo");
        // senders that are chosen freely
        row("sigqueue", {"senders", "queue"}, 1, "other call", 0, "system call");
        row("sigqueue in another's name", {"senders", "spoof"}, 1, "other call", 0, "system call",
            "named process 1 as the sender, falsely");
        row("pidfd_send_signal in another's name", {"senders", "pidfdspoof"}, 1, "other call", 0, "system call",
            "named process 1 as the sender, falsely");
        row("made to look like Ctrl+C", {"senders", "selfspoof", "2"}, 1, "other call", 1, "system call");
        // the kernel
        row("parent-death signal", {"pdeathsig"}, 2, "parent-death signal", 1, "exclusion", "PR_SET_PDEATHSIG");
        row("parent-death signal of a thread's end", {"pdeathsig", "thread"}, 2, "parent-death signal", 1, "exclusion",
            "the thread of pdeathsig (pid");
        row("parent-death signal SIGKILL", {"pdeathsig", "exit", "9"}, 2, "parent-death signal", 1, "exclusion",
            "PR_SET_PDEATHSIG");
        row("parent-death signal SIGKILL of a thread's end", {"pdeathsig", "thread", "9"}, 2, "parent-death signal", 1,
            "exclusion");
        row("parent-death signal that is not watched", {"pdeathsig", "exit", "10"}, 2, "unknown", 1, "siginfo",
            "the two look the same");
        row("kill that is not watched by a parent that ends", {"pdeathsig", "kill", "10"}, 2, "unknown", 1, "siginfo",
            "the two look the same");
        row("kill by a parent that ends", {"pdeathsig", "kill"}, 2, "other call", 1, "siginfo and system call");
        row("SIGPIPE", {"ends", "sigpipe", "child"}, 1, "kernel", kNobody, "siginfo", "nobody reads");
        row("SIGXFSZ", {"ends", "filesize", "child"}, 1, "kernel", kNobody, "siginfo", "file size");
        row("SIGHUP to a stopped group that nobody can continue", {"senders", "hangup"}, 2, "kernel", kNobody,
            "siginfo", "nobody is left who could continue");
        row("SIGSEGV", {"ends", "segv"}, 0, "kernel", kNobody, "siginfo");
        row("alarm", {"ends", "alarm"}, 0, "kernel", kNobody, "siginfo");
        row("timer", {"ends", "timer"}, 0, "kernel", kNobody, "siginfo");
        // SIGKILL, which carries nothing
        row("SIGKILL by the parent", {"senders", "parent", "9"}, 1, "other call", 0, "system call");
        row("SIGKILL by a sibling", {"senders", "sibling", "9"}, 1, "other call", 2, "system call");
        row("SIGKILL by tgkill", {"senders", "tgkill", "9"}, 1, "other call", 0, "system call");
        row("SIGKILL by tkill", {"senders", "tkill", "9"}, 1, "other call", 0, "system call");
        row("SIGKILL through a pidfd", {"senders", "pidfd", "9"}, 1, "other call", 0, "system call");
        row("SIGKILL by sigqueue", {"senders", "queue", "9"}, 1, "other call", 0, "system call");
        row("SIGKILL to itself", {"ends", "kill"}, 0, "other call", 0, "system call");
        row("SIGKILL to a group", {"groupkill", "9"}, 2, "other call", 0, "system call");
        row("SIGKILL to the own group", {"senders", "itself", "9"}, 1, "other call", 1, "system call");
        row("SIGKILL by a 32-bit call", {"senders", "int80", "9"}, 1, "other call", 0, "system call");
        row("SIGTERM by a 32-bit call", {"senders", "int80"}, 1, "other call", 0, "siginfo and system call");
        row("SIGKILL after one that was refused", {"senders", "refused", "9"}, 1, "other call", 0, "system call",
            "the kernel refused it: the sender may not signal this process");
        // pid namespaces, where numbers are others
        row("SIGTERM in a pid namespace", {"pidspace", "term"}, 2, "other call", 3, "siginfo and system call");
        row("SIGKILL in a pid namespace", {"pidspace", "kill"}, 2, "other call", 3, "system call");
        row("SIGKILL to a group in a pid namespace", {"pidspace", "group"}, 2, "other call", 3, "system call");
        row("SIGKILL to all of a pid namespace", {"pidspace", "all"}, 2, "other call", 3, "system call");
        row("SIGTERM into a pid namespace", {"pidspace", "outer"}, 2, "other call", 0, "system call");
        row("the end of a pid namespace", {"pidspace", "first"}, 2, "kernel", 1, "exclusion",
            "the first process of its pid namespace");
        row("the end of a pid namespace after a kill of nobody", {"pidspace", "nobody"}, 2, "kernel", 1, "exclusion",
            "the first process of its pid namespace");
        // a tracer inside, which may let its tracee have any signal
        row("PTRACE_CONT with a signal", {"debuggers", "injectTerm"}, 1, "unknown", kNobody, "nothing",
            "it was left to debuggers (pid");
        row("PTRACE_KILL", {"debuggers", "injectKill"}, 1, "unknown", kNobody, "nothing",
            "it was left to debuggers (pid");
        row("PTRACE_O_EXITKILL", {"debuggers", "exitKill"}, 1, "unknown", kNobody, "nothing",
            "it was left to debuggers (pid");
        // several at once
        row("two that became one", {"senders", "merged"}, 1, "other call", 2, "siginfo and system call",
            "was pending, and the kernel keeps only one");
    }

    void sender()
    {
        QFETCH(const QByteArrayList, command);
        QFETCH(const int, victim);
        QFETCH(const QByteArray, how);
        QFETCH(const int, sender);
        QFETCH(const QByteArray, knownBy);
        QFETCH(const QByteArray, words);
        Words program;
        for (const QByteArray& word : command)
            program.push_back(program.empty() ? fixture(word.toStdString()) : word.toStdString());
        const trial::Outcome outcome = bench_.record({program});
        if (outcome.exitCode == kLacking)
            QSKIP("this machine has no 32-bit calls or PIDFD_SELF, or does not let the test change its user or make a "
                  "pid "
                  "namespace");
        const Json report = reportOf(bench_.recording());
        if (command.first() == "debuggers" && report["capture"]["lost"].dump().find("cn_proc") == std::string::npos)
            QSKIP("without cn_proc the kernel does not tell how processes end that were let go of");
        compare(report, victim, how, sender, knownBy);
        const QByteArray said = wordsOf(report["processes"].at(static_cast<std::size_t>(victim)));
        QVERIFY2(said.contains(words), said.constData());
    }

    void everyMemberOfAKilledGroup()
    {
        QCOMPARE(bench_.record({{fixture("groupkill"), "9"}}).exitCode, 0);
        const Json report = reportOf(bench_.recording());
        for (const int victim : {1, 2, 3})
            compare(report, victim, "other call", 0, "system call");
    }

    void outsider_data()
    {
        QTest::addColumn<int>("signal");
        QTest::addColumn<bool>("claims");
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<QByteArray>("knownBy");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("SIGTERM") << SIGTERM << false << QByteArray{"outside"} << QByteArray{"siginfo"}
                                 << "from process " + QByteArray::number(::getpid());
        QTest::newRow("SIGKILL") << SIGKILL << false << QByteArray{"unknown"} << QByteArray{"exclusion"}
                                 << QByteArray{"no process of this recording sent it"};
        QTest::newRow("SIGTERM in the parent's name")
            << SIGTERM << true << QByteArray{"outside"} << QByteArray{"claim"} << QByteArray{"which is only a claim"};
    }

    void outsider()
    {
        QFETCH(const int, signal);
        QFETCH(const bool, claims);
        QFETCH(const QByteArray, how);
        QFETCH(const QByteArray, knownBy);
        QFETCH(const QByteArray, words);
        const Json report = endedFromOutside([signal, claims](pid_t victim, pid_t parent) {
            siginfo_t info{};
            info.si_code = SI_QUEUE;
            info.si_pid = parent;
            QCOMPARE(claims ? ::syscall(SYS_rt_sigqueueinfo, victim, signal, &info) : ::kill(victim, signal), 0L);
        });
        compare(report, 1, how, kNobody, knownBy);
        QVERIFY2(wordsOf(report["processes"].at(1)).contains(words), wordsOf(report["processes"].at(1)).constData());
    }

    void terminal_data()
    {
        QTest::addColumn<char>("key");
        QTest::addColumn<QByteArray>("signal");
        QTest::newRow("Ctrl+C") << '\x03' << QByteArray{"SIGINT"};
        QTest::newRow("Ctrl+backslash") << '\x1c' << QByteArray{"SIGQUIT"};
    }

    void terminal()
    {
        QFETCH(const char, key);
        QFETCH(const QByteArray, signal);
        AtTerminal program{bench_.recorded({{fixture("senders"), "wait"}})};
        QVERIFY(program.readUntil(" of "));
        program.press(key);
        program.finish();
        const Json report = reportOf(bench_.recording());
        for (const int process : {0, 1}) {
            compare(report, process, "terminal", kNobody, "siginfo");
            QCOMPARE(
                QByteArray::fromStdString(
                    report["processes"].at(static_cast<std::size_t>(process))["ended_by"]["signal"].get<std::string>()),
                signal);
        }
    }

    void python_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<QByteArray>("knownBy");
        QTest::addColumn<bool>("hasPlace");
        const auto row = [](const char* name, const char* how, const char* knownBy, bool hasPlace = true) {
            QTest::newRow(name) << QByteArray{how} << QByteArray{knownBy} << hasPlace;
        };
        const char* const all = "siginfo, system call and runtime";
        row("exit_sequence", "exit sequence", all, false);
        row("terminate", "terminate", all);
        row("kill", "kill", "system call and runtime");
        row("os_kill", "other call", all);
        row("os_kill_9", "other call", "system call and runtime");
        row("killpg", "other call", "system call and runtime");
        row("pool", "terminate", all);
        row("executor", "terminate", all, false);
    }

    void python()
    {
        QFETCH(const QByteArray, how);
        QFETCH(const QByteArray, knownBy);
        QFETCH(const bool, hasPlace);
        const std::string script = trial::sourceFile("tests/fixtures/python/kills.py");
        QVERIFY(!bench_.record({{trial::python(), script, QTest::currentDataTag()}}).timedOut);
        const Json report = reportOf(bench_.recording());
        const auto& processes = report["processes"];
        const auto killed = std::find_if(processes.begin(), processes.end(),
            [](const Json& process) { return process["id"] != 0 && !process["ended_by"].is_null(); });
        QVERIFY(killed != processes.end());
        compare(report, static_cast<int>(killed - processes.begin()), how, 0, knownBy);
        if (!hasPlace)
            return;
        QFile text{QString::fromStdString(script)};
        QVERIFY(text.open(QIODevice::ReadOnly));
        const QByteArrayList lines = text.readAll().split('\n');
        const QByteArray mark = QByteArray{"# "} + QTest::currentDataTag();
        const auto line =
            std::find_if(lines.begin(), lines.end(), [&](const QByteArray& each) { return each.endsWith(mark); });
        QVERIFY(line != lines.end());
        const QByteArray place = "kills.py:" + QByteArray::number(line - lines.begin() + 1);
        QVERIFY2(wordsOf(*killed).contains(place), wordsOf(*killed).constData());
    }
};

QTEST_GUILESS_MAIN(SendersTest)
#include "tst_senders.moc"
