// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QString>
#include <QTemporaryDir>

#include <string>
#include <vector>

#include <sys/types.h>

/// Runs programs for the tests of the recorder, with and without it.
namespace trial {

using Words = std::vector<std::string>;
/// Rows of QTest have their words in this form.
Words wordsOf(const QByteArrayList& list);

/// How to run something.
struct Setup {
    Words command{};
    QByteArray input{};            ///< all that stdin has; then its end
    std::string folder{};          ///< working directory; empty: the test's
    Words environment{};           ///< "NAME=value" in addition to the test's
    std::vector<int> closed{};     ///< descriptors that the program starts without
    bool errorsIntoOutput = false; ///< stderr is the same pipe as stdout
};

/// What there was to see of it from outside.
struct Outcome {
    int exitCode = -1;
    int signal = 0; ///< that ended it; 0: it exited
    QByteArray out;
    QByteArray err;
    bool timedOut = false;
    [[nodiscard]] QByteArray end() const; ///< "exit 3", "signal 15"
};

/// A started program, in a process group of its own, with pipes for stdin, stdout and stderr.
class Trial {
public:
    explicit Trial(const Setup& setup);
    ~Trial();
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Reads stdout until `text` has come; false when it ends before, or takes more than two minutes.
    bool readUntil(const QByteArray& text);
    [[nodiscard]] const QByteArray& output() const { return outcome_.out; }
    /// Reads stdout and stderr to their ends and waits for the program's end.
    Outcome finish();

private:
    bool readSome(int timeoutMs);
    void feed();

    pid_t pid_ = -1;
    int in_ = -1;
    int out_ = -1;
    int err_ = -1;
    QByteArray input_;
    Outcome outcome_;
};

Outcome run(const Setup& setup);

/// A place for the recordings of a test, with a runtime folder of its own for the recorder's sockets.
class Bench {
public:
    Bench();
    /// Ends what is left of the programs that were run with it.
    ~Bench();
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    [[nodiscard]] std::string recording() const { return path("a.dscope"); }
    [[nodiscard]] std::string path(const std::string& name) const;
    [[nodiscard]] QString runtimeFolder() const;
    /// `setup` under the recorder, with `options` of its own besides the recording's name.
    [[nodiscard]] Setup recorded(Setup setup, Words options = {"--output=pipe"}) const;
    /// Runs it so.
    [[nodiscard]] Outcome record(const Setup& setup, const Words& options = {"--output=pipe"}) const;
    /// Runs `daemonscope WORDS…` in this bench's folder, without a display.
    [[nodiscard]] Outcome daemonscope(const Words& words) const;
    /// Processes that have this bench's runtime folder in their environment, in whatever session they are.
    [[nodiscard]] std::vector<pid_t> leftovers() const;

private:
    [[nodiscard]] std::string runtimeEntry() const;

    QTemporaryDir folder_;
};

std::string recorderProgram();
/// The path of a fixture program.
std::string fixture(const std::string& name);
/// The path of a file below the project's folder.
std::string sourceFile(const std::string& name);
/// An interpreter that is itself Python, not a script that looks for one.
std::string python();
/// Whether the kernel lets the tests trace; a container may forbid it. `why` says so.
bool canTrace(QByteArray& why);

} // namespace trial
