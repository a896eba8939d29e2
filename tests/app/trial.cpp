// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial.h"

#include "trialguard.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace trial {

namespace {

constexpr int kLimitMs = 120'000;

std::array<int, 2> makePipe()
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        qFatal("no pipe for a test");
    return ends;
}

/// In the child: replaces it by the command.
[[noreturn]] void become(const Setup& setup, const std::string& guarded, int in, int out, int err)
{
    ::setpgid(0, 0);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    for (const int fd : setup.closed)
        ::close(fd);
    // A variable of the person's own would hide what is to be seen: what becomes of text that nobody flushed.
    ::unsetenv("PYTHONUNBUFFERED");
    ::putenv(const_cast<char*>(guarded.c_str()));
    for (const std::string& entry : setup.environment)
        ::putenv(const_cast<char*>(entry.c_str()));
    if (!setup.folder.empty() && ::chdir(setup.folder.c_str()) != 0)
        ::_exit(99);
    std::vector<char*> argv;
    for (const std::string& word : setup.command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::execvp(argv.front(), argv.data());
    ::_exit(errno == ENOENT ? 127 : 126);
}

bool readInto(int& fd, QByteArray& bytes)
{
    std::array<char, 65536> buffer{};
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) {
        bytes.append(buffer.data(), got);
        return true;
    }
    if (got < 0 && errno == EINTR)
        return true;
    ::close(fd);
    fd = -1;
    return false;
}

} // namespace

QByteArray Outcome::end() const
{
    if (timedOut)
        return "timed out";
    return signal != 0 ? "signal " + QByteArray::number(signal) : "exit " + QByteArray::number(exitCode);
}

Trial::Trial(const Setup& setup)
    : input_(setup.input)
{
    const std::array<int, 2> in = makePipe();
    const std::array<int, 2> out = makePipe();
    const std::array<int, 2> err = makePipe();
    const std::string& guarded = guardEntry();
    pid_ = ::fork();
    if (pid_ == 0)
        become(setup, guarded, in[0], out[1], setup.errorsIntoOutput ? out[1] : err[1]);
    ::setpgid(pid_, pid_);
    ::close(in[0]);
    ::close(out[1]);
    ::close(err[1]);
    in_ = in[1];
    out_ = out[0];
    err_ = err[0];
    ::fcntl(in_, F_SETFL, O_NONBLOCK);
    ::signal(SIGPIPE, SIG_IGN);
}

Trial::~Trial()
{
    if (pid_ > 0) {
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    for (const int fd : {in_, out_, err_}) {
        if (fd >= 0)
            ::close(fd);
    }
}

void Trial::feed()
{
    const ssize_t written =
        input_.isEmpty() ? 0 : ::write(in_, input_.constData(), static_cast<std::size_t>(input_.size()));
    if (written > 0)
        input_.remove(0, written);
    if (input_.isEmpty() || (written < 0 && errno != EAGAIN && errno != EINTR)) {
        ::close(in_);
        in_ = -1;
    }
}

bool Trial::readSome(int timeoutMs)
{
    std::array<pollfd, 3> waiting{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}, pollfd{in_, POLLOUT, 0}};
    if (::poll(waiting.data(), waiting.size(), timeoutMs) <= 0)
        return false;
    if (waiting[2].revents != 0)
        feed();
    if (waiting[0].revents != 0)
        readInto(out_, outcome_.out);
    if (waiting[1].revents != 0)
        readInto(err_, outcome_.err);
    return true;
}

bool Trial::readUntil(const QByteArray& text)
{
    QElapsedTimer timer;
    timer.start();
    while (!outcome_.out.contains(text)) {
        if (out_ < 0 || timer.elapsed() > kLimitMs)
            return false;
        readSome(1000);
    }
    return true;
}

Outcome Trial::finish()
{
    QElapsedTimer timer;
    timer.start();
    while (out_ >= 0 || err_ >= 0) {
        readSome(1000);
        if (timer.elapsed() > kLimitMs) {
            outcome_.timedOut = true;
            ::kill(-pid_, SIGKILL);
            ::kill(pid_, SIGKILL);
            break;
        }
    }
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) { }
    pid_ = -1;
    outcome_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome_.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome_;
}

Outcome run(const Setup& setup)
{
    return Trial{setup}.finish();
}

Bench::Bench()
    : folder_(QString::fromStdString(guardedFolder() + "/XXXXXX"))
{
    if (!folder_.isValid() || !QDir{folder_.path()}.mkdir(QStringLiteral("run")))
        qFatal("no temporary folder for a test");
    // As the system makes it; Qt warns of another.
    QFile::setPermissions(runtimeFolder(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

Bench::~Bench()
{
    killProcessesWith(runtimeEntry());
}

std::string Bench::runtimeEntry() const
{
    return "XDG_RUNTIME_DIR=" + runtimeFolder().toStdString();
}

std::string Bench::path(const std::string& name) const
{
    return folder_.path().toStdString() + '/' + name;
}

QString Bench::runtimeFolder() const
{
    return folder_.path() + QStringLiteral("/run");
}

Setup Bench::recorded(Setup setup, Words options) const
{
    Words command{recorderProgram(), "--force", "-o", recording()};
    command.insert(command.end(), options.begin(), options.end());
    command.emplace_back("--");
    command.insert(command.end(), setup.command.begin(), setup.command.end());
    setup.command = std::move(command);
    setup.environment.push_back(runtimeEntry());
    return setup;
}

Outcome Bench::record(const Setup& setup, const Words& options) const
{
    return run(recorded(setup, options));
}

Outcome Bench::daemonscope(const Words& words) const
{
    Setup setup{{DAEMONSCOPE_BINARY_DIR "/bin/daemonscope"}};
    setup.command.insert(setup.command.end(), words.begin(), words.end());
    setup.environment = {runtimeEntry(), "QT_QPA_PLATFORM=offscreen"};
    setup.folder = folder_.path().toStdString();
    return run(setup);
}

std::vector<pid_t> Bench::leftovers() const
{
    return processesWith(runtimeEntry());
}

Words wordsOf(const QByteArrayList& list)
{
    Words words;
    for (const QByteArray& word : list)
        words.push_back(word.toStdString());
    return words;
}

std::string recorderProgram()
{
    return DAEMONSCOPE_BINARY_DIR "/bin/daemonscope-recorder";
}

std::string fixture(const std::string& name)
{
    return DAEMONSCOPE_BINARY_DIR "/tests/fixtures/" + name;
}

std::string sourceFile(const std::string& name)
{
    return DAEMONSCOPE_SOURCE_DIR "/" + name;
}

std::string python()
{
    const QString debian = QStringLiteral("/usr/bin/python3");
    return (QFile::exists(debian) ? debian : QStandardPaths::findExecutable(QStringLiteral("python3"))).toStdString();
}

bool canTrace(QByteArray& why)
{
    const Bench bench;
    const Outcome outcome = bench.record({{"/bin/true"}});
    why = outcome.err;
    return !outcome.err.contains("does not let daemonscope trace");
}

} // namespace trial
