// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a program can do to the hook's socket: nothing but say things of its own processes.

#include "capture/hookchannel.h"
#include "capture/processregistry.h"
#include "os/descriptorlimit.h"
#include "recording/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace daemonscope;

namespace {

UniqueFd connectTo(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    UniqueFd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        socket.reset();
    return socket;
}

} // namespace

class TestHookHostile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    ProcessRegistry processes_;
    ProcessId self_;
    std::unique_ptr<RecordingWriter> writer_;
    std::unique_ptr<RecordingReader> reader_;
    std::optional<Poller> poller_;
    std::unique_ptr<HookChannel> hook_;
    int runs_ = 0;

    [[nodiscard]] std::string socketPath() const
    {
        return folder_.filePath(QStringLiteral("hook%1").arg(runs_)).toStdString();
    }
    /// Takes what can be taken without waiting.
    void turn()
    {
        poller_->wait(std::chrono::milliseconds{0}, [this](int fd) { hook_->handle(fd); });
    }

private Q_SLOTS:
    void init()
    {
        ++runs_;
        const std::string path = folder_.filePath(QStringLiteral("%1.dscope").arg(runs_)).toStdString();
        writer_ = std::move(RecordingWriter::create(path, true)).value();
        reader_ = std::make_unique<RecordingReader>(std::move(RecordingReader::open(path)).value());
        self_ = processes_.born(::getpid());
        auto poller = Poller::create(); // a variable: GCC 12 sees a free() of nothing in the temporary (bug of its own)
        QVERIFY(poller.ok());
        poller_.emplace(std::move(poller).value());
        hook_ = std::move(HookChannel::create(*writer_, processes_, *poller_, socketPath())).value();
    }

    void garbageIsNotRecorded_data()
    {
        QTest::addColumn<QByteArray>("packet");
        QTest::newRow("bytes") << QByteArray(1000, '\xff');
        QTest::newRow("zeros") << QByteArray(1000, '\0');
        QTest::newRow("no object") << QByteArray{"[1,2]"};
        QTest::newRow("deep") << QByteArray(60000, '[');
        QTest::newRow("no time") << QByteArray{R"({"e":"forked"})"};
        QTest::newRow("wrong types") << QByteArray{R"({"e":{"e":"forked"},"t":"now"})"};
        QTest::newRow("newlines") << QByteArray(49152, '\n');
        QTest::newRow("a record in pieces") << QByteArray{"{\"e\":\"forked\",\n\"t\":5}"};
        QTest::newRow("unknown event") << QByteArray{R"({"e":"from the future","t":1})"};
        // Cut to the buffer's size, it is no JSON any more.
        QTest::newRow("oversized") << "{\"t\":1,\"e\":\"forked\",\"x\":\"" + QByteArray(100000, 'x') + "\"}";
    }
    void garbageIsNotRecorded()
    {
        QFETCH(const QByteArray, packet);
        const UniqueFd socket = connectTo(socketPath());
        QVERIFY(socket.valid());
        QCOMPARE(::send(socket.get(), packet.constData(), static_cast<std::size_t>(packet.size()), MSG_NOSIGNAL),
            static_cast<ssize_t>(packet.size()));
        const std::string good = R"({"e":"forked","t":5})";
        QCOMPARE(::send(socket.get(), good.data(), good.size(), MSG_NOSIGNAL), static_cast<ssize_t>(good.size()));
        hook_->drain(::getpid());
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{1});
        QVERIFY(std::holds_alternative<payload::Forked>(events[0].payload));
    }

    void claimedPidsAreNotBelieved()
    {
        const ProcessId other = processes_.born(1);
        const UniqueFd socket = connectTo(socketPath());
        const std::string claim = R"({"e":"main_end","t":5,"p":1,"pid":1,"ppid":1})";
        QCOMPARE(::send(socket.get(), claim.data(), claim.size(), MSG_NOSIGNAL), static_cast<ssize_t>(claim.size()));
        hook_->drain(1);
        QVERIFY(reader_->poll().empty());
        hook_->drain(::getpid());
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{1});
        QCOMPARE(events[0].process, self_);
        QVERIFY(events[0].process != other);
    }

    void thousandsOfConnections()
    {
        raiseDescriptorLimit();
        if (descriptorLimit() < 3000)
            QSKIP("this machine lets a process have too few files open to try");
        std::vector<UniqueFd> sockets;
        for (int number = 0; number < 2000; ++number) {
            sockets.push_back(connectTo(socketPath()));
            QVERIFY(sockets.back().valid());
            if (number % 100 == 0)
                turn();
        }
        turn();
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{1});
        QVERIFY(std::holds_alternative<payload::Lost>(events[0].payload));
        // The first ones are heard, the others find that they were hung up on.
        const std::string packet = R"({"e":"main_end","t":5})";
        QCOMPARE(
            ::send(sockets[0].get(), packet.data(), packet.size(), MSG_NOSIGNAL), static_cast<ssize_t>(packet.size()));
        QCOMPARE(::send(sockets[1999].get(), packet.data(), packet.size(), MSG_NOSIGNAL), ssize_t{-1});
        hook_->drain(::getpid());
        QCOMPARE(reader_->poll().size(), std::size_t{1});
    }

    /// Who never stops talking delays neither the other peers nor the end of a process.
    void anEndlessTalker_data()
    {
        QTest::addColumn<int>("recordsInPacket");
        QTest::newRow("record by record") << 1;
        QTest::newRow("packets full of records") << 1000;
    }
    void anEndlessTalker()
    {
        QFETCH(int, recordsInPacket);
        const pid_t talker = ::fork();
        if (talker == 0) {
            const UniqueFd socket = connectTo(socketPath());
            std::string packet;
            for (int i = 0; i < recordsInPacket; ++i)
                packet += R"({"e":"step","t":5,"src":"x.py:1"})"
                          "\n";
            while (::send(socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL) > 0) { }
            ::_exit(0);
        }
        const UniqueFd socket = connectTo(socketPath());
        const std::string packet = R"({"e":"main_end","t":5})";
        QCOMPARE(::send(socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL), static_cast<ssize_t>(packet.size()));
        bool heard = false;
        std::size_t talk = 0;
        while (!heard || talk < 5000) {
            turn();
            hook_->drain(talker); // returns
            for (const Event& event : reader_->poll()) {
                heard = heard || std::holds_alternative<payload::MainCodeEnded>(event.payload);
                talk += std::holds_alternative<payload::StepReached>(event.payload) ? 1 : 0;
            }
        }
        hook_.reset();
        int status = 0;
        QCOMPARE(::waitpid(talker, &status, 0), talker);
        QCOMPARE(status, 0);
    }
};

QTEST_GUILESS_MAIN(TestHookHostile)
#include "tst_hookhostile.moc"
