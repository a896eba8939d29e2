// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Internal to the engine: values as bytes in memory order, for processes of one machine. Texts may hold any bytes.
namespace daemonscope::engine {

class ByteWriter {
public:
    ByteWriter& integer(std::int64_t value);
    ByteWriter& real(double value);
    ByteWriter& text(std::string_view value);
    ByteWriter& texts(const std::vector<std::string>& values);
    [[nodiscard]] std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Takes out what ByteWriter put in, in the same order. Throws EOFError "Ran out of input" if there is not enough.
class ByteReader {
public:
    /// `bytes` has to outlive it.
    explicit ByteReader(std::string_view bytes)
        : rest_(bytes)
    {
    }
    std::int64_t integer();
    double real();
    std::string text();
    std::vector<std::string> texts();

private:
    std::string_view next(std::uint64_t size);
    std::string_view rest_;
};

} // namespace daemonscope::engine
