// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/recordercontrol.h"

#include "os/uniquefd.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace daemonscope {

Outcome sendToRecorder(const std::string& socketPath, std::string_view command)
{
    const std::string what = "cannot reach the recorder of this run";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socketPath.size() >= sizeof address.sun_path)
        return systemError(what, ENAMETOOLONG);
    std::memcpy(address.sun_path, socketPath.data(), socketPath.size());
    const UniqueFd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    if (!socket.valid() || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return systemError(what, errno);
    if (::send(socket.get(), command.data(), command.size(), MSG_NOSIGNAL) < 0)
        return systemError(what, errno);
    return Done{};
}

} // namespace daemonscope
