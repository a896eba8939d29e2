// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/errors.h"

#include <cstring>

namespace daemonscope::engine {

OSError::OSError(int errnoValue)
    : Exception("OSError", "[Errno " + std::to_string(errnoValue) + "] " + std::strerror(errnoValue))
{
}

} // namespace daemonscope::engine
