// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The input is a scenario as somebody wrote it, and what can be read is written out as source text.

#include "fuzz.h"

#include "scenario/cppwriter.h"
#include "scenario/pythonwriter.h"
#include "scenario/reader.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto scenario = daemonscope::scenario::readScenario(fuzz::bytesOf(data, size), "x.yaml");
    if (!scenario.ok()) {
        fuzz::require(!scenario.error().message.empty(), "an error says something");
        return 0;
    }
    (void)daemonscope::scenario::writePython(scenario.value());
    (void)daemonscope::scenario::writeCpp(scenario.value());
    return 0;
}
