// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"
#include "os/signal.h"
#include "os/uniquefd.h"

#include <functional>
#include <string>

namespace daemonscope {

/// Types at a terminal of a program's what comes from an input: a person's terminal, a pipe, a file. From a terminal it
/// reads only while this process is in its foreground. When the input ends, its end is typed, again whenever the
/// program has taken it, as a file that has ended stays so.
class Typist {
public:
    /// Blocks SIGWINCH and SIGCONT in this thread and all that it makes later (SIGCONT continues all the same). `input`
    /// and `master` stay the caller's; an input of -1 has ended.
    static Result<Typist> create(int input, int master);

    /// Types until stop() was called. `looked` is called at the beginning, and whenever this process may have come into
    /// the foreground or the size of the person's window may have changed.
    void run(const std::function<void()>& looked);
    /// Ends run(). Any thread.
    void stop();

private:
    Typist(int input, int master, UniqueFd signals, UniqueFd stop)
        : input_(input)
        , master_(master)
        , signals_(std::move(signals))
        , stop_(std::move(stop))
    {
    }
    void read();
    void type();
    void typeEnd();
    [[nodiscard]] bool ended() const { return input_ < 0; }

    int input_; ///< -1: has ended
    int master_;
    UniqueFd signals_;
    UniqueFd stop_;
    std::string waiting_; ///< read, and not yet taken
    int rawEnds_ = 0;     ///< how often the end was typed to a program that takes key by key
};

} // namespace daemonscope
