// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/state.h"

#include "engine/processbody.h"
#include "engine/report.h"

#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>

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

void log(const char* level, const std::string& text)
{
    // One write, so that lines of several processes do not mix.
    const std::string line = std::string("[") + level + "/" + state().current->name() + "] " + text + "\n";
    std::fputs(line.c_str(), stderr);
}

} // namespace

RuntimeState& state()
{
    // Never destroyed: processes end in many ways, and some of them look at it late.
    static RuntimeState* const runtime = [] {
        auto* made = new RuntimeState;
        made->current = makeMainProcess();
        return made;
    }();
    return *runtime;
}

int forkEngine()
{
    RuntimeState& runtime = state();
    runtime.mutex.lock();
    const int pid = ::fork();
    if (pid != 0) {
        const int error = errno;
        runtime.mutex.unlock();
        if (pid < 0)
            throw OSError(error);
        return pid;
    }
    // The thread has another id here, so it does not own the mutex it holds.
    std::construct_at(&runtime.mutex);
    forgetOtherThreads();
    resetSignalsAfterFork();
    report::afterFork();
    return 0;
}

bool flushStandardStreams()
{
    std::cout.flush();
    std::cerr.flush();
    const bool out = std::fflush(stdout) == 0;
    return std::fflush(stderr) == 0 && out;
}

void logInfo(const std::string& text)
{
    if (state().logLevel != LogLevel::None)
        log("INFO", text);
}

void logDebug(const std::string& text)
{
    if (state().logLevel == LogLevel::Debug)
        log("DEBUG", text);
}

} // namespace daemonscope::engine
