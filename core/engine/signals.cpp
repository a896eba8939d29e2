// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/signals.h"

#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/state.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>

namespace daemonscope::engine {
namespace {

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;

constexpr int signalLimit = NSIG;
constexpr auto longestWait = std::chrono::hours(24); // of one ppoll(), which is then repeated

// Set in the signal, read in the main thread.
std::array<std::atomic<bool>, signalLimit> signalCame{};
std::atomic<bool> anySignalCame = false;
std::atomic<pthread_t> signalThread = ::pthread_self(); // initialised in the program's first thread

// Used in the main thread only.
std::array<SignalHandler, signalLimit>& signalHandlers()
{
    static auto* handlers = new std::array<SignalHandler, signalLimit>;
    return *handlers;
}
sigset_t handledSignals = [] {
    sigset_t none;
    ::sigemptyset(&none);
    return none;
}();
bool anyHandled = false;

extern "C" void noteSignal(int number)
{
    const pthread_t main = signalThread.load(std::memory_order_relaxed);
    // Only the main thread's wait is watched for signals.
    if (!::pthread_equal(::pthread_self(), main)) {
        const int kept = errno;
        ::pthread_kill(main, number);
        errno = kept;
        return;
    }
    signalCame[static_cast<std::size_t>(number)].store(true);
    anySignalCame.store(true);
}

void changeDisposition(int number, void (*action)(int), SignalHandler handler)
{
    if (!inMainThread())
        throw ValueError("signal only works in main thread of the main interpreter");
    if (number < 1 || number >= signalLimit)
        throw ValueError("signal number out of range");
    struct sigaction change { };
    change.sa_handler = action;
    // Restarted, so that the program's own reads and writes never fail for it; waits of the engine notice all the same.
    change.sa_flags = SA_RESTART;
    ::sigemptyset(&change.sa_mask);
    signalHandlers()[static_cast<std::size_t>(number)] = std::move(handler);
    if (::sigaction(number, &change, nullptr) != 0)
        throw OSError(errno);
    if (action == noteSignal)
        ::sigaddset(&handledSignals, number);
    else
        ::sigdelset(&handledSignals, number);
    anyHandled = std::ranges::any_of(signalHandlers(), [](const SignalHandler& known) { return known != nullptr; });
}

DAEMONSCOPE_IN_EACH_FORK timespec remainingTime(const Deadline& deadline)
{
    const std::chrono::nanoseconds left = deadline ? *deadline - Clock::now() : std::chrono::nanoseconds(longestWait);
    const auto bounded = std::clamp<std::chrono::nanoseconds>(left, std::chrono::nanoseconds(0), longestWait);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(bounded);
    timespec time{};
    time.tv_sec = seconds.count();
    time.tv_nsec = (bounded - seconds).count();
    return time;
}

/// Holds signals that have a handler back, so that none comes between a look at them and a wait for them.
class HeldSignals {
public:
    HeldSignals() { ::pthread_sigmask(SIG_BLOCK, &handledSignals, &before_); }
    ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    [[nodiscard]] const sigset_t& before() const { return before_; }

private:
    sigset_t before_{};
};

/// One wait: true if something is readable. Returns early, with false, when a signal came.
DAEMONSCOPE_IN_EACH_FORK bool waitOnce(pollfd* watched, nfds_t count, const Deadline& deadline)
{
    const timespec time = remainingTime(deadline);
    if (!anyHandled || !inMainThread())
        return ::ppoll(watched, count, &time, nullptr) > 0;
    const HeldSignals held;
    if (anySignalCame.load())
        return false;
    return ::ppoll(watched, count, &time, &held.before()) > 0;
}

/// Waits for readability or the deadline, and runs handlers meanwhile.
DAEMONSCOPE_IN_EACH_FORK bool waitUntil(pollfd* watched, nfds_t count, const Deadline& deadline)
{
    for (;;) {
        const bool isReadable = waitOnce(watched, count, deadline);
        runPendingSignalHandlers(); // also if both came at once: Ctrl-C ends main and the child that it waits for
        if (isReadable)
            return true;
        if (deadline && Clock::now() >= *deadline)
            return false;
    }
}

DAEMONSCOPE_IN_EACH_FORK Deadline deadlineAfter(std::optional<std::chrono::nanoseconds> timeout)
{
    if (!timeout)
        return std::nullopt;
    // Far enough to be for ever, near enough to be added to a time.
    return Clock::now() + std::min<std::chrono::nanoseconds>(*timeout, std::chrono::hours(24 * 365));
}

} // namespace

void setSignalHandler(int signalNumber, SignalHandler handler)
{
    if (!handler)
        throw TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    changeDisposition(signalNumber, noteSignal, std::move(handler));
}

void setSignalDefault(int signalNumber)
{
    changeDisposition(signalNumber, SIG_DFL, nullptr);
}

void setSignalIgnored(int signalNumber)
{
    changeDisposition(signalNumber, SIG_IGN, nullptr);
}

DAEMONSCOPE_IN_EACH_FORK void checkSignals()
{
    runPendingSignalHandlers();
}

DAEMONSCOPE_IN_EACH_FORK void runPendingSignalHandlers()
{
    if (!anySignalCame.load() || !inMainThread())
        return;
    anySignalCame.store(false);
    for (int number = 1; number < signalLimit; ++number) {
        const auto index = static_cast<std::size_t>(number);
        if (!signalCame[index].exchange(false))
            continue;
        const SignalHandler handler = signalHandlers()[index]; // a copy: it may replace itself
        if (!handler)
            continue;
        try {
            handler(number);
        } catch (...) {
            anySignalCame.store(true); // the others are still to be run
            throw;
        }
    }
}

DAEMONSCOPE_IN_EACH_FORK bool takesSignals()
{
    return ::pthread_equal(signalThread.load(), ::pthread_self()) != 0;
}

DAEMONSCOPE_IN_EACH_FORK void resetSignalsAfterFork(bool tookSignals)
{
    if (!tookSignals)
        signalThread.store(::pthread_self());
    if (!anySignalCame.exchange(false))
        return;
    for (auto& came : signalCame)
        came.store(false);
}

void installDefaultSignalHandlers()
{
    signalThread.store(::pthread_self());
    struct sigaction interrupt { };
    ::sigaction(SIGINT, nullptr, &interrupt);
    if (interrupt.sa_handler == SIG_DFL)
        setSignalHandler(SIGINT, [](int) { throw KeyboardInterrupt(); });
    setSignalIgnored(SIGPIPE);
}

DAEMONSCOPE_IN_EACH_FORK bool waitReadable(int descriptor, std::optional<std::chrono::nanoseconds> timeout)
{
    pollfd watched{descriptor, POLLIN, 0};
    return waitUntil(&watched, 1, deadlineAfter(timeout));
}

void sleep(std::chrono::nanoseconds duration)
{
    if (duration < std::chrono::nanoseconds::zero())
        throw ValueError("sleep length must be non-negative");
    waitUntil(nullptr, 0, deadlineAfter(duration));
}

} // namespace daemonscope::engine
