// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/forkserver.h"

#include "engine/errors.h"
#include "engine/helperrole.h"
#include "engine/sharedblock.h"
#include "engine/state.h"
#include "engine/transportexec.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>

namespace daemonscope::engine {
namespace {

/// The server as this process knows it. Guarded by the runtime's mutex.
struct ServerLink {
    UniqueFd socket;
    int pid = 0;
    int startedBy = 0; ///< a fork of the client inherits all this, but has no server
};
ServerLink& serverLink()
{
    static auto* link = new ServerLink; // never destroyed: processes may be started while the program ends
    return *link;
}

void launchServer(ServerLink& link)
{
    std::array<int, 2> ends{};
    // A message brings the descriptors of one request and is taken as a whole; the end of the last client ends the
    // server.
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw OSError(errno);
    UniqueFd client(ends[0]);
    const UniqueFd server(ends[1]);
    link.pid = executeSelf({std::string(forkServerWord), "socket_fd=" + std::to_string(server.get())}, {server.get()});
    link.startedBy = ::getpid();
    link.socket = std::move(client);
}

/// forkserver.ensure_running()
ServerLink& runningServer()
{
    tracker::ensureRunning();
    ServerLink& link = serverLink();
    if (link.startedBy == ::getpid() && ::waitpid(link.pid, nullptr, WNOHANG) == 0)
        return link;
    link = {};
    launchServer(link);
    return link;
}

/// Whether the server is gone, which is then noted. One that was killed may not be a zombie yet.
bool noticeDeadServer()
{
    constexpr int patience = 500; // milliseconds; its socket closes at about the time when the pipe did
    ServerLink& link = serverLink();
    pollfd watched{link.socket.get(), 0, 0};
    while (::poll(&watched, 1, patience) < 0 && errno == EINTR) { }
    if ((watched.revents & (POLLHUP | POLLERR)) == 0)
        return false;
    while (::waitpid(link.pid, nullptr, 0) < 0 && errno == EINTR) { }
    link = {};
    return true;
}

/// 0, or errno.
int sendDescriptors(int socket, const std::vector<int>& descriptors)
{
    const std::size_t bytes = descriptors.size() * sizeof(int);
    std::vector<char> control(CMSG_SPACE(bytes));
    char mark = 'F'; // a message of no bytes would be an end
    iovec content{&mark, 1};
    msghdr message{};
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), descriptors.data(), bytes);
    for (;;) {
        if (::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0)
            return 0;
        if (errno != EINTR)
            return errno;
    }
}

/// Sends a request. The worker's pid comes through its status pipe. False: the server was gone.
bool sendRequest(const std::vector<int>& descriptors, NewWorker& worker)
{
    // No fork meanwhile: its child would hold ends that only server and worker may have.
    const std::lock_guard lock(state().mutex);
    const ServerLink& link = runningServer();
    PipeEnds status = openPipe();
    PipeEnds data = openPipe();
    std::vector<int> sent(requestCount);
    sent[requestData] = data.reader.get();
    sent[requestStatus] = status.writer.get();
    sent[requestSocket] = link.socket.get();
    sent[requestTracker] = tracker::ensureRunning();
    sent.insert(sent.end(), descriptors.begin(), descriptors.end());
    const int error = sendDescriptors(link.socket.get(), sent);
    if (error != 0) {
        if (noticeDeadServer())
            return false;
        throw OSError(error);
    }
    worker.status = std::move(status.reader);
    worker.data = std::move(data.writer);
    return true;
}

} // namespace

NewWorker requestWorker(const std::vector<int>& descriptors)
{
    if (descriptors.size() + requestCount > maximumDescriptors)
        throw ValueError("too many fds");
    // A server that was killed a moment ago is replaced by another one, but if that dies too, something is wrong.
    for (bool again = true;; again = false) {
        NewWorker worker;
        if (!sendRequest(descriptors, worker)) {
            if (again)
                continue;
            throw EOFError("the fork server ended as soon as it was started");
        }
        try {
            // Its object is sent later: a worker that nobody knows would find none, and end.
            const std::int64_t pid = readNumber(worker.status.get());
            if (pid < 0)
                throw OSError(static_cast<int>(-pid));
            worker.pid = static_cast<int>(pid);
            return worker;
        } catch (const EOFError&) {
            const std::lock_guard lock(state().mutex);
            if (!again || !noticeDeadServer())
                throw;
        }
    }
}

} // namespace daemonscope::engine
