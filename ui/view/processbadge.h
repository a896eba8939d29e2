// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/kind.h"
#include "ui/theme/badges.h"

namespace daemonscope {

/// The sign of a kind of process.
constexpr Badge badgeFor(Kind kind)
{
    switch (kind) {
    case Kind::Main:
        return Badge::Main;
    case Kind::NonDaemon:
        return Badge::NonDaemon;
    case Kind::Daemon:
        return Badge::Daemon;
    case Kind::Helper:
        return Badge::Helper;
    case Kind::Program:
        break;
    }
    return Badge::Program;
}

} // namespace daemonscope
