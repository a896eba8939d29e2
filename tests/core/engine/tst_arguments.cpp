// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "enginetest.h"

#include <cstdint>
#include <limits>

using namespace daemonscope::engine;
using namespace std::string_literals;

namespace {

const std::string tooBig = "OverflowError: int too big to convert";
const std::string negative = "OverflowError: can't convert negative int to unsigned";

const Target takesShort = registerTarget(
    "short", +[](short number) { osExit(number == -7 ? 0 : 3); });

const Target takesReal = registerTarget(
    "real", +[](double whole, const double& real) { osExit(whole == -7.0 && real == -7.5 ? 0 : 3); });

#if defined(__SANITIZE_THREAD__)
constexpr bool kNoThreadsInForks = true;
#else
constexpr bool kNoThreadsInForks = false;
#endif

} // namespace

class TestArguments : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersKeepTheirValueOrAreRefused()
    {
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        constexpr auto least = std::numeric_limits<std::int64_t>::min();
        QCOMPARE(Value(most).as<std::int64_t>(), most);
        QCOMPARE(Value(least).as<std::int64_t>(), least);
        QCOMPARE(Value(std::uint64_t{most}).as<std::uint64_t>(), std::uint64_t{most});
        QCOMPARE(Value(32767).as<short>(), short{32767});
        QCOMPARE(Value('a').as<char>(), 'a');
        QCOMPARE(Value(true).as<unsigned>(), 1U);
        QCOMPARE(thrownBy([] { return Value(std::numeric_limits<std::uint64_t>::max()); }), tooBig);
        QCOMPARE(thrownBy([] { return Value(std::uint64_t{most} + 1); }), tooBig);
        QCOMPARE(thrownBy([] { return Value(100000).as<short>(); }), tooBig);
        QCOMPARE(thrownBy([] { return Value(-32769).as<short>(); }), tooBig);
        QCOMPARE(thrownBy([] { return Value(256).as<unsigned char>(); }), tooBig);
        QCOMPARE(thrownBy([] { return Value(3000000000U).as<int>(); }), tooBig);
        QCOMPARE(thrownBy([] { return Value(-1).as<unsigned>(); }), negative);
        QCOMPARE(thrownBy([] { return Value(-1).as<std::uint64_t>(); }), negative);
        QCOMPARE(thrownBy([] { return Value(1.5).as<int>(); }).substr(0, 9), "TypeError"s);
    }
    void wholeNumbersAreRealOnes()
    {
        QCOMPARE(Value(0.5).as<double>(), 0.5);
        QCOMPARE(Value(-3).as<double>(), -3.0);
        QCOMPARE(Value(true).as<double>(), 1.0);
        QCOMPARE(Value(std::numeric_limits<std::int64_t>::max()).as<double>(), 0x1p63);
        QCOMPARE(thrownBy([] { return Value("3").as<double>(); }).substr(0, 9), "TypeError"s);
        QCOMPARE(thrownBy([] { return Value().as<double>(); }).substr(0, 9), "TypeError"s);
        QCOMPARE(thrownBy([] { return Value(3.0).as<std::int64_t>(); }).substr(0, 9), "TypeError"s);
        QCOMPARE(thrownBy([] { return Value(1.0).as<bool>(); }).substr(0, 9), "TypeError"s);
        for (const StartMethod method : {StartMethod::Fork, StartMethod::Spawn, StartMethod::ForkServer}) {
            const auto child = Context::of(method).process({.target = takesReal, .args = {-7, -7.5}});
            child->start();
            QCOMPARE(ended(child), 0);
        }
    }
    void targetsAreNotGivenOtherNumbers()
    {
        QCOMPARE(ended(started(takesShort, {-7})), 0);
        QCOMPARE(ended(started(takesShort, {100000})), 1);
    }
    void systemErrorsAreOneClass()
    {
        try {
            openFile("/nowhere/x");
            QFAIL("it was opened");
        } catch (const OSError& error) {
            QCOMPARE(error.text(), "FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/x'"s);
            QCOMPARE(error.errnoValue(), ENOENT);
        }
    }
    void terminateWithoutPermission()
    {
        if (::geteuid() != 0)
            QSKIP("only root can start a process that it may not signal afterwards");
        const auto child = started([] {
            const auto grandchild = started([] { daemonscope::engine::sleep(std::chrono::seconds(60)); });
            if (::seteuid(65534) != 0 || ::setresuid(65534, 65534, 0) != 0)
                osExit(9);
            const std::string said = thrownBy([&] {
                grandchild->terminate();
                return 0;
            });
            if (::setresuid(0, 0, 0) != 0)
                osExit(8);
            grandchild->kill();
            osExit(said == "PermissionError: [Errno 1] Operation not permitted" ? 0 : 1);
        });
        QCOMPARE(ended(child), 0);
    }
    void threadExitEndsAProcessInOrder()
    {
        const auto child = started([] {
            std::atexit([] { ::_exit(77); }); // a fork ends without it
            ::pthread_exit(nullptr);
        });
        QCOMPARE(ended(child), 0);
        const auto withChild = started([] {
            setSignalDefault(SIGTERM); // QTest's handler would look for a debugger
            process({.target = Target([] { daemonscope::engine::sleep(std::chrono::seconds(60)); }), .daemon = true})
                ->start();
            ::pthread_exit(nullptr);
        });
        QCOMPARE(ended(withChild), 0);
    }
    void threadExitEndsAThread()
    {
        if (kNoThreadsInForks)
            QSKIP("the thread sanitizer starts no threads in a fork of a process with threads, as QTest's is");
        const auto child = started([] {
            Thread thread({.target = [] { ::pthread_exit(nullptr); }});
            thread.start();
            thread.join();
            osExit(thread.isAlive() ? 1 : 0);
        });
        QCOMPARE(ended(child), 0);
    }
    void firstStartsOfManyThreads()
    {
        if (kNoThreadsInForks)
            QSKIP("the thread sanitizer starts no threads in a fork of a process with threads, as QTest's is");
        // The method is settled, and the current process asked, by whichever thread comes first.
        const auto child = started([] {
            std::vector<Thread> threads;
            for (int count = 0; count < 4; ++count) {
                threads.emplace_back(ThreadOptions{.target = [] {
                    for (int turn = 0; turn < 200; ++turn)
                        static_cast<void>(
                            process({.target = takesShort})->name() + str(startMethod() == StartMethod::Fork));
                }});
                threads.back().start();
            }
            for (int turn = 0; turn < 200; ++turn) {
                currentProcess()->setDaemon(turn % 2 == 0);
                currentProcess()->setName("name " + std::to_string(turn));
            }
            for (Thread& thread : threads)
                thread.join();
            osExit(0);
        });
        QCOMPARE(ended(child), 0);
    }
};

ENGINE_TEST_MAIN(TestArguments)
#include "tst_arguments.moc"
