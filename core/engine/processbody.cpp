// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/processbody.h"

#include <cstring>

namespace daemonscope::engine {

std::string identityText(const std::vector<unsigned>& identity, char separator)
{
    std::string text;
    for (const unsigned number : identity) {
        if (!text.empty())
            text += separator;
        text += std::to_string(number);
    }
    return text;
}

std::string exitCodeName(int code)
{
    const char* abbreviation = code < 0 ? ::sigabbrev_np(-code) : nullptr;
    return abbreviation ? std::string("-SIG") + abbreviation : std::to_string(code);
}

void ProcessBody::checkOpen() const
{
    if (closed)
        throw ValueError("process object is closed");
}

} // namespace daemonscope::engine
