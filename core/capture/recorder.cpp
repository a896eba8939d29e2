// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/recorder.h"

#include "capture/recordingsession.h"
#include "os/self.h"

#include <filesystem>

namespace daemonscope {

RecorderResult recordProgram(const RecorderOptions& options)
{
    return RecordingSession{options}.run();
}

std::string defaultRecordingName(const std::vector<std::string>& program)
{
    std::string name = program.empty() ? "program" : std::filesystem::path{program.front()}.filename().string();
    if (name == "-m" && program.size() > 1)
        name = program[1];
    return "daemonscope-" + name + '.' + std::to_string(currentProcess()) + ".dscope";
}

} // namespace daemonscope
