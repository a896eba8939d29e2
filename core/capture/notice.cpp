// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/notice.h"

#include "os/promptwriter.h"
#include "os/self.h"

#include <system_error>
#include <thread>

namespace daemonscope {

void notice(const std::string& sentence)
{
    constexpr int kStderr = 2;
    std::string line = "daemonscope: " + sentence + '\n';
    line.erase(0, PromptWriter{kStderr}.write(line));
    if (line.empty())
        return;
    try {
        std::thread{[line] { writeAll(kStderr, line.data(), line.size()); }}.detach();
    } catch (const std::system_error&) {
        return; // it is said once more at the end
    }
}

} // namespace daemonscope
