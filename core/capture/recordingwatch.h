// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/filewatch.h"
#include "os/poller.h"
#include "recording/writer.h"

#include <atomic>
#include <string>

namespace daemonscope {

/// Says at once when the recording's file is deleted while it is written. Belongs to the thread of the Poller, but for
/// loss(), which may be called from any.
class RecordingWatch {
public:
    RecordingWatch(RecordingWriter& recording, Poller& poller, std::string path);

    /// Whether `fd` is its own; if so looks at the file.
    bool handle(int fd);
    /// What has become of the recording, as a sentence; empty if nothing has.
    [[nodiscard]] std::string loss() const;

private:
    RecordingWriter& recording_;
    Poller& poller_;
    std::string path_;
    FileWatch watch_;
    std::atomic<bool> deleted_ = false;
};

} // namespace daemonscope
