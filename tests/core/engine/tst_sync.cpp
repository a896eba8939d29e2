// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "enginetest.h"

#include "engine/engine.h"
#include "engine/sharedblock.h"

#include <QTest>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

using namespace daemonscope::engine;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// A number that processes share, and that nothing but a lock guards.
class SharedNumber {
public:
    SharedNumber()
        : memory_(::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    {
        new (memory_) int(0);
    }
    ~SharedNumber() { ::munmap(memory_, sizeof(int)); }
    SharedNumber(const SharedNumber&) = delete;
    SharedNumber& operator=(const SharedNumber&) = delete;
    [[nodiscard]] volatile int& value() const { return *static_cast<volatile int*>(memory_); }

private:
    void* memory_;
};

/// In a process that was started afresh.
void answer(const std::shared_ptr<Lock>& lock, const std::shared_ptr<Event>& event,
    const std::shared_ptr<Queue>& questions, const std::shared_ptr<Queue>& answers)
{
    const std::lock_guard held(*lock);
    event->wait();
    answers->put(questions->get().as<std::string>() + " to you");
}
const Target answerTarget = registerTarget("answer", answer);
const Target releaseTarget = registerTarget(
    "release", +[](const std::shared_ptr<Lock>& lock) { lock->release(); });

} // namespace

