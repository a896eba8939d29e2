// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/arguments.h"
#include "engine/process.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The few things of Python's os, sys, subprocess and open() that programs about processes need, with Python's errors:
/// FileNotFoundError "[Errno 2] No such file or directory: 'x'", which is an OSError of that name (errors.h). `where`
/// is only told to daemonscope.
namespace daemonscope::engine {

/// sys.exit() with what is in a Value: None, a whole number, or something to be shown.
[[noreturn]] void exitWith(const Value& status);
/// os.kill(). Throws TypeError for no pid (of a process that was not started), ProcessLookupError, PermissionError. A
/// handler of this process's own runs before it returns.
void osKill(std::optional<int> pid, int signalNumber, Where where = Where::current());
/// os.setsid(). Throws PermissionError.
void setSession();
/// os.getppid()
[[nodiscard]] int parentPid();
/// subprocess.Popen(), not waited for: whoever starts a command reaps those that ended meanwhile. Returns its pid.
/// Throws FileNotFoundError and its like.
int startCommand(const std::vector<std::string>& argv, Where where = Where::current());

/// A file for writing, buffered like one of Python's open(): what is still in the buffer is written when the last
/// reference goes, and lost when the process ends without that. Not for two threads at once.
class TextFile {
public:
    enum class Mode { Write, Append };
    /// open(path, "w") or open(path, "a"). Throws FileNotFoundError and its like.
    explicit TextFile(const std::string& path, Mode mode = Mode::Write);
    ~TextFile();
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    /// Throws ValueError "I/O operation on closed file.", and what the system says.
    void write(const std::string& text);
    void flush();
    /// Closing twice is fine.
    void close();

private:
    [[nodiscard]] std::FILE* open() const;
    std::FILE* stream_ = nullptr;
};

using TextFilePtr = std::shared_ptr<TextFile>;
TextFilePtr openFile(const std::string& path, TextFile::Mode mode = TextFile::Mode::Write);

/// The lines of a file; 0 if there is none. A last line without its end is a line.
[[nodiscard]] int countLines(const std::string& path);

} // namespace daemonscope::engine
