// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/perfevents.h"

#include "os/procfs.h"
#include "os/structat.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

namespace daemonscope {

namespace {

/// A power of two. Small, as an unprivileged user has 516 KiB of locked memory for perf on each CPU
/// (perf_event_mlock_kb); a record is some 64 bytes.
constexpr std::size_t kDataPages = 64;

/// What stands at the end of every record, as sample_type is PERF_SAMPLE_TID | PERF_SAMPLE_TIME (sample_id_all).
struct Trailer {
    std::uint32_t pid;
    std::uint32_t tid;
    std::uint64_t time;
};
struct TaskRecord {
    perf_event_header header;
    std::uint32_t pid;
    std::uint32_t parentPid;
    std::uint32_t tid;
    std::uint32_t parentTid;
    std::uint64_t time;
};
struct CommHead {
    perf_event_header header;
    std::uint32_t pid;
    std::uint32_t tid;
};

std::chrono::nanoseconds toTime(std::uint64_t nanoseconds)
{
    return std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds)};
}

std::optional<TaskEvent> parseTask(std::string_view record, TaskEvent::Kind kind)
{
    const auto task = structAt<TaskRecord>(record, 0);
    if (!task)
        return std::nullopt;
    TaskEvent event;
    event.kind = kind;
    event.time = toTime(task->time);
    event.pid = static_cast<std::int32_t>(task->pid);
    event.tid = static_cast<std::int32_t>(task->tid);
    event.parentPid = static_cast<std::int32_t>(task->parentPid);
    event.parentTid = static_cast<std::int32_t>(task->parentTid);
    return event.pid > 0 && event.tid > 0 ? std::optional{event} : std::nullopt;
}

std::optional<TaskEvent> parseExec(std::string_view record, std::uint16_t flags)
{
    const auto head = structAt<CommHead>(record, 0);
    if ((flags & PERF_RECORD_MISC_COMM_EXEC) == 0 || !head || record.size() < sizeof(CommHead) + sizeof(Trailer))
        return std::nullopt; // a thread that gave itself a name
    const std::string_view name = record.substr(sizeof(CommHead), record.size() - sizeof(CommHead) - sizeof(Trailer));
    TaskEvent event;
    event.kind = TaskEvent::Kind::Exec;
    event.time = toTime(structAt<Trailer>(record, record.size() - sizeof(Trailer))->time);
    event.pid = static_cast<std::int32_t>(head->pid);
    event.tid = static_cast<std::int32_t>(head->tid);
    event.name = name.substr(0, name.find('\0'));
    return event.pid > 0 ? std::optional{event} : std::nullopt;
}

enum class Use { Ring, Follow };

