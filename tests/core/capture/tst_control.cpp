// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The control channel and what stands behind it, on children of the test: no tracer, no program.
#include "capture/controlchannel.h"
#include "os/clock.h"
#include "os/procfs.h"
#include "recording/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace daemonscope;
using namespace std::chrono_literals;

namespace {

/// A child that waits for ever; killed and collected at the end.
class Child {
public:
    explicit Child(bool ignoreTerm = false)
    {
        // QTest handles signals, which the child must not; none comes before it has given that up.
        sigset_t all;
        sigset_t before;
        ::sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, &before);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::setpgid(0, 0);
            for (int signal = 1; signal < NSIG; ++signal)
                ::signal(signal, SIG_DFL);
            if (ignoreTerm)
                ::signal(SIGTERM, SIG_IGN);
            ::sigemptyset(&all);
            ::sigprocmask(SIG_SETMASK, &all, nullptr);
            for (;;)
                ::pause();
        }
        ::setpgid(pid_, pid_);
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
    }
    ~Child() { end(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// The signal of which it died, once it has; 0 if it exited.
    int waitForSignal()
    {
        int status = 0;
        ::waitpid(std::exchange(pid_, 0), &status, 0);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    void end()
    {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = 0;
        }
    }

private:
    pid_t pid_ = 0;
};

char stateOf(pid_t pid)
{
    const auto stat = readProcStat(pid);
    return stat.ok() ? stat.value().state : '?';
}

} // namespace

class TestControl : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::unique_ptr<RecordingWriter> writer_;
    std::unique_ptr<RecordingReader> reader_;
    std::unique_ptr<ProcessRegistry> processes_;
    std::unique_ptr<ProgramControl> program_;
    std::unique_ptr<Poller> poller_;
    std::unique_ptr<ControlChannel> channel_;

    [[nodiscard]] std::string path(const char* name) const
    {
        return (folder_.path() + QLatin1Char{'/'} + QString::fromLatin1(name)).toStdString();
    }
    [[nodiscard]] UniqueFd connect() const
    {
        auto peer = connectSeqpacket(path("control"));
        return peer.ok() ? std::move(peer.value().socket) : UniqueFd{};
    }
    /// Does the recorder's work until there is an answer; empty for a connection that was closed.
    std::string answerTo(const UniqueFd& socket)
    {
        for (;;) {
            poller_->wait(1ms, [this](int fd) { channel_->handle(fd); });
            program_->step();
            if (const Packet packet = receivePacket(socket.get(), 4096); packet.kind != Packet::Kind::Nothing)
                return packet.bytes;
        }
    }
    std::string ask(const UniqueFd& socket, const std::string& command)
    {
        return sendPacketNow(socket.get(), command) ? answerTo(socket) : "";
    }
    std::string ask(const std::string& command) { return ask(connect(), command); }
    void stepUntilEnded(const Child& child)
    {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT | WNOHANG) == 0
            && info.si_pid == 0) {
            poller_->wait(1ms, [this](int fd) { channel_->handle(fd); });
            program_->step();
        }
    }
    std::vector<payload::ControlRequested> requests()
    {
        std::vector<payload::ControlRequested> found;
        for (const Event& event : reader_->poll()) {
            if (const auto* request = std::get_if<payload::ControlRequested>(&event.payload))
                found.push_back(*request);
        }
        return found;
    }

