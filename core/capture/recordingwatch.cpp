// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/recordingwatch.h"

#include "capture/notice.h"
#include "os/clock.h"

namespace daemonscope {

RecordingWatch::RecordingWatch(RecordingWriter& recording, Poller& poller, std::string path)
    : recording_(recording)
    , poller_(poller)
    , path_(std::move(path))
    , watch_(path_)
{
    if (watch_.descriptor() >= 0)
        poller_.watch(watch_.descriptor());
}

bool RecordingWatch::handle(int fd)
{
    if (fd != watch_.descriptor())
        return false;
    if (watch_.deleted() && !deleted_.exchange(true)) {
        poller_.unwatch(fd);
        notice(loss() + "; only who has it open can read it now");
        recording_.append({monotonicNow(), {}, Witness::Recorder,
            payload::Lost{"the recording itself", "its file was deleted while the program ran"}});
    }
    return true;
}

std::string RecordingWatch::loss() const
{
    return deleted_ ? "the recording '" + path_ + "' was deleted while the program ran" : std::string{};
}

} // namespace daemonscope
