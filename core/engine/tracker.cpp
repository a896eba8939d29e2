// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/helperrole.h"
#include "engine/report.h"
#include "engine/sharedblock.h"
#include "engine/state.h"
#include "engine/transportexec.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <set>
#include <string_view>

namespace daemonscope::engine {
namespace tracker {
namespace {

// Commands, one a line. A line is written at once, so that those of several processes do not mix (PIPE_BUF).
constexpr std::string_view registerWord = "REGISTER:";
constexpr std::string_view unregisterWord = "UNREGISTER:";

/// The tracker as its clients know it. Guarded by the runtime's mutex; forks inherit it.
struct TrackerLink {
    UniqueFd pipe;
    int pid = 0; ///< 0: another process's child
    int startedBy = 0;
};
DAEMONSCOPE_IN_EACH_FORK TrackerLink& trackerLink()
{
    static auto* link = new TrackerLink; // never destroyed: names are unregistered late
    return *link;
}
/// Made when the program begins: what a process makes at its first use, every forked child would make again.
[[maybe_unused]] const TrackerLink& earlyLink = trackerLink();

bool isRead(int pipe)
{
    pollfd watched{pipe, POLLOUT, 0};
    while (::poll(&watched, 1, 0) < 0 && errno == EINTR) { }
    return (watched.revents & (POLLERR | POLLNVAL)) == 0;
}

/// Holds ^C and "killall" back from a tracker that does not ignore them yet.
class HeldEndings {
public:
    HeldEndings()
    {
        sigset_t endings;
        ::sigemptyset(&endings);
        ::sigaddset(&endings, SIGINT);
        ::sigaddset(&endings, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &endings, &before_);
    }
    ~HeldEndings() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    HeldEndings(const HeldEndings&) = delete;
    HeldEndings& operator=(const HeldEndings&) = delete;

private:
    sigset_t before_{};
};

void launchTracker(TrackerLink& link)
{
    PipeEnds names = openPipe();
    const HeldEndings held;
    link.pid = executeSelf(
        {std::string(trackerWord), "pipe_handle=" + std::to_string(names.reader.get())}, {names.reader.get()});
    link.startedBy = ::getpid();
    link.pipe = std::move(names.writer);
}

void tell(std::string_view word, const std::string& name)
{
    const std::string line = std::string(word) + name + "\n";
    if (line.size() > 512)
        throw ValueError("msg too long");
    while (::write(trackerLink().pipe.get(), line.data(), line.size()) < 0 && errno == EINTR) { }
}

} // namespace

int ensureRunning()
{
    const std::lock_guard lock(state().mutex);
    TrackerLink& link = trackerLink();
    if (link.pipe.valid()) {
        if (isRead(link.pipe.get()))
            return link.pipe.get();
        link.pipe.reset();
        if (link.startedBy == ::getpid())
            while (::waitpid(link.pid, nullptr, 0) < 0 && errno == EINTR) { }
        std::fputs(
            "UserWarning: resource_tracker: process died unexpectedly, relaunching.  Some resources might leak.\n",
            stderr);
    }
    launchTracker(link);
    return link.pipe.get();
}

void registerName(const std::string& name)
{
    const std::lock_guard lock(state().mutex);
    ensureRunning();
    tell(registerWord, name);
}

void unregisterName(const std::string& name)
{
    const std::lock_guard lock(state().mutex);
    // A tracker that is gone knows no names, and a new one would not either.
    if (trackerLink().pipe.valid() && isRead(trackerLink().pipe.get()))
        tell(unregisterWord, name);
}

DAEMONSCOPE_IN_EACH_FORK void adopt(int writeEnd)
{
    const std::lock_guard lock(state().mutex);
    trackerLink() = {UniqueFd(writeEnd), 0, 0};
}

} // namespace tracker

namespace {

void obey(std::string_view line, std::set<std::string>& names)
{
    const bool isNew = line.starts_with(tracker::registerWord);
    if (!isNew && !line.starts_with(tracker::unregisterWord))
        return;
    std::string name(line.substr(isNew ? tracker::registerWord.size() : tracker::unregisterWord.size()));
    if (isNew)
        names.insert(std::move(name));
    else
        names.erase(name);
}

/// Reads commands until nobody can give any more.
std::set<std::string> trackNames(int pipe)
{
    std::set<std::string> names;
    std::string pending;
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t got = ::read(pipe, piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return names;
        pending.append(piece.data(), static_cast<std::size_t>(got));
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
            obey(std::string_view(pending).substr(0, end), names);
            pending.erase(0, end + 1);
        }
    }
}

/// Standard output is the program's: who reads it to its end must not have to wait for a helper.
void leaveStandardStreams()
{
    const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing.valid())
        return;
    ::dup2(nothing.get(), STDIN_FILENO);
    ::dup2(nothing.get(), STDOUT_FILENO);
}

} // namespace

int runTracker(int pipe)
{
    sigset_t endings;
    ::sigemptyset(&endings);
    for (const int number : {SIGINT, SIGTERM}) {
        std::signal(number, SIG_IGN);
        ::sigaddset(&endings, number);
    }
    ::pthread_sigmask(SIG_UNBLOCK, &endings, nullptr);
    leaveStandardStreams();

    const std::set<std::string> names = trackNames(pipe);
    if (!names.empty())
        std::fprintf(stderr,
            "UserWarning: resource_tracker: There appear to be %zu leaked semaphore objects to clean up at shutdown\n",
            names.size());
    if (report::enabled())
        report::Packet("interp_exit").send();
    return 0;
}

} // namespace daemonscope::engine
