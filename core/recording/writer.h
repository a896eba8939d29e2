// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"
#include "os/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace daemonscope {

/// Appends events to a recording file (docs/recording-format.md). An event is safe in the file as soon as append()
/// returns, also if this process is killed at once: the pages are shared with the kernel. Thread safe.
class RecordingWriter {
public:
    /// Creates the file. An existing one is an error, unless `overwrite`.
    static Result<std::unique_ptr<RecordingWriter>> create(const std::string& path, bool overwrite);
    virtual ~RecordingWriter() = default;

    virtual void append(const Event& event) = 0;
    /// Appends bytes that `process` wrote, as one OutputWritten event.
    virtual void appendOutput(EventTime time, ProcessId process, payload::Stream stream, std::string_view bytes) = 0;

    /// Marks the recording as closed in order (unless an append failed) and cuts off the unused tail of the file.
    virtual Outcome close() = 0;
    /// Called once, in the thread of the append that fails first, with failure(). Set before the first append.
    virtual void onFailure(std::function<void(const std::string&)> told) = 0;
    /// The first error that made an append fail (disk full …); appends after it are dropped.
    [[nodiscard]] virtual std::string failure() const = 0;
};

} // namespace daemonscope
