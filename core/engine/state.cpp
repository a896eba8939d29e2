// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/state.h"

#include "engine/forkpath.h"
#include "engine/processbody.h"
#include "engine/report.h"

#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <ext/stdio_sync_filebuf.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <memory>
#include <typeinfo>

#if defined(__SANITIZE_THREAD__)
extern "C" int __tsan_mutex_pre_unlock(void* mutex, unsigned flags);   // NOLINT(bugprone-reserved-identifier)
extern "C" void __tsan_mutex_post_unlock(void* mutex, unsigned flags); // NOLINT(bugprone-reserved-identifier)
#endif

namespace daemonscope::engine {
namespace {

constexpr std::size_t authKeyBytes = 32;

std::string randomBytes(std::size_t count)
{
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < count;) {
        const ssize_t got = ::getrandom(bytes.data() + done, count - done, 0);
        if (got > 0)
            done += static_cast<std::size_t>(got);
    }
    return bytes;
}

ProcessPtr makeMainProcess()
{
    auto body = std::make_unique<ProcessBody>();
    body->name = "MainProcess";
    body->authKey = randomBytes(authKeyBytes);
    return std::make_shared<Process>(std::move(body));
}

void log(const char* level, std::string_view text, std::string_view name)
{
    // One write, so that lines of several processes do not mix.
    std::string line = std::string("[") + level + "/" + state().current->name() + "] ";
    line.append(text).append(name).append("\n");
    std::fputs(line.c_str(), stderr);
}

/// Whether a stream of the standard library has no buffer of its own, but works through C's.
DAEMONSCOPE_IN_EACH_FORK bool usesCStream(const std::ios& stream)
{
    const std::streambuf* buffer = stream.rdbuf();
    return buffer && typeid(*buffer) == typeid(__gnu_cxx::stdio_sync_filebuf<char>);
}

DAEMONSCOPE_IN_EACH_FORK bool isFlushed(const std::FILE* stream)
{
    return stream->_mode <= 0 && stream->_IO_write_ptr == stream->_IO_write_base; // not of wide characters
}

/// fflush(), which locks the stream, and so writes to its page, even where there is nothing to be done.
DAEMONSCOPE_IN_EACH_FORK bool flush(std::FILE* stream)
{
    return isFlushed(stream) || std::fflush(stream) == 0;
}

} // namespace

DAEMONSCOPE_IN_EACH_FORK RuntimeState& state()
{
    // Never destroyed: processes end in many ways, and some of them look at it late. Not on the heap: a forked child
    // then writes to one page less.
    DAEMONSCOPE_DATA_IN_EACH_FORK alignas(RuntimeState) static std::array<std::byte, sizeof(RuntimeState)> storage{};
    static RuntimeState* const runtime = [] {
        auto* made = ::new (storage.data()) RuntimeState;
        made->current = makeMainProcess();
        return made;
    }();
    return *runtime;
}

DAEMONSCOPE_IN_EACH_FORK int forkEngine()
{
    RuntimeState& runtime = state();
    runtime.mutex.lock();
    const bool tookSignals = takesSignals();
    const int pid = ::fork();
    if (pid != 0) {
        const int error = errno;
        runtime.mutex.unlock();
        if (pid < 0)
            throw OSError(error);
        return pid;
    }
    // The thread has another id here, so it does not own the mutex it holds.
#if defined(__SANITIZE_THREAD__)
    constexpr unsigned everyLevel = 1U << 7U; // __tsan_mutex_recursive_unlock
    __tsan_mutex_pre_unlock(&runtime.mutex, everyLevel);
    __tsan_mutex_post_unlock(&runtime.mutex, everyLevel);
#endif
    std::construct_at(&runtime.mutex);
    forgetOtherThreads();
    resetSignalsAfterFork(tookSignals);
    report::afterFork();
    return 0;
}

DAEMONSCOPE_IN_EACH_FORK bool flushStandardStreams()
{
    static const std::ios_base::Init exist; // a start while static objects are initialised may come before the streams
    // Nearly always there is nothing to do for these two, and every call here is made in every new child.
    if (!usesCStream(std::cout))
        std::cout.flush();
    if (!usesCStream(std::cerr))
        std::cerr.flush();
    const bool out = flush(stdout);
    return flush(stderr) && out;
}

DAEMONSCOPE_IN_EACH_FORK bool areStandardStreamsFlushed()
{
    return usesCStream(std::cout) && usesCStream(std::cerr) && isFlushed(stdout) && isFlushed(stderr);
}

DAEMONSCOPE_IN_EACH_FORK bool logs(LogLevel level)
{
    return state().logLevel >= level;
}

DAEMONSCOPE_IN_EACH_FORK void logInfo(std::string_view text, std::string_view name)
{
    if (logs(LogLevel::Info))
        log("INFO", text, name);
}

DAEMONSCOPE_IN_EACH_FORK void logDebug(std::string_view text)
{
    if (logs(LogLevel::Debug))
        log("DEBUG", text, {});
}

} // namespace daemonscope::engine
