// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

/// The few styles of a text report: escape sequences of ECMA-48, basic colours only.
namespace daemonscope::ansi {

inline constexpr const char* kBold = "\033[1m";
inline constexpr const char* kDim = "\033[2m";
inline constexpr const char* kDaemon = "\033[33m";
inline constexpr const char* kNonDaemon = "\033[34m";
inline constexpr const char* kKill = "\033[35m";

/// The text in a style; as it is for a null style.
inline std::string styled(const std::string& text, const char* style)
{
    return style ? style + text + "\033[0m" : text;
}

} // namespace daemonscope::ansi