private Q_SLOTS:
    void init()
    {
        writer_ = std::move(RecordingWriter::create(path("recording"), true)).value();
        reader_ = std::make_unique<RecordingReader>(std::move(RecordingReader::open(path("recording"))).value());
        processes_ = std::make_unique<ProcessRegistry>();
        program_ = std::make_unique<ProgramControl>(*writer_, *processes_, 300ms);
        poller_ = std::make_unique<Poller>(std::move(Poller::create()).value());
        std::filesystem::remove(path("control"));
        channel_ = std::move(ControlChannel::create(*program_, *poller_, path("control"))).value();
    }
    void cleanup() { channel_.reset(); }

    void commands_data()
    {
        QTest::addColumn<QByteArray>("packet");
        QTest::addColumn<QByteArray>("meaning"); // "-": refused
        const auto row = [](const QByteArray& packet, const char* meaning) {
            QTest::newRow(packet.left(20).replace('\0', '0').constData()) << packet << QByteArray{meaning};
        };
        for (const char* plain : {"stop", "kill", "freeze", "resume"})
            row(plain, plain);
        row("signal 12 0 SIGTERM", "signal 12 0 15");
        row("signal 12 4294967295 USR1", "signal 12 4294967295 10");
        row("signal 12 7 SIGRTMIN+2", "signal 12 7 36");
        for (const char* bad : {"", " ", "STOP", "stop ", "stop now", " stop", "stop\n", "signal", "signal ",
                 "signal 12", "signal 12 0", "signal 12 0 ", "signal 12 0 SIGNONSENSE", "signal 12 0 15",
                 "signal 0 0 SIGTERM", "signal -1 0 SIGKILL", "signal 12 -1 SIGTERM", "signal 12 0 SIGTERM ",
                 "signal 12 0 SIGTERM x", "signal 99999999999 0 SIGTERM", "signal 12 4294967296 SIGTERM",
                 "signal  12 0 SIGTERM", "signal +12 0 TERM", "signal 1e1 0 SIGTERM", "nonsense"})
            row(bad, "-");
        row(QByteArray{"stop\0", 5}, "-");
        row(QByteArray{"\xff\xfe\0\x01", 4}, "-");
    }
    void commands()
    {
        QFETCH(QByteArray, packet);
        QFETCH(QByteArray, meaning);
        const auto command = parseControlCommand({packet.constData(), static_cast<std::size_t>(packet.size())});
        QByteArray understood = "-";
        if (command.ok()) {
            understood = word(command.value().kind);
            if (command.value().kind == ControlCommand::Kind::Signal)
                understood += ' ' + QByteArray::number(command.value().process.pid) + ' '
                    + QByteArray::number(command.value().process.serial) + ' '
                    + QByteArray::number(command.value().signal.number());
        } else {
            QVERIFY(!command.error().message.empty());
        }
        QCOMPARE(understood, meaning);
    }

    void theSocketIsPrivate() { QCOMPARE(int(std::filesystem::status(path("control")).permissions()), 0600); }

    void hostilePeersGetAnAnswerAndDisturbNobody()
    {
        const UniqueFd good = connect();
        const UniqueFd bad = connect();
        QVERIFY(ask(bad, std::string(300, 'x')).starts_with("error: "));
        QVERIFY(ask(bad, std::string(100000, 'x')).starts_with("error: "));
        QVERIFY(ask(bad, "resume please").starts_with("error: "));
        // Descriptors that come along are not kept.
        const int before = ::dup(0);
        ::close(before);
        iovec bytes{const_cast<char*>("nonsense"), 8};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = space.data();
        message.msg_controllen = space.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        const int zero = 0;
        std::memcpy(CMSG_DATA(header), &zero, sizeof zero);
        QCOMPARE(::sendmsg(bad.get(), &message, MSG_NOSIGNAL), ssize_t{8});
        QVERIFY(answerTo(bad).starts_with("error: unknown command"));
        const int after = ::dup(0);
        ::close(after);
        QCOMPARE(after, before);
        // One that never reads its answers is dropped in the end.
        const std::size_t peers = channel_->peerCount();
        while (sendPacketNow(bad.get(), "nonsense") && channel_->peerCount() == peers)
            poller_->wait(0ms, [this](int fd) { channel_->handle(fd); });
        QCOMPARE(channel_->peerCount(), peers - 1);
        QCOMPARE(ask(good, "resume"), std::string{"ok: 0 processes resumed"});
        QCOMPARE(requests().size(), std::size_t{1}); // what was refused is no request
    }

    void connectionsAreBounded()
    {
        std::vector<UniqueFd> many;
        while (many.size() < ControlChannel::kMostPeers) {
            many.push_back(connect());
            QCOMPARE(ask(many.back(), "resume"), std::string{"ok: 0 processes resumed"});
        }
        const UniqueFd refused = connect();
        QVERIFY(answerTo(refused).starts_with("error: too many"));
        QCOMPARE(answerTo(refused), std::string{}); // closed
        many.pop_back();
        QTRY_COMPARE_WITH_TIMEOUT((poller_->wait(1ms, [this](int fd) { channel_->handle(fd); }), channel_->peerCount()),
            ControlChannel::kMostPeers - 1, 60000);
        QVERIFY(ask("resume").starts_with("ok"));
    }

    void othersAreRefused()
    {
        if (::geteuid() != 0)
            QSKIP("only root can become another user to ask as");
        // The other user must get as far as the socket, which its mode forbids too.
        std::filesystem::permissions(
            folder_.path().toStdString(), std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
        std::filesystem::permissions(path("control"), std::filesystem::perms::all);
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe(pipe.data()), 0);
        const pid_t other = ::fork();
        if (other == 0) {
            constexpr uid_t kNobody = 65534;
            std::string answer = "cannot become nobody";
            if (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0) {
                auto peer = connectSeqpacket(path("control"));
                const Result<std::string> reply =
                    peer.ok() ? askPacket(peer.value().socket.get(), "kill", 60s) : peer.error();
                answer = reply.ok() ? reply.value() : reply.error().message;
            }
            [[maybe_unused]] const ssize_t written = ::write(pipe[1], answer.data(), answer.size());
            ::_exit(0);
        }
        ::close(pipe[1]);
        pollfd readable{pipe[0], POLLIN, 0};
        while (::poll(&readable, 1, 1) == 0)
            poller_->wait(1ms, [this](int fd) { channel_->handle(fd); });
        std::array<char, 512> answer{};
        QVERIFY(::read(pipe[0], answer.data(), answer.size() - 1) > 0);
        ::close(pipe[0]);
        ::waitpid(other, nullptr, 0);
        QVERIFY2(QByteArray{answer.data()}.startsWith("error: only the user who records"), answer.data());
        QVERIFY(requests().empty());
    }

    void aSignalGoesToOneProcessAndNeverToAnother()
    {
        Child child;
        Child neighbour;
        const ProcessId id = processes_->born(child.pid());
        processes_->born(neighbour.pid());
        const std::string pid = std::to_string(id.pid);
        QVERIFY(ask("signal " + pid + " 1 SIGKILL").starts_with("error: no process"));
        QVERIFY(ask("signal " + pid + " 77 SIGKILL").starts_with("error: no process"));
        QVERIFY(ask("signal " + std::to_string(::getpid()) + " 0 SIGKILL").starts_with("error: no process"));
        QCOMPARE(ask("signal " + pid + " 0 SIGUSR1"), std::string{"ok"});
        QCOMPARE(child.waitForSignal(), SIGUSR1);
        processes_->ended(id.pid);
        QVERIFY(ask("signal " + pid + " 0 SIGUSR1").starts_with("error: process"));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(neighbour.pid()), 'S', 60000);
        const auto asked = requests();
        QCOMPARE(asked.size(), std::size_t{5});
        QVERIFY(!asked[0].target && !asked[1].target && !asked[2].target);
        QCOMPARE(asked[3].target, std::optional{id});
        QCOMPARE(asked[3].peerPid, ::getpid());
        QCOMPARE(asked[3].signal, SIGUSR1);
    }

    /// A pid that was given to another process, which nobody has told the recorder of.
    void aSuccessorIsNotHit()
    {
        Child late;
        // Announced before it began: the one that was meant is gone.
        const ProcessId id = processes_->born(late.pid());
        Child later;
        const auto begun = readProcStat(later.pid());
        QVERIFY(begun.ok());
        Signaller signaller{*writer_, *processes_};
        QVERIFY(signaller.send(id, Signal{SIGCONT}).ok());
        processes_->ending(id.pid); // about to be collected
        QVERIFY(!signaller.send(id, Signal{SIGKILL}).ok());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(late.pid()), 'S', 60000); // it lives, and sleeps
    }

    void stopAsksAndThenKills()
    {
        Child polite;
        Child deaf{true};
        processes_->born(polite.pid());
        const ProcessId deafId = processes_->born(deaf.pid());
        program_->setProgram(polite.pid());
        QVERIFY(!program_->deadline());
        const auto begin = monotonicNow();
        QVERIFY(ask("stop").starts_with("ok: asked to end"));
        QVERIFY(program_->deadline().has_value());
        QCOMPARE(polite.waitForSignal(), SIGTERM);
        processes_->ended(0);
        stepUntilEnded(deaf);
        QVERIFY(monotonicNow() - begin >= 300ms);
        QCOMPARE(deaf.waitForSignal(), SIGKILL);
        // The kernel keeps no sender of a SIGKILL, so the recorder says itself that it was the one.
        bool told = false;
        for (const Event& event : reader_->poll()) {
            const auto* signal = std::get_if<payload::SignalDelivered>(&event.payload);
            told = told || (signal && event.process == deafId && signal->senderPid == ::getpid());
        }
        QVERIFY(told);
    }

    void freezeStopsAllAndResumeOnlyThose()
    {
        Child one;
        Child two;
        Child stopped;
        ::kill(stopped.pid(), SIGSTOP);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(stopped.pid()), 'T', 60000);
        for (const Child* child : {&one, &two, &stopped})
            processes_->born(child->pid());
        QCOMPARE(ask("freeze"), std::string{"ok: 2 processes frozen, 1 had been stopped before"});
        QCOMPARE(stateOf(one.pid()), 'T');
        QCOMPARE(stateOf(two.pid()), 'T');
        // One that is born into it.
        Child born;
        processes_->born(born.pid());
        while (stateOf(born.pid()) != 'T') {
            poller_->wait(1ms, [this](int fd) { channel_->handle(fd); });
            program_->step();
        }
        QCOMPARE(ask("freeze"), std::string{"ok: 3 processes frozen, 1 had been stopped before"});
        QCOMPARE(ask("resume"), std::string{"ok: 3 processes resumed"});
        for (const Child* child : {&one, &two, &born})
            QTRY_COMPARE_WITH_TIMEOUT(stateOf(child->pid()), 'S', 60000);
        QCOMPARE(stateOf(stopped.pid()), 'T');
        QVERIFY(!program_->deadline()); // nothing left to do
    }

    void aFrozenProgramCanBeStopped()
    {
        Child child;
        processes_->born(child.pid());
        program_->setProgram(child.pid());
        QVERIFY(ask("freeze").starts_with("ok"));
        QVERIFY(ask("stop").starts_with("ok"));
        QCOMPARE(child.waitForSignal(), SIGTERM);
    }

    void killMeansAllOfThem()
    {
        Child one;
        Child two{true};
        processes_->born(one.pid());
        processes_->born(two.pid());
        QCOMPARE(ask("kill"), std::string{"ok"});
        QCOMPARE(one.waitForSignal(), SIGKILL);
        QCOMPARE(two.waitForSignal(), SIGKILL);
        // And of those that were just being born.
        Child three;
        processes_->born(three.pid());
        stepUntilEnded(three);
        QCOMPARE(three.waitForSignal(), SIGKILL);
    }
};

QTEST_GUILESS_MAIN(TestControl)
#include "tst_control.moc"
