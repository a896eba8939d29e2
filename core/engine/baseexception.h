// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <string>
#include <utility>

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

} // namespace daemonscope::engine
