// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/socket.h"
#include "os/uniquefd.h"

#include <optional>
#include <span>
#include <string>

#include <termios.h>

/// Terminals: a new one for a program (pty(7)), and the one at which the person sits (termios(3)).
namespace daemonscope {

/// Whether `fd` is a terminal.
bool isTerminal(int fd);
/// Whether this process's group is in the foreground of the terminal `fd`, and thus may read it and change its
/// settings.
bool inForeground(int fd);
/// The terminal at which a person can type to this process: that of its session, if its stdin is this terminal and it
/// is in the foreground there. A path to open; empty if there is none.
std::string personsTerminalPath();
/// The settings of the terminal `fd`; nothing if it is none. Of a master, those of its program's side.
std::optional<termios> terminalSettings(int fd);
/// Gives the terminal `to` the window size of the terminal `from`. The kernel tells the foreground group of `to`.
void copyWindowSize(int from, int to);

/// The two sides of a new terminal.
struct Pseudoterminal {
    UniqueFd master;  ///< what is written here is typed there; what is printed there is read here; non-blocking
    UniqueFd program; ///< what the program gets as stdin, stdout and stderr

    /// With the window size of the terminal `like`, and its settings if this process is in the foreground there. If
    /// that is none: the kernel's settings without echo, as nobody types there, and 80 columns by 24 lines.
    static Result<Pseudoterminal> create(int like);
};

/// The program's side of a terminal by its master, for a moment, to look at it. Non-blocking.
UniqueFd openProgramSide(int master);

/// Reads what was printed, without blocking, as receive() does from a socket; who printed it is not known. Closed once
/// nobody has the program's side any more.
Received receiveFromTerminal(int master, std::span<char> buffer);
/// As much as the kernel keeps of what was printed and not yet read.
constexpr std::size_t kMostInTerminal = 128UL << 10;

/// Puts the person's terminal into raw mode, in which each key goes through to the program's own terminal, and back.
/// Whoever makes it also sees to it that it is put back. Not thread safe.
class RawMode {
public:
    /// Remembers the settings of `fd`, which stays the caller's; without effect if that is no terminal.
    explicit RawMode(int fd);

    /// The settings from before; nothing if there is no terminal.
    [[nodiscard]] const std::optional<termios>& before() const { return before_; }
    [[nodiscard]] bool entered() const { return entered_; }
    /// Raw, if this process is in the foreground there.
    void enter();
    /// As before.
    void leave();

private:
    int fd_;
    std::optional<termios> before_;
    bool entered_ = false;
};

} // namespace daemonscope
