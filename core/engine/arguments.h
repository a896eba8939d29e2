// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace daemonscope::engine {

class Lock;
class Event;
class Queue;

/// What can be handed to a child or sent through a Queue: plain values, and the things processes share (these last
/// only as arguments of a process, as in Python). Copies share a Lock, Event or Queue.
class Value {
public:
    using Content = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::shared_ptr<Lock>,
        std::shared_ptr<Event>, std::shared_ptr<Queue>>;

    Value() = default; ///< None
    Value(bool value)
        : content_(value)
    {
    }
    /// Any whole number. Throws OverflowError for one beyond 2**63 - 1.
    template <std::integral T>
    requires(!std::same_as<T, bool>) Value(T value)
        : content_(static_cast<std::int64_t>(value))
    {
        if constexpr (!std::is_signed_v<T> && sizeof(T) >= sizeof(std::int64_t)) {
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
                throwTooBig();
        }
    }
    Value(double value)
        : content_(value)
    {
    }
    Value(std::string value)
        : content_(std::move(value))
    {
    }
    Value(const char* value)
        : content_(std::string(value))
    {
    }
    Value(std::shared_ptr<Lock> lock)
        : content_(std::move(lock))
    {
    }
    Value(std::shared_ptr<Event> event)
        : content_(std::move(event))
    {
    }
    Value(std::shared_ptr<Queue> queue)
        : content_(std::move(queue))
    {
    }

    [[nodiscard]] const Content& content() const { return content_; }
    /// The value as T: bool, an integer, double, std::string, a shared_ptr to a Lock, Event or Queue, or Value itself.
    /// A whole number (and a bool, which Python counts among them) is also a double, the nearest one; not the other way
    /// round. Throws TypeError if it is something else, and OverflowError if it is a number that T cannot hold.
    template <class T> [[nodiscard]] T as() const
    {
        if constexpr (std::same_as<T, Value>)
            return *this;
        else if constexpr (std::integral<T> && !std::same_as<T, bool>)
            return narrowed<T>(integer());
        else if constexpr (std::same_as<T, double>)
            return real();
        else if (const T* held = std::get_if<T>(&content_))
            return *held;
        throwWrongType();
    }

private:
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] double real() const;
    [[noreturn]] void throwWrongType() const;
    [[noreturn]] static void throwTooBig();
    [[noreturn]] static void throwNegative();

    /// As std::in_range() asks, which takes no characters.
    template <class T> static T narrowed(std::int64_t number)
    {
        if constexpr (std::is_signed_v<T>) {
            if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max())
                throwTooBig();
        } else {
            if (number < 0)
                throwNegative();
            if (static_cast<std::uint64_t>(number) > std::numeric_limits<T>::max())
                throwTooBig();
        }
        return static_cast<T>(number);
    }

    Content content_;
};

/// The positional arguments of a target.
using Arguments = std::vector<Value>;

/// Throws TypeError: "count() takes 2 positional arguments but 1 was given".
[[noreturn]] void throwArgumentCount(std::string_view function, std::size_t expected, std::size_t given);
inline void checkArgumentCount(std::string_view function, std::size_t expected, std::size_t given)
{
    if (given != expected)
        throwArgumentCount(function, expected, given);
}

} // namespace daemonscope::engine
