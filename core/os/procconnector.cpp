// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/procconnector.h"

#include "os/clock.h"
#include "os/structat.h"

#include <linux/cn_proc.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <thread>

namespace daemonscope {

namespace {

constexpr std::uint32_t kProcIndex = 1; // CN_IDX_PROC, CN_VAL_PROC
constexpr std::uint32_t kProcValue = 1;
/// struct cn_msg of <linux/connector.h> without its flexible end, which C++ does not know.
struct Message {
    std::uint32_t index = kProcIndex;
    std::uint32_t value = kProcValue;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledge = 0;
    std::uint16_t length = 0;
    std::uint16_t flags = 0;
};
/// proc_event's kinds; the headers have moved their names.
constexpr std::uint32_t kFork = 1;
constexpr std::uint32_t kExec = 2;
constexpr std::uint32_t kExit = 0x80000000;

constexpr std::size_t kEventOffset = NLMSG_HDRLEN + sizeof(Message);
constexpr std::size_t kDatagramBytes = 256; // one event is 76 bytes
constexpr unsigned kDatagramsAtOnce = 64;

void parseEvent(const proc_event& told, std::vector<TaskEvent>& events)
{
    TaskEvent event;
    event.time = std::chrono::nanoseconds{static_cast<std::int64_t>(told.timestamp_ns)};
    switch (static_cast<std::uint32_t>(told.what)) {
    case kFork:
        event.kind = TaskEvent::Kind::Fork;
        event.pid = told.event_data.fork.child_tgid;
        event.tid = told.event_data.fork.child_pid;
        event.parentPid = told.event_data.fork.parent_tgid;
        event.parentTid = told.event_data.fork.parent_pid;
        break;
    case kExec:
        event.kind = TaskEvent::Kind::Exec;
        event.pid = told.event_data.exec.process_tgid;
        event.tid = told.event_data.exec.process_pid;
        break;
    case kExit:
        event.kind = TaskEvent::Kind::Exit;
        event.pid = told.event_data.exit.process_tgid;
        event.tid = told.event_data.exit.process_pid;
        event.parentPid = told.event_data.exit.parent_tgid;
        event.parentTid = told.event_data.exit.parent_pid;
        event.status = ExitStatus::fromWait(static_cast<int>(told.event_data.exit.exit_code));
        break;
    default:
        return;
    }
    if (event.pid > 0 && event.tid > 0)
        events.push_back(std::move(event));
}

/// Lets only forks, execs and exits into the socket's queue, so that the others don't fill it. Classic BPF loads are
/// big endian.
void filterQueue(int socket)
{
    constexpr std::uint32_t kWhole = 0xffffffff;
    constexpr auto kWhat = static_cast<std::uint32_t>(kEventOffset + offsetof(proc_event, what));
    std::array program{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kWhat),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(kFork), 3, 0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(kExec), 2, 0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(kExit), 1, 0),
        sock_filter BPF_STMT(BPF_RET | BPF_K, 0),
        sock_filter BPF_STMT(BPF_RET | BPF_K, kWhole),
    };
    const sock_fprog filter{program.size(), program.data()};
    // Without it all is told, and parsed in vain.
    ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

bool subscribe(int socket)
{
    const proc_cn_mcast_op wanted = PROC_CN_MCAST_LISTEN;
    std::array<char, kEventOffset + sizeof wanted> packet{};
    nlmsghdr header{};
    header.nlmsg_len = packet.size();
    header.nlmsg_type = NLMSG_DONE;
    header.nlmsg_pid = static_cast<std::uint32_t>(::getpid());
    Message message;
    message.length = sizeof wanted;
    std::memcpy(packet.data(), &header, sizeof header);
    std::memcpy(packet.data() + NLMSG_HDRLEN, &message, sizeof message);
    std::memcpy(packet.data() + kEventOffset, &wanted, sizeof wanted);
    return ::send(socket, packet.data(), packet.size(), 0) == static_cast<ssize_t>(packet.size());
}

} // namespace

void parseProcConnector(std::string_view datagram, std::vector<TaskEvent>& events)
{
    while (const auto header = structAt<nlmsghdr>(datagram, 0)) {
        const std::size_t length = header->nlmsg_len;
        if (length < NLMSG_HDRLEN || length > datagram.size())
            return;
        const std::string_view whole = datagram.substr(0, length);
        const auto message = structAt<Message>(whole, NLMSG_HDRLEN);
        const auto event = structAt<proc_event>(whole, kEventOffset);
        if (message && event && message->index == kProcIndex && message->value == kProcValue
            && message->length >= sizeof(proc_event))
            parseEvent(*event, events);
        datagram.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(length), datagram.size()));
    }
}

Result<std::unique_ptr<TaskEventSource>> ProcConnector::open()
{
    const auto refusal = [](int error) {
        return systemError("the kernel does not tell of processes over its process connector (cn_proc)", error);
    };
    UniqueFd socket{::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR)};
    if (!socket.valid())
        return refusal(errno);
    constexpr int kQueueBytes = 8 << 20;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kQueueBytes, sizeof kQueueBytes) != 0)
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kQueueBytes, sizeof kQueueBytes);
    filterQueue(socket.get());
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = kProcIndex;
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return refusal(errno);
    if (!subscribe(socket.get()))
        return refusal(errno);
    std::unique_ptr<ProcConnector> connector{new ProcConnector{std::move(socket)}};
    if (!connector->tells())
        return Error{
            "the kernel tells nothing of processes over its process connector (cn_proc): it does so outside of "
            "containers only (in the initial user, pid and network namespaces)"};
    return std::unique_ptr<TaskEventSource>{std::move(connector)};
}

bool ProcConnector::tells()
{
    // The event is in the queue before the new thread runs, so nothing has to be waited for.
    std::thread{[] {}}.join();
    std::vector<TaskEvent> events;
    read(events);
    for (const TaskEvent& event : events) {
        if (event.kind == TaskEvent::Kind::Lost || (event.kind == TaskEvent::Kind::Fork && event.pid == ::getpid()))
            return true;
    }
    return false;
}

void ProcConnector::read(std::vector<TaskEvent>& events)
{
    std::array<std::array<char, kDatagramBytes>, kDatagramsAtOnce> bytes{};
    std::array<iovec, kDatagramsAtOnce> areas{};
    std::array<sockaddr_nl, kDatagramsAtOnce> senders{};
    std::array<mmsghdr, kDatagramsAtOnce> messages{};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        areas.at(i) = {bytes.at(i).data(), bytes.at(i).size()};
        messages.at(i).msg_hdr.msg_iov = &areas.at(i);
        messages.at(i).msg_hdr.msg_iovlen = 1;
        messages.at(i).msg_hdr.msg_name = &senders.at(i);
    }
    for (;;) {
        for (mmsghdr& message : messages)
            message.msg_hdr.msg_namelen = sizeof(sockaddr_nl);
        const int count = ::recvmmsg(socket_.get(), messages.data(), kDatagramsAtOnce, MSG_DONTWAIT, nullptr);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == ENOBUFS) {
            // The queue was full: what came then is gone. It is told once, and what is in the queue is still good.
            TaskEvent loss;
            loss.time = monotonicNow();
            events.push_back(loss);
            continue;
        }
        if (count <= 0)
            return;
        for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
            // Only the kernel, whose port is 0, is believed.
            if (senders.at(i).nl_pid == 0)
                parseProcConnector({bytes.at(i).data(), messages.at(i).msg_len}, events);
        }
        if (static_cast<unsigned>(count) < kDatagramsAtOnce)
            return;
    }
}

} // namespace daemonscope
