// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capturedstderr.h"
#include "enginetest.h"

#include "engine/state.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace daemonscope::engine;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

void add(int one, const std::shared_ptr<Queue>& sums)
{
    sums->put(one + 1);
}
const Target addTarget = registerTarget("add", add);

/// "Thread-7 (add)" without its number.
std::string withoutNumber(std::string name)
{
    std::erase_if(name, [](char c) { return c >= '0' && c <= '9'; });
    return name;
}

} // namespace

class TestThread : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsItsTarget()
    {
        const auto sums = Context::standard().queue();
        Thread thread({.target = addTarget, .args = {41, sums}});
        QCOMPARE(withoutNumber(thread.name()), "Thread- (add)"s);
        QVERIFY(!thread.isAlive());
        thread.start();
        QCOMPARE(sums->get(60s).as<int>(), 42);
        thread.join();
        QVERIFY(!thread.isAlive());
        thread.join(0ns);               // any number of times
        QVERIFY(sums.use_count() == 1); // it let go of its arguments
    }
    void namesAreNumbered()
    {
        QCOMPARE(withoutNumber(Thread({.target = [] {}}).name()), "Thread- (<lambda>)"s);
        const std::string first = Thread(ThreadOptions{}).name();
        const std::string second = Thread(ThreadOptions{}).name();
        QCOMPARE(first.substr(0, 7), "Thread-"s);
        QCOMPARE(std::stoi(second.substr(7)), std::stoi(first.substr(7)) + 1);
        QCOMPARE(Thread({.name = "T"}).name(), "T"s);
    }
    void refusesWhatPythonRefuses()
    {
        const auto end = Context::standard().event();
        Thread thread({.target = [&] { end->wait(); }});
        QCOMPARE(thrownBy([&] { thread.join(); }), "RuntimeError: cannot join thread before it is started"s);
        thread.setDaemon(true);
        QVERIFY(thread.daemon());
        thread.setDaemon(false);
        thread.start();
        QVERIFY(thread.isAlive());
        QCOMPARE(thrownBy([&] { thread.start(); }), "RuntimeError: threads can only be started once"s);
        QCOMPARE(thrownBy([&] { thread.setDaemon(true); }), "RuntimeError: cannot set daemon status of active thread"s);
        thread.join(20ms);
        thread.join(-1s);
        QVERIFY(thread.isAlive());
        end->set();
        thread.join();
        QVERIFY(!thread.isAlive());
        QCOMPARE(thrownBy([&] { thread.start(); }), "RuntimeError: threads can only be started once"s);

        std::unique_ptr<Thread> self;
        std::string error;
        self = std::make_unique<Thread>(ThreadOptions{.target = [&] { error = thrownBy([&] { self->join(); }); }});
        self->start();
        self->join();
        QCOMPARE(error, "RuntimeError: cannot join current thread"s);
    }
    void knowsWhoAsks()
    {
        QCOMPARE(currentThreadName(), "MainThread"s);
        QVERIFY(!currentThreadIsDaemon());
        QVERIFY(inMainThread());
        std::string name;
        bool daemon = false;
        bool inherited = false;
        bool main = true;
        const auto look = [&] {
            name = currentThreadName();
            daemon = currentThreadIsDaemon();
            inherited = Thread(ThreadOptions{}).daemon();
            main = inMainThread();
        };
        Thread plain({.target = look, .name = "T"});
        plain.start();
        plain.join();
        QCOMPARE(name, "T"s);
        QVERIFY(!daemon && !inherited && !main);
        Thread daemonic({.target = look, .name = "D", .daemon = true});
        daemonic.start();
        daemonic.join();
        QCOMPARE(name, "D"s);
        QVERIFY(daemon && inherited && !main);
        std::thread(look).join();
        QCOMPARE(withoutNumber(name), "Dummy-"s);
        QVERIFY(daemon && inherited && !main);
    }
    void processWaitsForPlainThreadsOnly()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto targetEnds = Context::standard().event();
        const auto go = Context::standard().event();
        const auto told = Context::standard().queue();
        const auto child = started([&] {
            Thread({.target = [&] { Event(StartMethod::Fork).wait(); }, .name = "for ever", .daemon = true}).start();
            Thread({.target = [&] {
                go->wait();
                // Threads that threads start count, too.
                Thread({.target = [&] {
                    told->put("last words");
                    told->close();
                    told->joinThread();
                }}).start();
            }}).start();
            targetEnds->set();
        });
        QVERIFY(targetEnds->wait(60s));
        child->join(100ms);
        QVERIFY(!child->exitCode());
        go->set();
        QCOMPARE(told->get(60s).as<std::string>(), "last words"s);
        QCOMPARE(ended(child), 0);
    }
    void exceptionsEndTheThreadOnly()
    {
        NEEDS_THREADS_IN_FORKS();
        CapturedStderr errors;
        const auto child = started([] {
            Thread bad({.target = [] { throw ValueError("boom"); }, .name = "T"});
            bad.start();
            bad.join();
            Thread foreign({.target = [] { throw std::runtime_error("not the engine's"); }, .name = "U"});
            foreign.start();
            foreign.join();
            Thread leaving({.target = [] { daemonscope::engine::exit(5); }, .name = "V"});
            leaving.start();
            leaving.join();
            Thread misused({.target = addTarget, .name = "W"});
            misused.start();
            misused.join();
        });
        QCOMPARE(ended(child), 0);
        QCOMPARE(errors.taken(),
            "Exception in thread T:\nTraceback (most recent call last):\nValueError: boom\n"
            "Exception in thread U:\nTraceback (most recent call last):\nstd::runtime_error: not the engine's\n"
            "Exception in thread W:\nTraceback (most recent call last):\n"
            "TypeError: add() takes 2 positional arguments but 0 were given\n"s);
    }
    void forkingThreadIsTheChildsMainThread()
    {
        int exitCode = -1;
        Thread thread({.target =
                           [&] {
                               exitCode = ended(started([] {
                                   Thread inherits(ThreadOptions{});
                                   setSignalHandler(SIGUSR1, [](int) {});
                                   const bool right =
                                       inMainThread() && currentThreadName() == "T" && currentThreadIsDaemon();
                                   daemonscope::engine::exit(right && inherits.daemon() ? 0 : 1);
                               }));
                           },
            .name = "T",
            .daemon = true});
        thread.start();
        thread.join();
        QCOMPARE(exitCode, 0);
        std::thread([&] {
            exitCode = ended(started([] {
                const bool right = inMainThread() && currentThreadName() == "MainThread";
                daemonscope::engine::exit(right ? 0 : 1);
            }));
        }).join();
        QCOMPARE(exitCode, 0);
    }
    void forkLeavesOtherThreadsBehind()
    {
        const auto end = Context::standard().event();
        Thread other({.target = [&] { end->wait(); }});
        other.start();
        QCOMPARE(ended(started([&] {
            other.join(); // at once, and so does the end of the process
            daemonscope::engine::exit(other.isAlive() ? 1 : 0);
        })),
            0);
        QVERIFY(other.isAlive());
        end->set();
        other.join();
    }
    void joinGivesWayToSignals()
    {
        const auto end = Context::standard().event();
        Thread thread({.target = [&] { end->wait(); }});
        thread.start();
        {
            const Handling handling(throwStopped);
            const auto child = signalling();
            QCOMPARE(thrownBy([&] { thread.join(); }), "Stopped: by a signal"s);
            QCOMPARE(ended(child), 0);
        }
        QVERIFY(thread.isAlive());
        const Handling handling([&](int) { end->set(); });
        const auto child = signalling();
        thread.join();
        QVERIFY(!thread.isAlive());
        QCOMPARE(ended(child), 0);
    }
    void forksWhileThreadsComeAndGo()
    {
        NEEDS_FORKS_BESIDE_BUSY_THREADS();
        std::atomic<bool> enough = false;
        std::vector<Thread> restless;
        for (int count = 0; count < 3; ++count) {
            restless.emplace_back(ThreadOptions{.target = [&] {
                while (!enough) {
                    Thread thread({.target = [] {}});
                    thread.start();
                    thread.join();
                }
            }});
            restless.back().start();
        }
        constexpr int children = 30;
        int good = 0;
        for (int child = 0; child < children; ++child) {
            good += ended(started([] {
                int ran = 0;
                Thread thread({.target = [&] { ++ran; }});
                thread.start();
                thread.join();
                daemonscope::engine::exit(ran == 1 ? 0 : 1);
            })) == 0;
        }
        enough = true;
        for (Thread& thread : restless)
            thread.join();
        QCOMPARE(good, children);
    }
};

ENGINE_TEST_MAIN(TestThread)
#include "tst_thread.moc"
