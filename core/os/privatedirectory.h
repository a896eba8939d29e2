// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/uniquefd.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace daemonscope {

/// A fresh directory of mode 0700 under $XDG_RUNTIME_DIR, or under the system's temporary folder where that is unset,
/// removed with the files that it holds at the end. Those that killed processes of the same user have left behind are
/// removed when the next one is made: if they hold no more than sockets at which nobody listens, or if they were made
/// with WhenAbandoned::RemoveFiles and no process works in them (has its working directory there).
class PrivateDirectory {
public:
    enum class WhenAbandoned {
        KeepFiles,  ///< somebody may want them still: recordings
        RemoveFiles ///< they were of use to a run only
    };
    static Result<PrivateDirectory> create(WhenAbandoned abandoned = WhenAbandoned::KeepFiles);
    /// For a program that this process is about to execute in its own place: words by which adopt() takes the directory
    /// over there. It is nobody else's to tidy up in between, as the lock goes along.
    [[nodiscard]] std::string handOver() const;
    /// The directory that handOver() gave these words for; nothing if they mean none.
    static std::optional<PrivateDirectory> adopt(std::string_view words);
    PrivateDirectory(PrivateDirectory&& other) noexcept
        : path_(std::exchange(other.path_, {}))
        , lock_(std::move(other.lock_))
    {
    }
    PrivateDirectory& operator=(PrivateDirectory&& other) noexcept
    {
        std::swap(path_, other.path_);
        std::swap(lock_, other.lock_);
        return *this;
    }
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;
    ~PrivateDirectory();

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    PrivateDirectory(std::string path, UniqueFd lock)
        : path_(std::move(path))
        , lock_(std::move(lock))
    {
    }
    std::string path_;
    UniqueFd lock_; ///< of the file "owner" in it, held while this process lives (flock(2))
};

} // namespace daemonscope
