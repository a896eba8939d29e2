// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/terminalchannel.h"

#include "os/jobcontrol.h"
#include "os/self.h"

#include <csignal>
#include <utility>

namespace daemonscope {

Result<std::unique_ptr<TerminalChannel>> TerminalChannel::create(int input)
{
    auto terminal = Pseudoterminal::create(input);
    if (!terminal.ok())
        return terminal.error();
    auto printed = duplicate(terminal.value().master.get());
    if (!printed.ok())
        return printed.error();
    auto typist = Typist::create(input, terminal.value().master.get());
    if (!typist.ok())
        return typist.error();
    return std::unique_ptr<TerminalChannel>{
        new TerminalChannel{input, std::move(terminal).value(), std::move(printed).value(), std::move(typist).value()}};
}

TerminalChannel::TerminalChannel(int input, Pseudoterminal terminal, UniqueFd printed, Typist typist)
    : input_(input)
    , terminal_(std::move(terminal))
    , printed_(std::move(printed))
    , typist_(std::move(typist))
    , rawMode_(input)
{
}

TerminalChannel::~TerminalChannel()
{
    finish();
}

void TerminalChannel::start(TerminalHost& host)
{
    host_ = &host;
    // Before the program prints anything, as the person's terminal would translate its line ends once more.
    look();
    thread_ = std::thread{[this] { typist_.run([this] { look(); }); }};
}

void TerminalChannel::look()
{
    const std::lock_guard lock{modeMutex_};
    if (suspended_)
        return;
    setRaw(true);
    if (rawMode_.before())
        copyWindowSize(input_, terminal_.master.get());
}

void TerminalChannel::setRaw(bool raw)
{
    // Said before it is done, and taken back after it: who puts the terminal in order once too often does no harm.
    if (raw) {
        host_->noteRawMode(true);
        rawMode_.enter();
    } else {
        rawMode_.leave();
    }
    host_->noteRawMode(rawMode_.entered());
}

void TerminalChannel::programStopped(std::int32_t group, Signal signal)
{
    // Without a person at a terminal, whoever stopped the program will continue it.
    if (!rawMode_.before())
        return;
    {
        const std::lock_guard lock{modeMutex_};
        suspended_ = true;
        setRaw(false);
    }
    const bool noticed = stopAsShellNotices(signal, StopScope::Job);
    {
        const std::lock_guard lock{modeMutex_};
        suspended_ = false;
    }
    look();
    if (noticed)
        sendSignal(-group, Signal{SIGCONT});
}

void TerminalChannel::hangUp()
{
    typist_.stop();
    thread_.join();
    terminal_.master.reset();
}

void TerminalChannel::finish()
{
    if (host_ == nullptr)
        return; // never started, or finished before
    typist_.stop();
    if (thread_.joinable())
        thread_.join();
    const std::lock_guard lock{modeMutex_};
    setRaw(false);
    host_ = nullptr; // it may go before this
}

} // namespace daemonscope
