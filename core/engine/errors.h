// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/baseexception.h"

#include <optional>
#include <string>
#include <utility>

/// What the engine raises. The classes and their texts are Python's, so that a program says the same thing in both
/// languages. Nothing in the engine aborts: what cannot be done is thrown from the call that was asked to do it.
namespace daemonscope::engine {

/// A rule was broken: a daemon that starts a child, a second start, a join of somebody else's child.
class AssertionError : public Exception {
public:
    explicit AssertionError(std::string message)
        : Exception("AssertionError", std::move(message))
    {
    }
};
/// A value that does not fit, or a call on a closed process object.
class ValueError : public Exception {
public:
    explicit ValueError(std::string message)
        : Exception("ValueError", std::move(message))
    {
    }
};
class TypeError : public Exception {
public:
    explicit TypeError(std::string message)
        : Exception("TypeError", std::move(message))
    {
    }
};
/// The object has no such thing yet, or no longer: terminate() before start().
class AttributeError : public Exception {
public:
    explicit AttributeError(std::string message)
        : Exception("AttributeError", std::move(message))
    {
    }
};
class RuntimeError : public Exception {
public:
    explicit RuntimeError(std::string message)
        : Exception("RuntimeError", std::move(message))
    {
    }
};
/// A whole number that does not fit where it is to go.
class OverflowError : public Exception {
public:
    explicit OverflowError(std::string message)
        : Exception("OverflowError", std::move(message))
    {
    }
};
/// The operating system refused: "[Errno 11] Resource temporarily unavailable". It calls itself by the name of the
/// subclass that Python has for its errno value (PEP 3151): "BlockingIOError", "PermissionError", "FileNotFoundError"…
/// There is one C++ class for all of them, so `catch (const OSError&)` gets them all; errnoValue() tells them apart.
class OSError : public Exception {
public:
    /// With a path: "[Errno 2] No such file or directory: 'x'".
    explicit OSError(int errnoValue, const std::string& path = {});
    /// One without an errno value: its errnoValue() is 0.
    explicit OSError(std::string message)
        : Exception("OSError", std::move(message))
    {
    }
    [[nodiscard]] int errnoValue() const { return errnoValue_; }

private:
    int errnoValue_ = 0;
};
class EOFError : public Exception {
public:
    explicit EOFError(std::string message)
        : Exception("EOFError", std::move(message))
    {
    }
};
/// A target without a name cannot be sent to a process that is not a fork (registerTarget() gives it one).
class PicklingError : public Exception {
public:
    explicit PicklingError(std::string message)
        : Exception("PicklingError", std::move(message))
    {
    }
};
/// Queue::get() found nothing in time. Python calls it queue.Empty.
class Empty : public Exception {
public:
    Empty()
        : Exception("Empty", {})
    {
    }
};

/// Ends the process in order: exit sequence, flush, exit code `code & 255`. Thrown by exit().
class SystemExit : public BaseException {
public:
    /// sys.exit(): exit code 0 (in a child 1 with Profile::Python38, see runtime.h).
    SystemExit()
        : BaseException("SystemExit", {})
    {
    }
    explicit SystemExit(int code)
        : BaseException("SystemExit", std::to_string(code))
        , code_(code)
    {
    }
    /// The text goes to stderr, and the exit code is 1.
    explicit SystemExit(std::string message)
        : BaseException("SystemExit", std::move(message))
        , hasMessage_(true)
    {
    }
    [[nodiscard]] std::optional<int> code() const { return code_; }
    [[nodiscard]] bool hasMessage() const { return hasMessage_; }

private:
    std::optional<int> code_;
    bool hasMessage_ = false;
};

/// SIGINT arrived while the main thread was in a call of the engine, or before it (signals.h).
class KeyboardInterrupt : public BaseException {
public:
    explicit KeyboardInterrupt(std::string message = {})
        : BaseException("KeyboardInterrupt", std::move(message))
    {
    }
};

} // namespace daemonscope::engine
