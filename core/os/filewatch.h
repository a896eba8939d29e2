// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <string>

namespace daemonscope {

/// Notices that a file is deleted (inotify(7)). It may be renamed.
class FileWatch {
public:
    /// Watches nothing where the kernel gives no watch: descriptor() is -1 then.
    explicit FileWatch(const std::string& path);

    /// Can be read when something has happened to the file.
    [[nodiscard]] int descriptor() const { return notifications_.get(); }
    /// Takes what has happened; whether the file has no name any more.
    [[nodiscard]] bool deleted();

private:
    UniqueFd file_;
    UniqueFd notifications_;
};

} // namespace daemonscope
