// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

/// Members of a Process that would take room in a million processes and say something in a few.
namespace daemonscope {

/// A value that most of its owners leave as it is by default: takes the room of a pointer until it is written to.
/// Copies are copies of the value. Not thread safe.
template <class T> class Sparse {
public:
    Sparse() = default;
    Sparse(const Sparse& other)
        : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr)
    {
    }
    Sparse(Sparse&&) noexcept = default;
    Sparse& operator=(Sparse other) noexcept
    {
        value_ = std::move(other.value_);
        return *this;
    }
    ~Sparse() = default;

    const T& operator*() const { return value_ ? *value_ : unwritten(); }
    const T* operator->() const { return &**this; }
    /// To write to.
    T& edit()
    {
        if (!value_)
            value_ = std::make_unique<T>();
        return *value_;
    }

private:
    static const T& unwritten()
    {
        static const T value{};
        return value;
    }
    std::unique_ptr<T> value_;
};

/// A value that several owners have in common and nobody changes: an owner gets another one instead.
template <class T> class Shared {
public:
    Shared() = default;
    explicit Shared(T value)
        : value_(std::make_shared<const T>(std::move(value)))
    {
    }
    const T& operator*() const
    {
        static const T none{};
        return value_ ? *value_ : none;
    }
    const T* operator->() const { return &**this; }

private:
    std::shared_ptr<const T> value_;
};

} // namespace daemonscope
