// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>

/// Signals as Python has them (Modules/signalmodule.c): a handler does not run inside the signal but soon after it, in
/// the main thread, and may throw. "Soon" is a call of the engine that can wait: sleep(), join(), acquire(), get(),
/// wait(), or checkSignals(). fork inherits handlers, exec drops them but keeps ignored signals ignored.
namespace daemonscope::engine {

using SignalHandler = std::function<void(int signalNumber)>;

/// Only to be called in the main thread. Throws ValueError "signal only works in main thread of the main interpreter",
/// "signal number out of range", OSError.
void setSignalHandler(int signalNumber, SignalHandler handler);
void setSignalDefault(int signalNumber);
void setSignalIgnored(int signalNumber);

/// Runs the handlers of signals that have come. Does nothing in other threads than the main thread.
void checkSignals();

/// time.sleep(): sleeps the whole time unless a handler throws. Throws ValueError for less than nothing.
void sleep(std::chrono::nanoseconds duration);

} // namespace daemonscope::engine
