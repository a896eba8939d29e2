// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/result.h"

#include <system_error>

namespace daemonscope {

Error systemError(std::string what, int errnoValue)
{
    return Error{std::move(what) + ": " + std::generic_category().message(errnoValue)};
}

} // namespace daemonscope
