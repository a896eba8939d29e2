// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/popen.h"

#include "engine/errors.h"
#include "engine/helperrole.h"
#include "engine/processbody.h"
#include "engine/sharedblock.h"
#include "engine/state.h"
#include "engine/transport.h"
#include "engine/transportbytes.h"
#include "engine/transportexec.h"

#include <cxxabi.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>

namespace daemonscope::engine {
namespace {

struct ExecutedChild {
    int pid = 0;
    UniqueFd sentinel; ///< the child has the write end until it ends, without knowing of it
    UniqueFd data;     ///< brings it its object; afterwards its ParentProcess watches the other end
};

ExecutedChild executeChild(std::vector<int> inherited)
{
    // No fork meanwhile: its child would hold ends that only the new process may have.
    const std::lock_guard lock(state().mutex);
    const int trackerPipe = tracker::ensureRunning();
    PipeEnds end = openPipe();
    PipeEnds data = openPipe();
    const int dataPipe = data.reader.get();
    inherited.insert(inherited.end(), {trackerPipe, dataPipe, end.writer.get()});
    const int pid = executeSelf({std::string(spawnedWord), "tracker_fd=" + std::to_string(trackerPipe),
                                    "pipe_handle=" + std::to_string(dataPipe)},
        std::move(inherited));
    return {pid, std::move(end.reader), std::move(data.writer)};
}

/// The numbers of the child's descriptors, then its object.
std::string messageFor(const Packed& packed)
{
    ByteWriter numbers;
    numbers.integer(static_cast<std::int64_t>(packed.descriptors.size()));
    for (const int descriptor : packed.descriptors)
        numbers.integer(descriptor);
    return numbers.take() + packed.bytes;
}

ProcessPtr receiveProcess(int dataPipe)
{
    const std::string message = readMessage(dataPipe);
    ByteReader from(message);
    std::vector<int> descriptors;
    for (std::int64_t left = from.integer(); left > 0; --left) {
        descriptors.push_back(static_cast<int>(from.integer()));
        claimDescriptor(descriptors.back());
    }
    return unpackProcess(message.substr((descriptors.size() + 1) * sizeof(std::int64_t)), descriptors);
}

} // namespace

std::unique_ptr<Popen> startSpawn(Process& process)
{
    flushStandardStreams();
    tracker::ensureRunning();
    const Packed packed = packProcess(process);
    ExecutedChild child = executeChild(packed.descriptors);
    try {
        writeMessage(child.data.get(), messageFor(packed));
    } catch (const OSError&) {
        // It is gone before it got its object. Nobody else will reap it, as the object stays unstarted.
        while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) { }
        throw;
    }
    return std::make_unique<ChildPopen>(child.pid, std::move(child.sentinel), std::move(child.data));
}

int runSpawnedChild(int trackerPipe, int dataPipe)
{
    tracker::adopt(trackerPipe);
    int code = 1;
    try {
        code = bootstrap(receiveProcess(dataPipe), dataPipe);
    } catch (const abi::__forced_unwind&) { // its main thread ends, and with it the process
        std::exit(endProgram(0));
    } catch (...) {
        printException();
    }
    return endProgram(code & 0xff);
}

} // namespace daemonscope::engine
