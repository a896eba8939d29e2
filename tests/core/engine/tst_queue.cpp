// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capturedstderr.h"
#include "enginetest.h"

#include "engine/queuebody.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <map>

using namespace daemonscope::engine;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr std::size_t muchData = 2'000'000; // more than any pipe holds

} // namespace

class TestQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesEveryValueInOrder()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto queue = Context::standard().queue();
        const std::string big(5'000'000, 'x');
        const auto child = started([&] {
            queue->put({});
            queue->put(true);
            queue->put(-42);
            queue->put(2.5);
            queue->put("text\0with a zero"s);
            queue->put("");
            queue->put(big);
        });
        QVERIFY(std::holds_alternative<std::monostate>(queue->get().content()));
        QCOMPARE(queue->get().as<bool>(), true);
        QCOMPARE(queue->get().as<int>(), -42);
        QCOMPARE(queue->get().as<double>(), 2.5);
        QCOMPARE(queue->get().as<std::string>(), "text\0with a zero"s);
        QCOMPARE(queue->get().as<std::string>(), ""s);
        QVERIFY(queue->get().as<std::string>() == big);
        QCOMPARE(ended(child), 0);
        QVERIFY(queue->empty());
    }
    void keepsMessagesOfManyWritersWhole()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto queue = Context::standard().queue();
        constexpr int writers = 4;
        constexpr int messages = 150;
        std::vector<ProcessPtr> children;
        for (int writer = 0; writer < writers; ++writer) {
            children.push_back(started([&, writer] {
                for (int message = 0; message < messages; ++message)
                    queue->put(
                        std::string(static_cast<std::size_t>(message * 97 % 40'000), static_cast<char>('a' + writer))
                        + std::to_string(message));
            }));
        }
        std::map<char, int> next; // of each writer's message
        for (int received = 0; received < writers * messages; ++received) {
            const std::string text = queue->get(60s).as<std::string>();
            const auto digits = text.find_first_of("0123456789");
            const int message = std::stoi(text.substr(digits));
            QCOMPARE(digits, static_cast<std::size_t>(message * 97 % 40'000));
            if (digits > 0) {
                QCOMPARE(text.substr(0, digits), std::string(digits, text.front()));
                QVERIFY(message >= next[text.front()]);
                next[text.front()] = message + 1;
            }
        }
        for (const auto& child : children)
            QCOMPARE(ended(child), 0);
    }
    void threadsShareIt()
    {
        const auto queue = Context::standard().queue();
        constexpr int each = 300;
        std::atomic<int> sum = 0;
        std::vector<Thread> threads;
        for (int count = 0; count < 3; ++count) {
            threads.emplace_back(ThreadOptions{.target = [queue] {
                for (int number = 0; number < each; ++number)
                    queue->put(number);
            }});
            threads.emplace_back(ThreadOptions{.target = [queue, &sum] {
                for (int number = 0; number < each; ++number)
                    sum += queue->get(60s).as<int>();
            }});
        }
        for (Thread& thread : threads)
            thread.start();
        for (Thread& thread : threads)
            thread.join();
        QCOMPARE(sum.load(), 3 * (each * (each - 1) / 2));
        QVERIFY(queue->empty());
    }
    void emptyTimesOut()
    {
        const auto queue = Context::standard().queue();
        QVERIFY(queue->empty());
        QCOMPARE(thrownBy([&] { return queue->get(20ms); }), "Empty"s);
        QCOMPARE(thrownBy([&] { return queue->get(0ns); }), "Empty"s);
        // Somebody else reads: that counts as nothing in time, too.
        QVERIFY(queue->body().block().wait(queueReaderLock, 0ns));
        QCOMPARE(thrownBy([&] { return queue->get(20ms); }), "Empty"s);
        queue->body().block().post(queueReaderLock);
    }
    void unreadDataKeepsTheWriterAlive()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto queue = Context::standard().queue();
        const auto exiting = Context::standard().event();
        const auto child = started([&] {
            queue->put(std::string(muchData, 'x'));
            addFinalizer([&] { exiting->set(); }, -4); // just before the feeder is joined
        });
        QVERIFY(exiting->wait(60s));
        child->join(200ms);
        QVERIFY(!child->exitCode());
        QCOMPARE(queue->get().as<std::string>().size(), muchData);
        QCOMPARE(ended(child), 0);
    }
    void cancelledJoinLosesData()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto queue = Context::standard().queue();
        const auto child = started([&] {
            queue->cancelJoinThread();
            queue->put(std::string(muchData, 'x'));
        });
        QCOMPARE(ended(child), 0);
        const auto other = started([&] {
            queue->put(std::string(muchData, 'x'));
            queue->cancelJoinThread();
            queue->close();
            queue->joinThread();
        });
        QCOMPARE(ended(other), 0);
    }
    void closedOneTakesNothing()
    {
        const auto queue = Context::standard().queue();
        QCOMPARE(thrownBy([&] { queue->joinThread(); }).substr(0, 23), "AssertionError: Queue <"s);
        queue->put(1);
        queue->close();
        for (const std::string& error : {thrownBy([&] { queue->put(2); }), thrownBy([&] { return queue->get(); })}) {
            QCOMPARE(error.substr(0, 19), "ValueError: Queue <"s);
            QVERIFY(error.ends_with("> is closed"));
        }
        queue->joinThread();
        queue->joinThread();
        queue->close();
        QCOMPARE(thrownBy([&] { return queue->empty(); }), "OSError: handle is closed"s);
        QCOMPARE(thrownBy([&] { return queue->body().reader(); }), "OSError: handle is closed"s);

        const auto unused = Context::standard().queue();
        unused->close();
        unused->joinThread();
        QVERIFY(unused->empty());
    }
    void closingWritesWhatThereIs()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto queue = Context::standard().queue();
        const auto child = started([&] {
            for (int number = 0; number < 1000; ++number)
                queue->put(number);
            queue->close();
            queue->joinThread();
            osExit(0); // no exit sequence
        });
        for (int number = 0; number < 1000; ++number)
            QCOMPARE(queue->get(60s).as<int>(), number);
        QCOMPARE(ended(child), 0);
    }
    void sharedThingsAreLeftOut()
    {
        CapturedStderr errors;
        const auto queue = Context::standard().queue();
        queue->put(Context::standard().lock());
        queue->put("after it");
        QCOMPARE(queue->get(60s).as<std::string>(), "after it"s);
        QCOMPARE(errors.taken(),
            "Traceback (most recent call last):\nRuntimeError: Lock objects should only be shared between processes "
            "through "
            "inheritance\n"s);
    }
    void forkedChildStartsAfresh()
    {
        NEEDS_FORKS_BESIDE_BUSY_THREADS();
        const auto queue = Context::standard().queue();
        queue->put(std::string(muchData, 'x')); // is being written when the child is made
        const auto child = started([&] { queue->put("child's"); });
        queue->put("parent's");
        // The child has none of what the parent has not written yet, and its end does not wait for that.
        std::vector<std::string> texts;
        for (int message = 0; message < 3; ++message)
            texts.push_back(queue->get(60s).as<std::string>());
        std::ranges::sort(texts);
        QVERIFY(texts == (std::vector{"child's"s, "parent's"s, std::string(muchData, 'x')}));
        QCOMPARE(ended(child), 0);
        QVERIFY(queue->empty());
        // When the feeder has ended the pipe is closed, and stays so in children made after that.
        queue->close();
        queue->joinThread();
        QCOMPARE(ended(started([&] {
            daemonscope::engine::exit(thrownBy([&] { return queue->get(); }) == "OSError: handle is closed" ? 0 : 1);
        })),
            0);
    }
    void waitGivesWayToSignals()
    {
        const auto queue = Context::standard().queue();
        {
            const Handling handling(throwStopped);
            const auto child = signalling();
            QCOMPARE(thrownBy([&] { return queue->get(); }), "Stopped: by a signal"s);
            QCOMPARE(ended(child), 0);
        }
        const Handling handling([&](int) { queue->put("from the handler"); });
        const auto child = signalling();
        QCOMPARE(queue->get().as<std::string>(), "from the handler"s);
        QCOMPARE(ended(child), 0);
    }
    void joinOfFeederGivesWayToSignals()
    {
        NEEDS_FORKS_BESIDE_BUSY_THREADS();
        const auto queue = Context::standard().queue();
        queue->put(std::string(muchData, 'x'));
        queue->close();
        const Handling handling(throwStopped);
        const auto child = signalling();
        QCOMPARE(thrownBy([&] { queue->joinThread(); }), "Stopped: by a signal"s);
        QCOMPARE(ended(child), 0);
        QCOMPARE(ended(started(
                     [&] { daemonscope::engine::exit(queue->get().as<std::string>().size() == muchData ? 0 : 1); })),
            0);
        queue->joinThread();
    }
    void forksWhileThreadsUseIt()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto busy = Context::standard().queue();
        const auto answers = Context::standard().queue();
        std::atomic<bool> enough = false;
        Thread putting({.target = [&] {
            for (int number = 0; !enough; ++number)
                busy->put(std::string(static_cast<std::size_t>(number % 5000), 'x'));
            busy->put("end");
        }});
        Thread getting({.target = [&] {
            while (busy->get().as<std::string>() != "end") { }
        }});
        putting.start();
        getting.start();
        constexpr int children = 30;
        int good = 0;
        for (int child = 0; child < children; ++child) {
            good += ended(started([&] {
                busy->put("x");
                answers->put("done");
            })) == 0;
        }
        for (int child = 0; child < good; ++child)
            QCOMPARE(answers->get(60s).as<std::string>(), "done"s);
        enough = true;
        putting.join();
        getting.join();
        QCOMPARE(good, children);
    }
    void feederOutlivesTheQueue()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto child = started([] {
            auto queue = Context::standard().queue();
            const int reader = ::dup(queue->body().reader());
            queue->put(std::string(muchData, 'x'));
            queue.reset();
            // Only the feeder has the writing end now: it writes everything, and then closes it.
            std::string bytes(muchData, '\0');
            std::size_t got = 0;
            for (ssize_t piece = 1; piece > 0; got += static_cast<std::size_t>(std::max<ssize_t>(piece, 0)))
                piece = ::read(reader, bytes.data(), bytes.size());
            daemonscope::engine::exit(got > muchData ? 0 : 1);
        });
        QCOMPARE(ended(child), 0);
    }
};

ENGINE_TEST_MAIN(TestQueue)
#include "tst_queue.moc"
