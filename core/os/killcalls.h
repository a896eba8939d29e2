// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace daemonscope {

/// A system call by which one process signals another, with its numbers in both system call tables of x86-64.
struct KillCallForm {
    const char* name;
    int native; ///< number for this machine's own programs
    int i386;   ///< number for 32-bit programs on x86-64 (int 0x80)
    /// What the first argument names. Thread: one thread, whose process the call does not name.
    enum class Names : std::uint8_t { Process, Thread, Pidfd } names;
    std::uint8_t signalArgument;
    std::uint8_t siginfoArgument; ///< 0: it takes none
    std::uint8_t flagsArgument;   ///< 0: it takes none
};
/// All of them.
std::span<const KillCallForm> killCallForms();

/// One such call as its caller made it.
struct KillCall {
    const KillCallForm* form = nullptr;
    int signal = 0;
    std::int32_t target = 0;   ///< as passed: pid, tid or pidfd, in the caller's own numbers
    bool toGroup = false;      ///< pidfd_send_signal(2) with PIDFD_SIGNAL_PROCESS_GROUP
    std::uint64_t siginfo = 0; ///< address in the caller's memory; 0: the kernel fills it in
};
/// Decodes it; nothing for another call's number. `native`: from this machine's own table.
std::optional<KillCall> decodeKillCall(
    std::uint64_t number, bool native, const std::array<std::uint64_t, 6>& arguments);

/// What a caller wrote into the siginfo that it sends: only a claim.
struct ClaimedSender {
    std::int32_t code = 0;
    std::int32_t pid = 0;
};
/// Decodes the bytes of a siginfo_t from its third word on (offset 8 to 23); `native` as above.
ClaimedSender decodeClaim(std::uint64_t wordAt8, std::uint64_t wordAt16, bool native);

} // namespace daemonscope
