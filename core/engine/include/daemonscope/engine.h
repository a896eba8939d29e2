// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What a program includes: processes with the semantics of Python's multiprocessing, in C++.
#include "engine/engine.h"
