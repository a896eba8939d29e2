// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/system.h"

#include "engine/errors.h"
#include "engine/processbody.h"
#include "engine/report.h"
#include "engine/runtime.h"
#include "engine/signals.h"
#include "engine/text.h"
#include "os/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <utility>

namespace daemonscope::engine {
namespace {

/// Commands that were started and not seen to end; subprocess._cleanup() looks after them in the same way.
struct OpenCommands {
    std::mutex mutex;
    std::vector<int> pids;
};
OpenCommands& openCommands()
{
    // Never destroyed: a process may end while a thread still uses it.
    static auto* const commands = new OpenCommands;
    return *commands;
}

} // namespace

void exitWith(const Value& status)
{
    if (std::holds_alternative<std::monostate>(status.content()))
        exit();
    // The kernel keeps eight bits of it, so the others may go.
    if (std::holds_alternative<bool>(status.content()) || std::holds_alternative<std::int64_t>(status.content()))
        exit(static_cast<int>(status.as<std::int64_t>()));
    exit(str(status));
}

void osKill(std::optional<int> pid, int signalNumber, Where where)
{
    if (!pid)
        throw TypeError("'NoneType' object cannot be interpreted as an integer");
    if (report::enabled()) {
        report::Packet packet("os_kill");
        packet.number("pid", *pid).number("sig", signalNumber).text("how", "kill").source(where).send();
    }
    if (const int error = trySignal(*pid, Signal(signalNumber)); error != 0)
        throw OSError(error);
    checkSignals();
}

void setSession()
{
    if (const int error = beginSession(); error != 0)
        throw OSError(error);
}

int parentPid()
{
    return parentProcessId();
}

int startCommand(const std::vector<std::string>& argv, Where where)
{
    if (argv.empty())
        throw Exception("IndexError", "list index out of range");
    OpenCommands& commands = openCommands();
    {
        const std::lock_guard lock(commands.mutex);
        std::erase_if(commands.pids, [](int pid) { return reapIfEnded(pid); });
    }
    if (report::enabled()) {
        report::Packet packet("popen");
        packet.text("how", "subprocess").list("argv", argv).source(where).send();
    }
    const StartedProgram started = startProgram(argv);
    if (started.error != 0)
        throw OSError(started.error, argv.front());
    const std::lock_guard lock(commands.mutex);
    commands.pids.push_back(started.pid);
    return started.pid;
}

TextFile::TextFile(const std::string& path, Mode mode)
    : stream_(std::fopen(path.c_str(), mode == Mode::Append ? "ae" : "we"))
{
    if (!stream_)
        throw OSError(errno, path);
}

TextFile::~TextFile()
{
    if (stream_)
        std::fclose(stream_); // NOLINT(cert-err33-c): nobody is left to be told, as with Python's
}

std::FILE* TextFile::open() const
{
    if (!stream_)
        throw ValueError("I/O operation on closed file.");
    return stream_;
}

void TextFile::write(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), open()) != text.size())
        throw OSError(errno);
}

void TextFile::flush()
{
    if (std::fflush(open()) != 0)
        throw OSError(errno);
}

void TextFile::close()
{
    if (std::FILE* const stream = std::exchange(stream_, nullptr); stream && std::fclose(stream) != 0)
        throw OSError(errno);
}

TextFilePtr openFile(const std::string& path, TextFile::Mode mode)
{
    return std::make_shared<TextFile>(path, mode);
}

int countLines(const std::string& path)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
    if (!file) {
        if (errno == ENOENT)
            return 0;
        throw OSError(errno, path);
    }
    constexpr std::size_t pieceBytes = 8192;
    std::array<char, pieceBytes> piece{};
    std::ptrdiff_t lines = 0;
    char last = '\n';
    for (;;) {
        const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get());
        if (size == 0)
            break;
        lines += std::count(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size), '\n');
        last = piece.at(size - 1);
    }
    if (std::ferror(file.get()) != 0)
        throw OSError(errno, path);
    return static_cast<int>(lines) + (last != '\n' ? 1 : 0);
}

} // namespace daemonscope::engine
