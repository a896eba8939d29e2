// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/processregistry.h"
#include "os/result.h"
#include "os/signal.h"
#include "recording/writer.h"

namespace daemonscope {

/// Sends signals to processes of the recording, and never to another one that has got a pid since. Whom it means is
/// settled in two ways, each of which is enough where it works: under the registry's lock the tracer cannot have
/// collected the process yet; and what has the pid then must have begun before the recording knew of it. Thread safe.
class Signaller {
public:
    Signaller(RecordingWriter& recording, ProcessRegistry& processes)
        : recording_(recording)
        , processes_(processes)
    {
    }

    /// Sends it. A SIGKILL is recorded as the recorder's own, as the kernel keeps no sender of it; of others the kernel
    /// witness sees the sender. An error, as a sentence, if the process has ended or was never known by this identity.
    Outcome send(ProcessId process, Signal signal);

private:
    RecordingWriter& recording_;
    ProcessRegistry& processes_;
};

} // namespace daemonscope
