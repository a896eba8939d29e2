// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/popen.h"

#include "engine/errors.h"
#include "engine/forkserver.h"
#include "engine/processbody.h"
#include "engine/state.h"
#include "engine/transport.h"
#include "engine/transportexec.h"

#include <poll.h>

#include <cerrno>
#include <mutex>

namespace daemonscope::engine {
namespace {

constexpr int lostCode = 255; // of a worker whose server died (M04 of the semantics)

bool isReadable(int descriptor)
{
    pollfd watched{descriptor, POLLIN, 0};
    while (::poll(&watched, 1, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return watched.revents != 0;
}

/// A child of the server, which reaps it and says what became of it.
class WorkerPopen : public Popen {
public:
    explicit WorkerPopen(NewWorker worker)
        : Popen(worker.pid, std::move(worker.status), std::move(worker.data))
    {
    }
    std::optional<int> poll(bool block, Telling telling) override
    {
        if (const auto known = returnCode())
            return known;
        if (block)
            waitReadable(sentinel(), std::nullopt);
        // One thread takes the code and notes it before another may look.
        const std::lock_guard lock(state().mutex);
        if (const auto known = returnCode())
            return known;
        if (isReadable(sentinel()))
            setReturnCode(receivedCode(), telling);
        return returnCode();
    }

private:
    [[nodiscard]] int receivedCode() const
    {
        try {
            return static_cast<int>(readNumber(sentinel()));
        } catch (const Exception&) {
            return lostCode;
        }
    }
};

} // namespace

std::unique_ptr<Popen> startForkServer(Process& process)
{
    flushStandardStreams();
    const Packed packed = packProcess(process);
    NewWorker worker = requestWorker(packed.descriptors);
    writeMessage(worker.data.get(), packed.bytes);
    return std::make_unique<WorkerPopen>(std::move(worker));
}

} // namespace daemonscope::engine
