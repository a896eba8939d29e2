// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

/// `daemonscope doctor`, which is `daemonscope-recorder --doctor`: only the recorder knows how capture works. Returns
/// the exit status: 0 when all that is needed works, 1 when something is missing, 2 for a wrong call.
int runDoctor(int argc, char** argv, const std::string& hookDirectory);
