// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace daemonscope::engine {

/// The place in the C++ source from which the engine was called; only told to daemonscope. What std::source_location
/// is, for compilers that have its parts but not yet the whole.
class Where {
public:
    Where() = default; ///< no place: line 0
    /// As a default argument: the place of the call.
    static constexpr Where current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE())
    {
        Where where;
        where.file_ = file;
        where.line_ = line;
        return where;
    }
    [[nodiscard]] constexpr const char* file_name() const { return file_; }
    [[nodiscard]] constexpr unsigned line() const { return line_; }

private:
    const char* file_ = "";
    unsigned line_ = 0;
};

} // namespace daemonscope::engine
