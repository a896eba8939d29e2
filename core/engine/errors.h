// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>

/// What the engine raises. The classes and their texts are Python's, so that a program says the same thing in both
/// languages. Nothing in the engine aborts: what cannot be done is thrown from the call that was asked to do it.
namespace daemonscope::engine {

/// The root of everything that can be raised, like Python's BaseException. Not a std::exception, so that
/// `catch (const std::exception&)` lets SystemExit and KeyboardInterrupt pass, as `except Exception` does.
class BaseException {
public:
    BaseException(std::string typeName, std::string message)
        : typeName_(std::move(typeName))
        , message_(std::move(message))
    {
    }
    virtual ~BaseException() = default;

    /// "AssertionError"
    [[nodiscard]] const std::string& typeName() const { return typeName_; }
    [[nodiscard]] const std::string& message() const { return message_; }
    /// "AssertionError: can only join a started process"; the type alone if there is no message.
    [[nodiscard]] std::string text() const { return message_.empty() ? typeName_ : typeName_ + ": " + message_; }

protected:
    BaseException(const BaseException&) = default;
    BaseException& operator=(const BaseException&) = default;

private:
    std::string typeName_;
    std::string message_;
};

/// An ordinary error. A program may throw its own: `throw Exception("DiskFull", "no room for the log")`.
class Exception : public BaseException, public std::exception {
public:
    using BaseException::BaseException;
    [[nodiscard]] const char* what() const noexcept override { return message().c_str(); }
};

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
/// The operating system refused: "[Errno 11] Resource temporarily unavailable".
class OSError : public Exception {
public:
    explicit OSError(int errnoValue);
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
    /// sys.exit(): exit code 0 (1 with Profile::Python38, see profile.h).
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
