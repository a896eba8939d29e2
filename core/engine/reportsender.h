// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/recordtext.h"

#include <sys/types.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace daemonscope::engine::report {

/// Internal to the engine: the connection of this process to daemonscope (docs/hook-protocol.md), made when the first
/// packet is sent and made again when it breaks. There is one for the whole program; any thread may use it. Threads
/// take turns, and a fork at any moment leaves the child with one that works: what another thread was about to do in
/// the parent does not bind it.
///
/// The program must not suffer from a receiver that is slow, stuck, dead or absent: all threads of a process together
/// wait at most 100 ms in each second, then packets are dropped and counted. A descriptor that somebody else has closed
/// and opened anew is noticed, and let alone.
class ReportSender {
public:
    constexpr ReportSender() = default;
    ReportSender(const ReportSender&) = delete;
    ReportSender& operator=(const ReportSender&) = delete;

    /// Looks for DAEMONSCOPE_SOCKET; without it nothing is sent. Only while the process has one thread. It is done when
    /// the program is loaded, and once more when main() hands over to the engine.
    void readAddress() noexcept;
    [[nodiscard]] bool enabled() const noexcept { return enabled_.load(std::memory_order_relaxed); }

    /// Sends a record that lacks its last fields (p, s, lost) and its closing brace; completes it in place. One that
    /// `hasNext` waits for the next, and shares its packet. Keeps errno.
    void send(RecordText& record, bool hasNext) noexcept;
    /// Sends no more. The connection stays open, so that its hang-up comes with the end of the process.
    void finish() noexcept { enabled_.store(false, std::memory_order_relaxed); }
    /// In a forked child: gives up the parent's connection and starts counting. send() does it too where it must.
    void startOver() noexcept;

private:
    using Duration = std::chrono::nanoseconds;
    enum class Sent { Yes, NoRoom, Broken };

    void begin(pid_t process) noexcept;
    void complete(RecordText& record);
    void add(std::string_view record, bool hasNext) noexcept;
    /// Sends the records that wait.
    void flush() noexcept;
    /// Sends a packet of that many records.
    void deliver(std::string_view packet, int records) noexcept;
    [[nodiscard]] bool attempt(std::string_view packet) noexcept;
    [[nodiscard]] bool isOurs() const noexcept;
    void drop() noexcept;
    [[nodiscard]] bool connect() noexcept;
    [[nodiscard]] bool isTooEarly() const noexcept;
    void connectLater() noexcept;
    [[nodiscard]] bool connectSlowly() noexcept;
    [[nodiscard]] Sent sendOnce(std::string_view packet) noexcept;
    /// After that error: whether to try again (Yes), maybe after a wait.
    [[nodiscard]] Sent waitForRoom(int error) noexcept;
    /// How long may be waited now.
    [[nodiscard]] Duration patience() noexcept;

    std::atomic<bool> enabled_{false};
    std::atomic<pid_t> lockedBy_{0}; ///< process of the thread whose turn it is; 0: nobody's

    // What follows is guarded by the turn.
    sockaddr_un address_{};
    pid_t process_ = 0; ///< whose connection this is
    int descriptor_ = -1;
    dev_t device_ = 0; ///< with inode_: the socket that was opened under descriptor_
    ino_t inode_ = 0;
    std::int64_t number_ = 0;
    std::int64_t lost_ = 0;           ///< not yet told
    std::int64_t telling_ = 0;        ///< of these, what the next packet tells
    std::array<char, 256> waiting_{}; ///< records that wait for the next, with newlines between
    std::size_t waitingSize_ = 0;
    int waitingRecords_ = 0;
    Duration retryFrom_{0};    ///< before this time (CLOCK_MONOTONIC) no connection is tried
    Duration renewedAt_{-1};   ///< when patienceLeft_ was filled up; negative: never
    Duration patienceLeft_{0}; ///< of the second that began then
};

ReportSender& sender();

} // namespace daemonscope::engine::report
