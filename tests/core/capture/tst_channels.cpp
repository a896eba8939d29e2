// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/hookchannel.h"
#include "capture/outputchannel.h"
#include "capture/processregistry.h"
#include "capture/waitingoutput.h"
#include "os/self.h"
#include "recording/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
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

void say(const UniqueFd& socket, const std::string& text)
{
    QCOMPARE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

} // namespace

class TestChannels : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::unique_ptr<RecordingWriter> writer_;
    std::unique_ptr<RecordingReader> reader_;

    [[nodiscard]] std::string path(const char* name) const
    {
        return (folder_.path() + QLatin1Char{'/'} + QString::fromLatin1(name)).toStdString();
    }

private Q_SLOTS:
    void init()
    {
        writer_ = std::move(RecordingWriter::create(path("recording"), true)).value();
        reader_ = std::make_unique<RecordingReader>(std::move(RecordingReader::open(path("recording"))).value());
    }

    void registryKeepsIdentitiesApart()
    {
        ProcessRegistry processes;
        const ProcessId first = processes.born(50);
        QCOMPARE(processes.find(50), std::optional{first});
        processes.ended(50);
        QVERIFY(!processes.lives(50));
        QCOMPARE(processes.find(50), std::optional{first}); // late words still find it
        const ProcessId second = processes.born(50);
        QVERIFY(first != second);
        QCOMPARE(processes.find(50), std::optional{second});
        bool isNew = false;
        QCOMPARE(processes.findOrAdd(60, isNew).serial, 2U);
        QVERIFY(isNew);
        QCOMPARE(processes.findOrAdd(60, isNew).serial, 2U);
        QVERIFY(!isNew);
        QCOMPARE(processes.livePids().size(), std::size_t{2});
    }

    void hookPacketsAreRecorded()
    {
        ProcessRegistry processes;
        auto poller = std::move(Poller::create()).value();
        auto hook = std::move(HookChannel::create(*writer_, processes, poller, path("hook1"))).value();
        const ProcessId self = processes.born(::getpid());
        UniqueFd socket = connectTo(path("hook1"));
        QVERIFY(socket.valid());
        say(socket, R"({"e":"forked","t":5,"p":1,"s":1,"lost":2})");
        say(socket, "garbage");
        say(socket, R"({"e":"main_end","t":9000000000000000000,"p":1,"s":2})");
        hook->drain(::getpid());
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{3});
        QCOMPARE(std::get<payload::HookGap>(events[0].payload).lost, std::int64_t{2});
        QVERIFY(std::holds_alternative<payload::Forked>(events[1].payload));
        QVERIFY(std::holds_alternative<payload::MainCodeEnded>(events[2].payload));
        // The kernel says who speaks, whatever the packet says; and nothing happens in the future.
        QCOMPARE(events[1].process, self);
        QVERIFY(events[2].time < EventTime{9000000000000000000});
        // A hang-up is noticed.
        socket.reset();
        std::thread waiter{[&] { hook->waitForHangUps(); }};
        bool gone = false;
        while (!gone)
            poller.wait(std::chrono::milliseconds{10000}, [&](int fd) {
                hook->handle(fd);
                gone = true;
            });
        waiter.join();
    }

    void recordsOfOnePacketAreRecorded()
    {
        ProcessRegistry processes;
        auto poller = std::move(Poller::create()).value();
        auto hook = std::move(HookChannel::create(*writer_, processes, poller, path("hook3"))).value();
        const ProcessId self = processes.born(::getpid());
        const UniqueFd socket = connectTo(path("hook3"));
        say(socket,
            R"({"e":"reaped","t":5,"p":1,"s":1,"child":7,"code":3})"
            "\ngarbage\n\n"
            R"({"e":"forked","t":6,"p":1,"s":2,"lost":4})"
            "\n");
        say(socket, R"({"e":"main_end","t":7,"p":1,"s":3})");
        hook->drain(::getpid());
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{4});
        QCOMPARE(std::get<payload::ChildReaped>(events[0].payload).code, 3);
        QCOMPARE(std::get<payload::HookGap>(events[1].payload).lost, std::int64_t{4});
        QVERIFY(std::holds_alternative<payload::Forked>(events[2].payload));
        QVERIFY(std::holds_alternative<payload::MainCodeEnded>(events[3].payload));
        // Each has a time of its own.
        for (std::size_t i = 0; i < events.size(); ++i) {
            QCOMPARE(events[i].time, EventTime{i == 0 ? 5 : i == 3 ? 7 : 6});
            QCOMPARE(events[i].process, self);
        }
    }

    void processesThatOnlyTheHookSawAreBorn()
    {
        ProcessRegistry processes;
        auto poller = std::move(Poller::create()).value();
        auto hook = std::move(HookChannel::create(*writer_, processes, poller, path("hook2"))).value();
        const UniqueFd socket = connectTo(path("hook2"));
        say(socket, R"({"e":"interp_start","t":5,"p":1,"s":1,"ppid":1,"role":"main"})");
        hook->drain(::getpid());
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{2});
        QVERIFY(std::holds_alternative<payload::Born>(events[0].payload));
        QCOMPARE(int(events[0].witness), int(Witness::Runtime));
    }

    void outputIsRecordedAndCopiedOn()
    {
        ProcessRegistry processes;
        const ProcessId self = processes.born(::getpid());
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const UniqueFd reader{pipe[0]};
        UniqueFd writer{pipe[1]};
        auto output = std::move(OutputChannel::create(*writer_, processes, {writer.get(), -1})).value();
        QCOMPARE(output->programEnds()[1], -1);
        UniqueFd program{::fcntl(output->programEnds()[0], F_DUPFD_CLOEXEC, 3)};
        QVERIFY(output->isProgramEnd(inodeOf(program.get())));
        QVERIFY(!output->isProgramEnd(0));
        output->start();
        output->closeProgramEnds();
        QCOMPARE(int(writeAll(program.get(), "hello", 5).kind), int(WriteEnd::Kind::Done));
        std::array<char, 16> buffer{};
        QCOMPARE(::read(reader.get(), buffer.data(), buffer.size()), ssize_t{5});
        const auto events = reader_->poll();
        QCOMPARE(events.size(), std::size_t{1});
        QCOMPARE(events[0].process, self);
        QCOMPARE(
            reader_->readOutput(std::get<payload::OutputWritten>(events[0].payload)).value(), std::string{"hello"});
        program.reset();
        output->finish();
    }

    void slowReadersHoldTheProgramAndNotTheRecorder()
    {
        ProcessRegistry processes;
        processes.born(::getpid());
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const UniqueFd reader{pipe[0]};
        UniqueFd writer{pipe[1]};
        auto output = std::move(OutputChannel::create(*writer_, processes, {writer.get(), -1})).value();
        UniqueFd program{::fcntl(output->programEnds()[0], F_DUPFD_CLOEXEC, 3)};
        output->start();
        output->closeProgramEnds();
        constexpr std::size_t kTotal = 8U << 20; // far more than all buffers together
        std::thread writing{[&] {
            const std::string block(64 << 10, 'x');
            for (std::size_t done = 0; done < kTotal; done += block.size())
                writeAll(program.get(), block.data(), block.size());
            program.reset();
        }};
        output->drain(); // returns although nobody reads the pipe
        std::size_t received = 0;
        std::vector<char> buffer(1 << 16);
        while (received < kTotal) {
            const ssize_t got = ::read(reader.get(), buffer.data(), buffer.size());
            QVERIFY(got > 0);
            received += static_cast<std::size_t>(got);
        }
        writing.join();
        output->finish();
        std::uint64_t recorded = 0;
        for (auto events = reader_->poll(); !events.empty(); events = reader_->poll()) {
            for (const Event& event : events)
                recorded += std::get<payload::OutputWritten>(event.payload).sizeBytes;
        }
        QCOMPARE(recorded, std::uint64_t{kTotal});
    }

    void slowReadersGetAllInOrder()
    {
        ProcessRegistry processes;
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const UniqueFd reader{pipe[0]};
        const UniqueFd writer{pipe[1]};
        auto output = std::move(OutputChannel::create(*writer_, processes, {writer.get(), -1})).value();
        UniqueFd program{::fcntl(output->programEnds()[0], F_DUPFD_CLOEXEC, 3)};
        output->start();
        output->closeProgramEnds();
        std::string all;
        for (unsigned word = 0; all.size() < 4U << 20; ++word)
            all += std::to_string(word) + '\n';
        std::thread writing{[&] {
            // Long and short pieces in turn, as they take different ways.
            std::size_t size = 1;
            for (std::size_t done = 0; done < all.size(); size = size * 7 % 300007) {
                const std::size_t piece = std::min(size, all.size() - done);
                writeAll(program.get(), all.data() + done, piece);
                done += piece;
            }
            program.reset();
        }};
        std::string received;
        std::vector<char> buffer(1 << 16);
        while (received.size() < all.size()) {
            const std::size_t some = received.size() % 3 == 0 ? 17 : buffer.size();
            const ssize_t got = ::read(reader.get(), buffer.data(), some);
            QVERIFY(got > 0);
            received.append(buffer.data(), static_cast<std::size_t>(got));
        }
        writing.join();
        output->finish();
        QVERIFY(received == all);
        std::string recorded;
        for (auto events = reader_->poll(); !events.empty(); events = reader_->poll()) {
            for (const Event& event : events)
                recorded += reader_->readOutput(std::get<payload::OutputWritten>(event.payload)).value();
        }
        QVERIFY(recorded == all);
    }

    void waitingOutputKeepsItsOrder()
    {
        WaitingOutput waiting;
        OutputBuffer buffer;
        const auto put = [&](std::size_t size, char letter) {
            std::memset(buffer.data(), letter, size);
            waiting.push(buffer, std::string_view{buffer.data(), size}.substr(size / 2));
        };
        std::string expected;
        for (std::size_t round = 0; round < 60; ++round) {
            const std::size_t size = round % 3 == 0 ? OutputBuffer::kBytes - round : 1 + round * 401;
            const char letter = static_cast<char>('a' + round % 26);
            put(size, letter);
            expected.append(size - size / 2, letter);
        }
        std::string got;
        std::size_t pieces = 0;
        for (; !waiting.empty(); ++pieces) {
            WaitingOutput::Piece piece = waiting.pop();
            QVERIFY(piece.end <= OutputBuffer::kBytes);
            got += piece.bytes();
            waiting.recycle(std::move(piece));
        }
        QVERIFY2(pieces <= 40, "short pieces must share buffers");
        QVERIFY(got == expected);
    }

    void goneReadersAreToldToTheProgram()
    {
        ::signal(SIGPIPE, SIG_IGN);
        ProcessRegistry processes;
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
        UniqueFd reader{pipe[0]};
        UniqueFd writer{pipe[1]};
        auto output = std::move(OutputChannel::create(*writer_, processes, {writer.get(), -1})).value();
        UniqueFd program{::fcntl(output->programEnds()[0], F_DUPFD_CLOEXEC, 3)};
        output->start();
        output->closeProgramEnds();
        reader.reset();
        while (::write(program.get(), "x", 1) == 1) { }
        QCOMPARE(errno, EPIPE);
        program.reset();
        output->finish();
        ::signal(SIGPIPE, SIG_DFL);
    }
};

QTEST_GUILESS_MAIN(TestChannels)
#include "tst_channels.moc"
