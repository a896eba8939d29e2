// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/killcalls.h"

#include <sys/syscall.h>

namespace daemonscope {

namespace {

using Names = KillCallForm::Names;

// The numbers of the 32-bit table are those of <asm/unistd_32.h>, which cannot be included beside the native ones.
constexpr std::array kForms{
    KillCallForm{"kill", SYS_kill, 37, Names::Process, 1, 0, 0},
    KillCallForm{"tkill", SYS_tkill, 238, Names::Thread, 1, 0, 0},
    KillCallForm{"tgkill", SYS_tgkill, 270, Names::Process, 2, 0, 0},
    KillCallForm{"rt_sigqueueinfo", SYS_rt_sigqueueinfo, 178, Names::Process, 1, 2, 0},
    KillCallForm{"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo, 335, Names::Process, 2, 3, 0},
    KillCallForm{"pidfd_send_signal", SYS_pidfd_send_signal, 424, Names::Pidfd, 1, 2, 3},
};

constexpr std::uint64_t kSignalProcessGroup = 4; // PIDFD_SIGNAL_PROCESS_GROUP, newer than many a header

std::int32_t low(std::uint64_t word)
{
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(word));
}

} // namespace

std::span<const KillCallForm> killCallForms()
{
    return kForms;
}

std::optional<KillCall> decodeKillCall(std::uint64_t number, bool native, const std::array<std::uint64_t, 6>& arguments)
{
    for (const KillCallForm& form : kForms) {
        if (static_cast<std::uint64_t>(native ? form.native : form.i386) != number)
            continue;
        KillCall call;
        call.form = &form;
        call.signal = low(arguments.at(form.signalArgument));
        call.target = low(arguments.at(0));
        if (form.siginfoArgument != 0)
            call.siginfo = native ? arguments.at(form.siginfoArgument)
                                  : static_cast<std::uint32_t>(arguments.at(form.siginfoArgument));
        call.toGroup = form.flagsArgument != 0 && (arguments.at(form.flagsArgument) & kSignalProcessGroup) != 0;
        return call;
    }
    return std::nullopt;
}

ClaimedSender decodeClaim(std::uint64_t wordAt8, std::uint64_t wordAt16, bool native)
{
    // struct siginfo: signal, errno, code, then the union that begins with the pid. With 64-bit pointers in it, the
    // union is aligned to 8 bytes.
    constexpr unsigned kWordBits = 32;
    return {low(wordAt8), low(native ? wordAt16 : wordAt8 >> kWordBits)};
}

} // namespace daemonscope
