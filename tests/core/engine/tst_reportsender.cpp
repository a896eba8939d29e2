// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reportfixture.h"
#include "engine/runtime.h"

#include <QElapsedTimer>

#include <fcntl.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <thread>

using namespace daemonscope;
using namespace daemonscope::engine;
using namespace daemonscope::test;

namespace {

/// What a process without a receiver does: nothing. 0 if so.
int checkDisabled()
{
    report::interpreterStarted("main", 0, nullptr);
    report::Packet("x").text("a", "b").number("n", 1).list("l", {"z"}).by().source(Where::current()).send();
    reportStep("story", 3);
    return !report::enabled() && openFrom(kFirstDescriptor) < 0 ? 0 : 1;
}

} // namespace

/// How packets come through, and what a program has to bear when they do not.
class TestReportSender : public QObject, private ReportFixture {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        listen();
        QVERIFY(receiver().isListening());
        QVERIFY(probe());
    }
    void cleanup() { stop(); }

    void fullReceiverHoldsUpForAMomentOnly()
    {
        constexpr int kPackets = 3000;
        const std::string text(4000, 'x');
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < kPackets; ++i)
            report::Packet("flood").text("x", text).send();
        // Waiting 100 ms for each would take minutes. One wait a second is allowed, the rest is for a slow machine.
        QVERIFY2(clock.elapsed() < 20000, qPrintable(QString::number(clock.elapsed())));
        int arrived = 0;
        while (receiver().next(0))
            ++arrived;
        QVERIFY(arrived > 0 && arrived < kPackets);
        QCOMPARE(sent([](auto&) {})["lost"].get<int>(), kPackets - arrived);
    }
    void fullBacklogHoldsUpForAMomentOnly()
    {
        listen(0);
        const sockaddr_un where = ReportReceiver::addressOf(reportAddress());
        std::list<UniqueFd> pushy;
        for (;;) {
            pushy.emplace_back(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            if (::connect(pushy.back().get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
                break;
        }
        QCOMPARE(errno, EAGAIN);
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 1000; ++i)
            report::Packet("lost").send();
        QVERIFY2(clock.elapsed() < 20000, qPrintable(QString::number(clock.elapsed())));
        pushy.clear();
        const auto packet = probe();
        QVERIFY(packet);
        QVERIFY(packet->json().value("lost", 0) >= 1000);
    }
    void deadReceiverIsNoMatter()
    {
        stop();
        std::filesystem::remove(reportAddress());
        for (int i = 0; i < 500; ++i) {
            errno = ENOTTY;
            report::Packet("lost").send(); // SIGPIPE would end this program
            QCOMPARE(errno, ENOTTY);
        }
        listen();
        const auto packet = probe();
        QVERIFY(packet);
        QVERIFY(packet->json().value("lost", 0) >= 500);
    }

    void descriptorIsHighAndClosedOnExec()
    {
        const int fd = openFrom(kFirstDescriptor);
        QVERIFY(fd >= kFirstDescriptor);
        QVERIFY((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        const auto underSmallLimit = [] {
            const rlimit limit{256, 256};
            ::setrlimit(RLIMIT_NOFILE, &limit);
            report::Packet("small").send();
            return isOpen(256 - 24) ? 0 : 1;
        };
        QCOMPARE(inChild(underSmallLimit), 0);
        QVERIFY(receiver().next("small"));
    }
    void stolenDescriptorIsLeftAlone_data()
    {
        QTest::addColumn<bool>("reused");
        QTest::newRow("closed") << false;
        QTest::newRow("closed and somebody else's now") << true;
    }
    void stolenDescriptorIsLeftAlone()
    {
        QFETCH(bool, reused);
        const int fd = openFrom(kFirstDescriptor);
        QVERIFY(fd >= 0);
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK), 0);
        const UniqueFd reader(pipe[0]), writer(pipe[1]);
        ::close(fd);
        if (reused)
            QCOMPARE(::dup2(writer.get(), fd), fd);
        report::Packet("test").send();
        const auto packet = receiver().next("test");
        QVERIFY(packet);
        QCOMPARE(packet->connection, 2);
        if (!reused)
            return;
        const UniqueFd stolen(fd);
        char byte = 0;
        QCOMPARE(::read(reader.get(), &byte, 1), ssize_t{-1});
        QCOMPARE(errno, EAGAIN);
        QVERIFY(isSameFile(stolen.get(), writer.get()));
    }

    void forkedChildHasItsOwnConnection_data()
    {
        QTest::addColumn<bool>("told");
        QTest::newRow("told of the fork") << true;
        QTest::newRow("by somebody else's fork") << false;
    }
    void forkedChildHasItsOwnConnection()
    {
        QFETCH(bool, told);
        const int inherited = openFrom(kFirstDescriptor);
        const auto child = [told, inherited] {
            if (told)
                report::afterFork();
            report::Packet("test").send();
            report::Packet("test").send();
            // The parent's is closed here, so that its hang-up means the parent alone.
            return openFrom(inherited) == inherited && openFrom(inherited + 1) < 0 ? 0 : 1;
        };
        QCOMPARE(inChild(child), 0);
        for (int number = 1; number <= 2; ++number) {
            const auto packet = receiver().next("test");
            QVERIFY(packet);
            QCOMPARE(packet->connection, 2);
            QVERIFY(packet->peerPid != ::getpid());
            QCOMPARE(packet->json()["p"].get<int>(), packet->peerPid);
            QCOMPARE(packet->json()["s"].get<int>(), number);
        }
        report::Packet("test").send();
        const auto own = receiver().next("test");
        QVERIFY(own);
        QCOMPARE(own->connection, 1);
        QVERIFY(!receiver().next(0));
        QCOMPARE(receiver().hangUps(), 1);
    }
    void forkInTheMidstOfSendingLeavesAChildThatSends()
    {
        std::atomic<bool> enough{false};
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&enough] {
                while (!enough)
                    report::Packet("noise").text("x", "y").send();
            });
        }
        int answered = 0;
        for (int i = 0; i < 60; ++i) {
            const auto child = [] {
                report::Packet("child").send();
                return 0;
            };
            const int status = inChild(child, [&] { answered += receiver().next("child").has_value() ? 1 : 0; });
            if (status != 0)
                answered -= 1000;
        }
        enough = true;
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(answered, 60);
    }
    void threadsTakeTurns()
    {
        constexpr int kThreads = 4, kEach = 500;
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([] {
                for (int k = 0; k < kEach; ++k)
                    report::Packet("test").send();
                report::Packet("done").send();
            });
        }
        // A slow machine may lose some, which the next one says; what comes is in order.
        std::int64_t before = 0, counted = 0;
        const auto count = [&](const ReportRecord& packet) {
            const auto json = packet.json();
            const auto number = json["s"].get<std::int64_t>();
            const auto lost = json.value("lost", std::int64_t{0});
            QVERIFY(before == 0 || number == before + 1 + lost);
            before = number;
            counted += 1 + lost;
        };
        while (counted < kThreads * (kEach + 1)) {
            const auto packet = receiver().next(200);
            if (packet)
                count(*packet);
            else
                report::Packet("more").send(); // the last ones may have been lost
        }
        for (std::thread& thread : threads)
            thread.join();
    }

    void recordsThatWaitShareThePacketOfTheNext()
    {
        report::Packet("first").text("x", "y").sendWithNext();
        report::Packet("second").sendWithNext();
        QVERIFY(!receiver().next(0));
        report::Packet("third").send();
        report::Packet("fourth").send();
        std::vector<ReportRecord> records;
        for (const char* event : {"first", "second", "third", "fourth"}) {
            const auto record = receiver().next();
            QVERIFY(record);
            QVERIFY(record->json()["e"] == event);
            records.push_back(*record);
        }
        for (std::size_t i = 1; i < records.size(); ++i) {
            const auto before = records[i - 1].json(), json = records[i].json();
            QCOMPARE(records[i].packet == records[i - 1].packet, i < 3);
            QCOMPARE(json["s"].get<int>(), before["s"].get<int>() + 1);
            QVERIFY(json["t"] >= before["t"]);
            QVERIFY(json["p"] == ::getpid() && !json.contains("lost"));
        }
    }
    void recordsThatDoNotFitInOnePacketTakeMore()
    {
        report::Packet("first").sendWithNext();
        report::Packet("long").text("x", std::string(4000, 'x')).sendWithNext();
        for (int i = 0; i < 100; ++i)
            report::Packet("many").number("i", i).sendWithNext();
        report::Packet("last").send();
        int packet = 0, packets = 0;
        for (int i = -2; i <= 100; ++i) {
            const auto record = receiver().next();
            QVERIFY(record);
            const auto json = record->json();
            QVERIFY(json["e"] == (i == -2 ? "first" : i == -1 ? "long" : i == 100 ? "last" : "many"));
            QCOMPARE(json.value("i", i), i);
            packets += record->packet != packet ? 1 : 0;
            packet = record->packet;
        }
        QVERIFY(packets > 3 && packets < 60);
        QVERIFY(!receiver().next(0));
    }
    void whatWaitsIsTheParentsAlone()
    {
        report::Packet("waits").sendWithNext();
        const auto child = [] {
            report::Packet("test").send();
            return 0;
        };
        QCOMPARE(inChild(child), 0);
        const auto ofChild = receiver().next();
        QVERIFY(ofChild);
        QVERIFY(ofChild->json()["e"] == "test" && ofChild->json()["s"] == 1);
        QVERIFY(!receiver().next(0));
        report::Packet("test").send();
        const auto first = receiver().next(), second = receiver().next();
        QVERIFY(first && second);
        QVERIFY(first->json()["e"] == "waits" && second->json()["e"] == "test");
        QCOMPARE(second->packet, first->packet);
        QCOMPARE(second->peerPid, ::getpid());
    }
    void lostRecordsAreCountedOneByOne()
    {
        stop();
        std::filesystem::remove(reportAddress());
        for (int i = 0; i < 10; ++i) {
            report::Packet("lost").sendWithNext();
            report::Packet("lost").sendWithNext();
            report::Packet("lost").send();
        }
        listen();
        std::this_thread::sleep_for(std::chrono::milliseconds(300)); // no connection is tried before
        report::Packet("first").sendWithNext();
        report::Packet("second").send();
        report::Packet("third").send();
        for (const int lost : {30, 0, 0}) {
            const auto record = receiver().next();
            QVERIFY(record);
            QCOMPARE(record->json().value("lost", 0), lost);
        }
    }

    void nothingIsSaidAfterTheExit()
    {
        const auto child = [] {
            report::Packet("interp_exit").send();
            const bool open = openFrom(kFirstDescriptor) >= 0; // the hang-up comes with the death
            report::Packet("late").send();
            report::Packet("forked").send();
            return !report::enabled() && open ? 0 : 1;
        };
        QCOMPARE(inChild(child), 0);
        QVERIFY(receiver().next("interp_exit"));
        QVERIFY(!receiver().next(0));
        QCOMPARE(receiver().hangUps(), 1);
    }
    void withoutAReceiverNothingIsDone_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("too long") << "/" + QByteArray(108, 'x');
    }
    void withoutAReceiverNothingIsDone()
    {
        QFETCH(QByteArray, value);
        const auto child = [&value] {
            ::setenv(kAddressVariable, value.constData(), 1); // NOLINT(concurrency-mt-unsafe)
            const std::string program = executablePath();
            ::execl(program.c_str(), program.c_str(), "--disabled", nullptr);
            return 2;
        };
        QCOMPARE(inChild(child), 0);
    }
};

int main(int argc, char** argv)
{
    if (argc > 1 && std::string_view(argv[1]) == "--disabled")
        return checkDisabled();
    return runReportTest<TestReportSender>(argc, argv);
}
#include "tst_reportsender.moc"
