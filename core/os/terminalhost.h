// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/ownchild.h"
#include "os/uniquefd.h"
#include "os/waitstatus.h"

#include <cstdint>
#include <optional>

#include <termios.h>

namespace daemonscope {

/// A little process between the recorder and a program that runs on a terminal of its own. It stands where a shell
/// would: it leads the terminal's session, and the program is its child in a process group of its own, in the
/// foreground. Only so does Ctrl+Z work, as the kernel lets nobody stop who has no parent in his session that could
/// continue him (setpgid(2), orphaned groups). It lives as long as the recorder holds this object, and as the recorder
/// may be killed at any moment, it puts the person's terminal back in order then.
class TerminalHost {
public:
    /// Forks as fork(2) does: returns 0 in the program to be, which is in its group, session and foreground then, its
    /// pid in the caller, and a negative errno on failure. `terminal`: the program's; `persons`: where the person
    /// sits, -1 for nobody, with its settings from `before`.
    std::int32_t fork(int terminal, int persons, const std::optional<termios>& before);

    /// Whether there is one.
    [[nodiscard]] bool exists() const { return statuses_.valid(); }
    /// Whether the person's terminal is in raw mode now, and would have to be put back.
    void noteRawMode(bool raw);
    /// Blocks until the program is stopped or continued, or has ended, for a recorder that does not trace it.
    ChildChange nextChange();
    /// How the program ended, once nextChange() has told its end; nothing if somebody has killed the host, who took
    /// that knowledge along.
    [[nodiscard]] std::optional<ExitStatus> ending() const { return ending_; }
    /// The program is gone, or nobody looks after it any more.
    void dismiss();

private:
    UniqueFd lifeline_; ///< written: what the host has to know; its end: the recorder's
    UniqueFd statuses_; ///< read: wait statuses of the program
    std::optional<ExitStatus> ending_;
};

} // namespace daemonscope
