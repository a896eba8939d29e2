// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/forkserver.h"
#include "engine/helperrole.h"
#include "engine/sharedblock.h"
#include "engine/state.h"
#include "engine/transport.h"
#include "engine/transportexec.h"

#include <cxxabi.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <vector>

namespace daemonscope::engine {
namespace {

/// A client that is gone does not get it. It comes twice, so that the sentinel, from which the client takes it once,
/// stays readable until this end is closed, and then for ever.
void sendExitCode(int status, std::int64_t code)
{
    const std::array<std::int64_t, 2> codes{code, code};
    while (::write(status, codes.data(), sizeof codes) < 0 && errno == EINTR) { }
}

DAEMONSCOPE_IN_EACH_FORK [[noreturn]] void leaveWorker(int code)
{
    if (state().profile == Profile::Python313)
        runAtExitHandlers();
    flushStandardStreams();
    ::_exit(code & 0xff);
}

/// The server's side of forkserver.h: it forks workers, reaps them at once and sends their exit codes to who asked for
/// them.
class ForkServer {
public:
    explicit ForkServer(int socket)
        : socket_(socket)
    {
    }
    void run();

private:
    using Descriptors = std::vector<UniqueFd>;

    void takeOverServerSignals();
    void restoreSignals() const;
    /// False: no client is left.
    bool receiveRequest(Descriptors& request) const;
    void forkWorker(Descriptors request);
    void reapWorkers();
    [[noreturn]] void becomeWorker(Descriptors request);

    UniqueFd socket_;
    UniqueFd childEnds_;               ///< readable when a worker has ended
    std::map<pid_t, UniqueFd> status_; ///< where the exit code of each goes
    // As they were at the server's start, and are in each worker (T04 of the semantics).
    sigset_t mask_{};
    struct sigaction interrupt_ { };
    struct sigaction child_ { };
};

void ForkServer::takeOverServerSignals()
{
    struct sigaction change { };
    change.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &change, &interrupt_);
    change.sa_handler = SIG_DFL; // ignored, workers would end without a trace
    ::sigaction(SIGCHLD, &change, &child_);
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &ends, &mask_);
    childEnds_ = UniqueFd(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!childEnds_.valid())
        throw OSError(errno);
}

DAEMONSCOPE_IN_EACH_FORK void ForkServer::restoreSignals() const
{
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGCHLD, &child_, nullptr);
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

void ForkServer::run()
{
    takeOverServerSignals();
    flushStandardStreams(); // what is made at its first use, each worker would make for itself
    for (;;) {
        std::array<pollfd, 2> watched{{{childEnds_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}}};
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            if (errno == EINTR)
                continue;
            throw OSError(errno);
        }
        if (watched[0].revents != 0)
            reapWorkers();
        if (watched[1].revents == 0)
            continue;
        Descriptors request;
        if (!receiveRequest(request))
            return;
        if (request.size() >= requestCount)
            forkWorker(std::move(request));
        // Else there was no room for its descriptors here: the client sees its pipe end, and says so.
    }
}

bool ForkServer::receiveRequest(Descriptors& request) const
{
    std::array<char, 8> content{};
    std::vector<char> control(CMSG_SPACE(maximumDescriptors * sizeof(int)));
    iovec area{content.data(), content.size()};
    msghdr message{};
    message.msg_iov = &area;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        std::vector<int> received((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        std::memcpy(received.data(), CMSG_DATA(header), received.size() * sizeof(int));
        for (const int descriptor : received)
            request.emplace_back(descriptor);
    }
    if ((message.msg_flags & MSG_CTRUNC) != 0)
        request.clear();
    return true;
}

void ForkServer::forkWorker(Descriptors request)
{
    pid_t pid = 0;
    int error = 0;
    try {
        pid = forkEngine();
    } catch (const OSError& refusal) {
        error = refusal.errnoValue();
    }
    if (error == 0 && pid == 0)
        becomeWorker(std::move(request));
    UniqueFd status = std::move(request[requestStatus]);
    writeNumber(status.get(), error == 0 ? pid : -error);
    if (error == 0)
        status_.emplace(pid, std::move(status));
}

void ForkServer::reapWorkers()
{
    signalfd_siginfo info{};
    while (::read(childEnds_.get(), &info, sizeof info) > 0) { }
    int ended = 0;
    for (pid_t pid = ::waitpid(-1, &ended, WNOHANG); pid > 0; pid = ::waitpid(-1, &ended, WNOHANG)) {
        const auto found = status_.find(pid);
        if (found == status_.end())
            continue;
        sendExitCode(found->second.get(), WIFSIGNALED(ended) ? -WTERMSIG(ended) : WEXITSTATUS(ended));
        status_.erase(found);
    }
}

DAEMONSCOPE_IN_EACH_FORK void ForkServer::becomeWorker(Descriptors request)
{
    restoreSignals();
    socket_.reset();
    childEnds_.reset();
    status_.clear();
    request[requestStatus].reset();
    const int dataPipe = request[requestData].release();
    (void)request[requestSocket].release(); // as long as the worker has it, its server stays
    tracker::adopt(request[requestTracker].release());
    std::vector<int> descriptors;
    for (std::size_t i = requestCount; i < request.size(); ++i)
        descriptors.push_back(request[i].release());

    RuntimeState& runtime = state();
    runtime.atExitHandlers.clear();
    runtime.exitSequenceRegistered = false;
    int code = 1;
    std::string message;
    try {
        message = readMessage(dataPipe);
    } catch (const EOFError&) {
        ::_exit(code); // who wanted it is gone, or has asked another server
    } catch (...) {
        printException();
    }
    try {
        if (!message.empty())
            code = bootstrap(unpackProcess(message, descriptors), dataPipe);
    } catch (const abi::__forced_unwind&) {
        leaveWorker(0);
    } catch (...) {
        printException();
    }
    leaveWorker(code);
}

} // namespace

int runForkServer(int socket)
{
    ForkServer server(socket);
    try {
        server.run();
    } catch (...) {
        printException();
        return endProgram(1);
    }
    return endProgram(0);
}

} // namespace daemonscope::engine
