// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <QTest>

#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>

#if defined(__SANITIZE_THREAD__)
// QTest has a thread of its own, so every fork is one of a process with threads.
extern "C" const char* __tsan_default_options() // NOLINT(misc-definitions-in-headers): one file a program
{
    return "die_after_fork=0";
}
#endif

/// For tests with threads (feeders of queues are such) in forked children of a process with threads, as QTest makes
/// every process: the thread sanitizer ends those children.
#if defined(__SANITIZE_THREAD__)
#define NEEDS_THREADS_IN_FORKS() QSKIP("the thread sanitizer knows no threads in a forked child")
#else
#define NEEDS_THREADS_IN_FORKS() static_cast<void>(0)
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ // as GCC names it
#endif
#endif

/// For tests that fork while other threads are busy with memory. glibc's allocator is made for that; the locks of the
/// address sanitizer's (GCC 12, Clang 14) stay in the child as they were, and its next allocation may wait for ever.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define NEEDS_FORKS_BESIDE_BUSY_THREADS() QSKIP("a sanitizer's allocator does not survive a fork beside busy threads")
#else
#define NEEDS_FORKS_BESIDE_BUSY_THREADS() static_cast<void>(0)
#endif

/// Type and text of what `call` throws; "nothing" if it does not.
template <class F> std::string thrownBy(F&& call)
{
    try {
        static_cast<void>(call());
    } catch (const daemonscope::engine::BaseException& error) {
        return error.text();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "nothing";
}

/// Waits for the child's end; its exit code.
inline int ended(const daemonscope::engine::ProcessPtr& child)
{
    child->join();
    return child->exitCode().value();
}

inline daemonscope::engine::ProcessPtr started(
    daemonscope::engine::Target target, daemonscope::engine::Arguments args = {})
{
    auto child = daemonscope::engine::process({.target = std::move(target), .args = std::move(args)});
    child->start();
    return child;
}

/// A handler of SIGUSR1 while it lives.
class Handling {
public:
    explicit Handling(daemonscope::engine::SignalHandler handler)
    {
        daemonscope::engine::setSignalHandler(SIGUSR1, std::move(handler));
    }
    ~Handling() { daemonscope::engine::setSignalDefault(SIGUSR1); }
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;
};

/// A child that sends its parent SIGUSR1.
inline daemonscope::engine::ProcessPtr signalling()
{
    return started([parent = ::getpid()] { ::kill(parent, SIGUSR1); });
}

[[noreturn]] inline void throwStopped(int /*signal*/)
{
    throw daemonscope::engine::Exception("Stopped", "by a signal");
}

/// Runs a test class as a program of the engine, so that children may be started with every start method.
#define ENGINE_TEST_MAIN(Class)                                                                                        \
    int main(int argc, char** argv)                                                                                    \
    {                                                                                                                  \
        return daemonscope::engine::runMain(argc, argv, [argc, argv] {                                                 \
            Class test;                                                                                                \
            daemonscope::engine::exit(QTest::qExec(&test, argc, argv));                                                \
        });                                                                                                            \
    }
