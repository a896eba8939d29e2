// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/kind.h"

namespace daemonscope {

Kind kindAt(const Process& process, EventTime t)
{
    switch (process.role) {
    case Role::Main:
        return Kind::Main;
    case Role::Helper:
        return Kind::Helper;
    case Role::Program:
        return Kind::Program;
    case Role::Child:
        return statusAt(process, t).daemon.value_or(false) ? Kind::Daemon : Kind::NonDaemon;
    }
    return Kind::Program;
}

} // namespace daemonscope