class TestSync : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lockExcludesProcesses()
    {
        const auto lock = Context::standard().lock();
        const SharedNumber number;
        std::vector<ProcessPtr> children;
        for (int child = 0; child < 4; ++child) {
            children.push_back(started([&] {
                for (int round = 0; round < 500; ++round) {
                    const std::lock_guard held(*lock);
                    const int before = number.value();
                    std::this_thread::yield();
                    number.value() = before + 1;
                }
            }));
        }
        for (const auto& child : children)
            QCOMPARE(ended(child), 0);
        QCOMPARE(int(number.value()), 2000);
    }
    void lockBelongsToNobody()
    {
        const auto lock = Context::standard().lock();
        QVERIFY(lock->acquire());
        QCOMPARE(ended(started([&] { lock->release(); })), 0);
        QVERIFY(lock->acquire(0ns));
        lock->release();
        QCOMPARE(thrownBy([&] { lock->release(); }), "ValueError: semaphore or lock released too many times"s);
    }
    void lockTimesOut()
    {
        const auto lock = Context::standard().lock();
        QVERIFY(lock->acquire(1h));
        const auto begin = std::chrono::steady_clock::now();
        QVERIFY(!lock->acquire(70ms)); // longer than the interval at which the main thread looks for signals
        QVERIFY(std::chrono::steady_clock::now() - begin >= 70ms);
        QVERIFY(!lock->acquire(0ns));
        QVERIFY(!lock->acquire(-1s));
        lock->release();
        QVERIFY(lock->acquire(std::chrono::nanoseconds::max()));
    }
    void lockOfKilledProcessStaysTaken()
    {
        const auto lock = Context::standard().lock();
        const auto taken = Context::standard().event();
        const auto child = started([&] {
            const std::lock_guard held(*lock);
            taken->set();
            daemonscope::engine::sleep(1h);
        });
        QVERIFY(taken->wait(60s));
        child->kill();
        QCOMPARE(ended(child), -SIGKILL);
        QVERIFY(!lock->acquire(20ms));
        lock->release();
        QVERIFY(lock->acquire(0ns));
    }
    void lockGivesWayToSignals()
    {
        const auto lock = Context::standard().lock();
        QVERIFY(lock->acquire());
        {
            const Handling handling(throwStopped);
            const auto child = signalling();
            QCOMPARE(thrownBy([&] { lock->acquire(); }), "Stopped: by a signal"s);
            QCOMPARE(ended(child), 0);
        }
        QCOMPARE(lock->block().value(0), 0);
        // A handler that returns: the wait goes on, here until it has what the handler gives.
        const Handling handling([&](int) { lock->release(); });
        const auto child = signalling();
        QVERIFY(lock->acquire());
        QCOMPARE(ended(child), 0);
        QVERIFY(!lock->acquire(0ns));
    }
    void lockOfThreads()
    {
        const auto lock = Context::standard().lock();
        int number = 0; // what the thread sanitizer looks at
        const auto count = [&] {
            for (int round = 0; round < 1000; ++round) {
                const std::lock_guard held(*lock);
                ++number;
            }
        };
        Thread one({.target = count});
        Thread other({.target = count});
        one.start();
        other.start();
        count();
        one.join();
        other.join();
        QCOMPARE(number, 3000);
    }

    void eventWakesAll()
    {
        NEEDS_THREADS_IN_FORKS();
        const auto event = Context::standard().event();
        const auto ready = Context::standard().queue();
        std::vector<ProcessPtr> children;
        for (int child = 0; child < 3; ++child) {
            children.push_back(started([&] {
                ready->put(1);
                daemonscope::engine::exit(event->wait() ? 7 : 8);
            }));
        }
        for (int child = 0; child < 3; ++child)
            QCOMPARE(ready->get().as<int>(), 1);
        event->set();
        for (const auto& child : children)
            QCOMPARE(ended(child), 7);
        QVERIFY(event->isSet());
        QVERIFY(event->wait());
        event->clear();
        QVERIFY(!event->isSet());
        QVERIFY(!event->wait(20ms));
        QVERIFY(!event->wait(0ns));
        event->set(); // those whose wait timed out are not waited for
        QVERIFY(event->wait(0ns));
    }
    void eventSurvivesInterruptedWait()
    {
        const auto event = Context::standard().event();
        {
            const Handling handling(throwStopped);
            const auto child = signalling();
            QCOMPARE(thrownBy([&] { event->wait(); }), "Stopped: by a signal"s);
            QCOMPARE(ended(child), 0);
        }
        QCOMPARE(event->block().value(0), 1); // its lock is free
        event->set();
        QVERIFY(event->isSet());
    }

    void spawnedProcessesShareThem_data() { eachFreshMethod(); }
    void spawnedProcessesShareThem()
    {
        QFETCH(QString, method);
        Context& context = Context::of(method.toStdString());
        {
            const auto lock = context.lock();
            const auto event = context.event();
            const auto questions = context.queue();
            const auto answers = context.queue();
            const auto child = context.process({.target = answerTarget, .args = {lock, event, questions, answers}});
            child->start();
            questions->put("good morning");
            event->set();
            QCOMPARE(answers->get(60s).as<std::string>(), "good morning to you"s);
            QCOMPARE(ended(child), 0);
            QVERIFY(lock->acquire(0ns));
        }
    }
    void descriptorsDoNotRunOut()
    {
        const auto most = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
        const auto before = most();
        std::vector<std::shared_ptr<Lock>> locks;
        for (int count = 0; count < 5000; ++count)
            locks.push_back(Context::of(StartMethod::Spawn).lock());
        QVERIFY(most() - before < 10);
        for (const auto& lock : locks)
            QVERIFY(lock->acquire(0ns));
        const auto middle = locks[2500];
        const auto child = Context::of(StartMethod::Spawn).process({.target = releaseTarget, .args = {middle}});
        child->start();
        QCOMPARE(ended(child), 0);
        QVERIFY(middle->acquire(0ns));
        QVERIFY(!locks[2499]->acquire(0ns));
        QVERIFY(!locks[2501]->acquire(0ns));
        locks.clear();
    }
    void forksDoNotShareWhatIsMadeLater()
    {
        Context& context = Context::of(StartMethod::Spawn);
        const auto before = context.lock();
        const auto child = started([&context] {
            const auto lock = context.lock();
            lock->acquire();
            daemonscope::engine::osExit(0);
        });
        QCOMPARE(ended(child), 0);
        const auto after = context.lock();
        QVERIFY(after->acquire(0ns));
    }
    void placesBeyondTheEndAreErrors()
    {
        const auto memory = SharedMemory::withDescriptor(2 * sizeof(sem_t));
        QCOMPARE(SharedBlock::received(memory, 0, 2)->value(1), 0);
        for (const auto& [offset, count] : {std::pair<std::size_t, std::size_t>{0, 3}, {sizeof(sem_t), 2}, {1, 1},
                 {std::size_t(-32), 1}, {0, 0}, {0, std::size_t(-1)}})
            QCOMPARE(thrownBy([&, o = offset, c = count] {
                SharedBlock::received(memory, o, c);
                return 0;
            }),
                "OSError: [Errno 22] Invalid argument"s);
    }

private:
    static void eachFreshMethod()
    {
        QTest::addColumn<QString>("method");
        QTest::newRow("spawn") << QStringLiteral("spawn");
        QTest::newRow("forkserver") << QStringLiteral("forkserver");
    }
};

ENGINE_TEST_MAIN(TestSync)
#include "tst_sync.moc"
