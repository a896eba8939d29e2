// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/launch.h"
#include "os/result.h"
#include "os/terminal.h"
#include "os/typist.h"

#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace daemonscope {

/// The program's own terminal (--output=pty), the way in: what the person types goes there key by key, as does the size
/// of the person's window; where stdin is no terminal, what it holds is typed, and then its end. The way out is an
/// OutputRoute's. The person's terminal is in raw mode while this process is in the foreground there, and as it was
/// whenever it is not, or has come to an end.
class TerminalChannel {
public:
    /// `input`: the recorder's stdin; -1: closed.
    static Result<std::unique_ptr<TerminalChannel>> create(int input);
    ~TerminalChannel();
    TerminalChannel(const TerminalChannel&) = delete;
    TerminalChannel& operator=(const TerminalChannel&) = delete;

    /// What the program gets. To be closed here once it has it.
    [[nodiscard]] int programEnd() const { return terminal_.program.get(); }
    void closeProgramEnd() { terminal_.program.reset(); }
    /// Where the person sits; -1: nowhere.
    [[nodiscard]] int personsTerminal() const { return rawMode_.before() ? input_ : -1; }
    /// What the program's output is to be read from.
    [[nodiscard]] UniqueFd takeOutputEnd() { return std::move(printed_); }

    /// Begins. `host` is the program's and outlives this.
    void start(TerminalHost& host);
    /// The program, which leads `group`, was stopped: gives the person the terminal back, stops this process's job too,
    /// and continues the program with it. Nothing if no shell would notice: whoever stopped the program continues it.
    void programStopped(std::int32_t group, Signal signal);
    /// Nobody reads what the program prints: closes the terminal, which tells the program with a SIGHUP.
    void hangUp();
    /// The program's terminal is not needed any more.
    void finish();

private:
    TerminalChannel(int input, Pseudoterminal terminal, UniqueFd printed, Typist typist);
    void setRaw(bool raw);
    void look();

    int input_;
    Pseudoterminal terminal_;
    UniqueFd printed_; ///< one more descriptor of the master
    Typist typist_;
    std::mutex modeMutex_; ///< of the raw mode, and of what is said to the host about it
    RawMode rawMode_;
    bool suspended_ = false; ///< this process is stopped, or about to be
    TerminalHost* host_ = nullptr;
    std::thread thread_;
};

} // namespace daemonscope