int openEvent(std::int32_t pid, int cpu, Use use)
{
    perf_event_attr wanted{};
    wanted.size = sizeof wanted;
    wanted.type = PERF_TYPE_SOFTWARE;
    wanted.config = PERF_COUNT_SW_DUMMY;
    wanted.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
    wanted.exclude_kernel = 1;
    wanted.exclude_hv = 1;
    if (use == Use::Follow) {
        wanted.inherit = 1;
        wanted.task = 1;
        wanted.comm = 1;
        wanted.comm_exec = 1;
    }
    wanted.sample_id_all = 1;
    wanted.use_clockid = 1;
    wanted.clockid = CLOCK_MONOTONIC;
    // A count of events would count samples only, of which there are none.
    wanted.watermark = 1;
    wanted.wakeup_watermark = 1;
    return static_cast<int>(::syscall(SYS_perf_event_open, &wanted, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

std::size_t pageBytes()
{
    return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

std::optional<TaskEvent> parsePerfRecord(std::string_view record)
{
    const auto header = structAt<perf_event_header>(record, 0);
    if (!header || header->size > record.size())
        return std::nullopt;
    const std::string_view whole = record.substr(0, header->size);
    switch (header->type) {
    case PERF_RECORD_FORK:
        return parseTask(whole, TaskEvent::Kind::Fork);
    case PERF_RECORD_EXIT:
        return parseTask(whole, TaskEvent::Kind::Exit);
    case PERF_RECORD_COMM:
        return parseExec(whole, header->misc);
    case PERF_RECORD_LOST: {
        const auto trailer =
            whole.size() >= sizeof(Trailer) ? structAt<Trailer>(whole, whole.size() - sizeof(Trailer)) : std::nullopt;
        if (!trailer)
            return std::nullopt;
        TaskEvent event;
        event.time = toTime(trailer->time);
        return event;
    }
    default:
        return std::nullopt;
    }
}

Result<std::unique_ptr<TaskEventSource>> PerfTaskEvents::open()
{
    std::unique_ptr<PerfTaskEvents> events{new PerfTaskEvents};
    const long cpus = ::sysconf(_SC_NPROCESSORS_CONF);
    int error = ENODEV;
    for (int cpu = 0; cpu < cpus; ++cpu) {
        // Of the calling thread, and tells nothing: it is there for its ring buffer.
        UniqueFd event{openEvent(0, cpu, Use::Ring)};
        if (!event.valid()) {
            error = errno;
            if (error == ENODEV)
                continue; // a CPU that is switched off
            break;
        }
        void* const pages =
            ::mmap(nullptr, (kDataPages + 1) * pageBytes(), PROT_READ | PROT_WRITE, MAP_SHARED, event.get(), 0);
        if (pages == MAP_FAILED) {
            error = errno;
            break;
        }
        events->rings_.push_back(Ring{cpu, std::move(event), static_cast<char*>(pages)});
        error = 0;
    }
    if (error != 0 && (error != ENODEV || events->rings_.empty()))
        return systemError("the kernel does not tell of processes in perf's task records (perf_event_open)", error);
    return std::unique_ptr<TaskEventSource>{std::move(events)};
}

PerfTaskEvents::~PerfTaskEvents()
{
    for (const Ring& ring : rings_)
        ::munmap(ring.pages, (kDataPages + 1) * pageBytes());
}

Outcome PerfTaskEvents::add(std::int32_t pid)
{
    int error = 0;
    for (const std::int32_t thread : threadsOf(pid)) {
        for (const Ring& ring : rings_) {
            UniqueFd event{openEvent(thread, ring.cpu, Use::Follow)};
            if (!event.valid() || ::ioctl(event.get(), PERF_EVENT_IOC_SET_OUTPUT, ring.event.get()) != 0)
                error = errno;
            else
                followed_.push_back(std::move(event));
        }
    }
    if (error != 0)
        return systemError(
            "the kernel does not tell of process " + std::to_string(pid) + " in perf's task records", error);
    return Done{};
}

std::vector<int> PerfTaskEvents::descriptors() const
{
    std::vector<int> list;
    for (const Ring& ring : rings_)
        list.push_back(ring.event.get());
    return list;
}

void PerfTaskEvents::read(std::vector<TaskEvent>& events)
{
    const auto before = static_cast<std::ptrdiff_t>(events.size());
    for (const Ring& ring : rings_)
        readRing(ring, events);
    std::stable_sort(
        events.begin() + before, events.end(), [](const TaskEvent& a, const TaskEvent& b) { return a.time < b.time; });
}

void PerfTaskEvents::readRing(const Ring& ring, std::vector<TaskEvent>& events)
{
    auto* const control = reinterpret_cast<perf_event_mmap_page*>(ring.pages);
    const char* const data = ring.pages + pageBytes();
    const std::size_t size = kDataPages * pageBytes();
    const std::uint64_t head = std::atomic_ref{control->data_head}.load(std::memory_order_acquire);
    std::uint64_t tail = control->data_tail;
    std::string record;
    while (tail < head) {
        // A record may wrap around the end of the ring; its header never does, as all sizes are multiples of 8.
        perf_event_header header{};
        std::memcpy(&header, data + tail % size, sizeof header);
        if (header.size < sizeof header || header.size > head - tail) {
            tail = head;
            break;
        }
        const std::size_t begin = tail % size;
        const std::size_t first = std::min<std::size_t>(header.size, size - begin);
        record.assign(data + begin, first);
        record.append(data, header.size - first);
        if (auto event = parsePerfRecord(record))
            events.push_back(std::move(*event));
        tail += header.size;
    }
    std::atomic_ref{control->data_tail}.store(tail, std::memory_order_release);
}

} // namespace daemonscope
