// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Everything of the engine: processes with the semantics of Python's multiprocessing, in C++.
#include "engine/context.h"
#include "engine/errors.h"
#include "engine/process.h"
#include "engine/runtime.h"
#include "engine/signals.h"
#include "engine/sync.h"
#include "engine/system.h"
#include "engine/text.h"
#include "engine/thread.h"
