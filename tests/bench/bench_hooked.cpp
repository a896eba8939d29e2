// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_hooked RECORDING HOOK_FOLDER PROGRAM [ARG…]: runs a program with the runtime witness and no other: what it says
// is received and recorded as the recorder does it. Ends with the program's exit status.

#include "capture/hookchannel.h"
#include "capture/launchenvironment.h"
#include "os/self.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kCannotRun = 127;

int fail(const char* what, const std::string& why)
{
    std::fprintf(stderr, "bench_hooked: cannot %s: %s\n", what, why.c_str());
    return kCannotRun;
}

/// Runs the program to its end; its exit code, or kCannotRun.
int run(char** argv, std::vector<std::string> environment)
{
    std::vector<char*> words;
    for (std::string& word : environment)
        words.push_back(word.data());
    words.push_back(nullptr);
    pid_t pid = 0;
    if (::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv, words.data()) != 0)
        return fail("start the program", argv[0]);
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return kCannotRun;
    return WEXITSTATUS(status);
}

} // namespace

int main(int argc, char** argv)
{
    using namespace daemonscope;
    constexpr int kFirstOfProgram = 3;
    if (argc <= kFirstOfProgram)
        return fail("begin", "it is called as bench_hooked RECORDING HOOK_FOLDER PROGRAM [ARG...]");
    const std::string path = argv[1];
    const std::string socket = path + ".socket";
    ::unlink(socket.c_str());
    auto recording = RecordingWriter::create(path, true);
    auto poller = Poller::create();
    if (!recording.ok() || !poller.ok())
        return fail("record into", path);
    ProcessRegistry processes;
    auto hook = HookChannel::create(*recording.value(), processes, poller.value(), socket);
    if (!hook.ok())
        return fail("listen", hook.error().message);
    std::atomic<bool> over = false;
    std::thread receiver{[&] {
        while (!over)
            poller.value().wait(std::nullopt, [&](int fd) { hook.value()->handle(fd); });
    }};
    std::vector<std::string> environment = currentEnvironment();
    instrument(environment, {socket, argv[2], false});
    const int code = run(argv + kFirstOfProgram, std::move(environment));
    hook.value()->waitForHangUps();
    over = true;
    poller.value().wake();
    receiver.join();
    ::unlink(socket.c_str());
    return code;
}
