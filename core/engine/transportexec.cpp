// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/transportexec.h"

#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <spawn.h>

namespace daemonscope::engine {
namespace {

constexpr const char* ownExecutable = "/proc/self/exe";

/// The path under which this program is executed again: its file, so that the process is called like it, unless another
/// file has taken that place since.
std::string pathToExecute()
{
    std::array<char, PATH_MAX> path{};
    const ssize_t size = ::readlink(ownExecutable, path.data(), path.size() - 1);
    struct stat named { };
    struct stat running { };
    if (size <= 0 || ::stat(path.data(), &named) != 0 || ::stat(ownExecutable, &running) != 0
        || named.st_dev != running.st_dev || named.st_ino != running.st_ino)
        return ownExecutable;
    return {path.data(), static_cast<std::size_t>(size)};
}

/// What posix_spawn() has to do with the descriptors.
class SpawnActions {
public:
    SpawnActions() { check(::posix_spawn_file_actions_init(&actions_)); }
    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;

    /// Keeps the standard streams and `descriptors`, and closes all others.
    void keepOnly(std::vector<int> descriptors)
    {
        std::ranges::sort(descriptors);
        int next = STDERR_FILENO + 1;
        for (const int descriptor : descriptors) {
            for (; next < descriptor; ++next)
                check(::posix_spawn_file_actions_addclose(&actions_, next));
            // Onto itself: takes the close-on-exec flag away.
            check(::posix_spawn_file_actions_adddup2(&actions_, descriptor, descriptor));
            next = std::max(next, descriptor + 1);
        }
        check(::posix_spawn_file_actions_addclosefrom_np(&actions_, next));
    }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    static void check(int error)
    {
        if (error != 0)
            throw OSError(error);
    }
    posix_spawn_file_actions_t actions_{};
};

/// Reads at least `least` bytes and at most `most`; how many. Throws EOFError with `complaint` if there are fewer.
DAEMONSCOPE_IN_EACH_FORK std::size_t readSome(
    int descriptor, char* bytes, std::size_t most, std::size_t least, const char* complaint)
{
    std::size_t done = 0;
    while (done < least) {
        waitReadable(descriptor, std::nullopt);
        const ssize_t got = ::read(descriptor, bytes + done, most - done);
        if (got == 0)
            throw EOFError(complaint);
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            throw OSError(errno);
        if (got > 0)
            done += static_cast<std::size_t>(got);
    }
    return done;
}

/// Reads `size` bytes.
DAEMONSCOPE_IN_EACH_FORK void readAll(int descriptor, char* bytes, std::size_t size, const char* complaint)
{
    readSome(descriptor, bytes, size, size, complaint);
}

} // namespace

PipeEnds openPipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw OSError(errno);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

int executeSelf(const std::vector<std::string>& words, std::vector<int> descriptors)
{
    // _check_not_importing_main(): a program that starts processes before runMain(), while its static objects are made
    // or because it has no runMain(), would do so again in each of them, helpers too.
    if (!state().insideRunMain)
        throw RuntimeError(
            "An attempt has been made to start a new process before the current process has finished its "
            "bootstrapping phase: with spawn and forkserver only what runs in runMain() may start one");
    const std::string path = pathToExecute();
    const std::vector<std::string>& arguments = programArguments();
    std::vector<std::string> command{arguments.empty() ? path : arguments.front()};
    command.insert(command.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    pointers.reserve(command.size() + 1);
    for (std::string& word : command)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);

    SpawnActions actions;
    actions.keepOnly(std::move(descriptors));
    pid_t pid = 0;
    if (const int error = ::posix_spawn(&pid, path.c_str(), actions.get(), nullptr, pointers.data(), environ);
        error != 0)
        throw OSError(error);
    return pid;
}

bool claimDescriptor(int descriptor)
{
    const int flags = ::fcntl(descriptor, F_GETFD);
    return flags >= 0 && ::fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) == 0;
}

void writeMessage(int descriptor, std::string_view bytes)
{
    std::string framed(sizeof(std::uint64_t), '\0');
    const std::uint64_t length = bytes.size();
    std::copy_n(reinterpret_cast<const char*>(&length), sizeof length, framed.begin());
    framed.append(bytes);
    std::string_view rest = framed;
    while (!rest.empty()) {
        const ssize_t written = ::write(descriptor, rest.data(), rest.size());
        if (written < 0 && errno != EINTR)
            throw OSError(errno);
        if (written > 0)
            rest.remove_prefix(static_cast<std::size_t>(written));
        runPendingSignalHandlers();
    }
}

DAEMONSCOPE_IN_EACH_FORK std::string readMessage(int descriptor)
{
    constexpr const char* complaint = "Ran out of input";
    constexpr std::size_t firstBytes = 1024; // holds most messages
    constexpr std::size_t pieceBytes = 1 << 20;
    std::array<char, firstBytes> first; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the read
    std::uint64_t length = 0;
    const std::size_t got = readSome(descriptor, first.data(), first.size(), sizeof length, complaint);
    std::memcpy(&length, first.data(), sizeof length);
    std::string bytes(first.data() + sizeof length, std::min<std::size_t>(got - sizeof length, length));
    // In pieces, so that a length that is wrong cannot ask for more memory than was sent.
    while (bytes.size() < length) {
        const std::size_t done = bytes.size();
        const std::size_t piece = std::min<std::size_t>(pieceBytes, length - done);
        bytes.resize(done + piece);
        readAll(descriptor, bytes.data() + done, piece, complaint);
    }
    return bytes;
}

bool writeNumber(int descriptor, std::int64_t number)
{
    for (;;) {
        const ssize_t written = ::write(descriptor, &number, sizeof number);
        if (written >= 0 || errno != EINTR)
            return written == static_cast<ssize_t>(sizeof number);
    }
}

std::int64_t readNumber(int descriptor)
{
    std::int64_t number = 0;
    readAll(descriptor, reinterpret_cast<char*>(&number), sizeof number, "unexpected EOF");
    return number;
}

} // namespace daemonscope::engine
