// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trial.h"

namespace trial {

/// A program at a terminal: it leads the terminal's session, as a login shell does, and the test is the person.
class PtyTrial {
public:
    explicit PtyTrial(const Setup& setup);
    ~PtyTrial();
    PtyTrial(const PtyTrial&) = delete;
    PtyTrial& operator=(const PtyTrial&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Types.
    void type(const QByteArray& keys) const;
    /// Makes the window this large.
    void resize(unsigned short rows, unsigned short columns) const;
    /// Reads what is printed until `text` has come, and drops all up to its end; false when it does not come within a
    /// minute.
    bool readUntil(const QByteArray& text);
    /// What has been read since the last readUntil() found something.
    [[nodiscard]] const QByteArray& unread() const { return printed_; }
    /// Whether keys go through one by one: the terminal is in raw mode.
    [[nodiscard]] bool raw() const;
    /// The process group in the foreground.
    [[nodiscard]] pid_t foreground() const;
    /// Reads to the end and waits for the program's end.
    Outcome finish();

private:
    bool readSome(int timeoutMs);

    pid_t pid_ = -1;
    int master_ = -1;
    QByteArray printed_;
};

} // namespace trial
