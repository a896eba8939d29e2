// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/servicethread.h"

#include "os/clock.h"
#include "os/self.h"

#include <algorithm>
#include <csignal>

namespace daemonscope {

Result<std::unique_ptr<ServiceThread>> ServiceThread::create(RecordingWriter& recording, ProcessRegistry& processes,
    const Addresses& addresses, UniqueFd signals, std::chrono::milliseconds grace)
{
    auto poller = Poller::create();
    if (!poller.ok())
        return poller.error();
    std::unique_ptr<ServiceThread> service{new ServiceThread{std::move(poller).value(), std::move(signals)}};
    service->poller_.watch(service->signals_.get());
    service->watch_ = std::make_unique<RecordingWatch>(recording, service->poller_, addresses.recording);
    service->program_ = std::make_unique<ProgramControl>(recording, processes, grace);
    auto control = ControlChannel::create(*service->program_, service->poller_, addresses.controlSocket);
    if (!control.ok())
        return control.error();
    service->control_ = std::move(control).value();
    if (!addresses.hookSocket.empty()) {
        auto hook = HookChannel::create(recording, processes, service->poller_, addresses.hookSocket);
        if (!hook.ok())
            return hook.error();
        service->hook_ = std::move(hook).value();
    }
    return service;
}

ServiceThread::~ServiceThread()
{
    finish();
}

void ServiceThread::start(std::int32_t programPid)
{
    program_->setProgram(programPid);
    thread_ = std::thread{[this] { loop(); }};
}

void ServiceThread::loop()
{
    while (!ending_) {
        std::optional<std::chrono::milliseconds> timeout;
        if (const auto deadline = program_->deadline()) {
            timeout = std::max(
                std::chrono::ceil<std::chrono::milliseconds>(*deadline - monotonicNow()), std::chrono::milliseconds{0});
        }
        poller_.wait(timeout, [this](int fd) {
            if (fd == signals_.get())
                onSignal();
            else if (!watch_->handle(fd) && !(hook_ && hook_->handle(fd)))
                control_->handle(fd);
        });
        // Who asked the program to end does not want to wait for what it left behind, longer than it may take to end.
        if (programEnded_ && endRequested_)
            program_->beginGrace();
        program_->step();
    }
}

void ServiceThread::onSignal()
{
    while (const auto received = nextSignal(signals_.get())) {
        if (programEnded_)
            program_->killAll();
        else
            program_->passOn(*received);
        endRequested_ = endRequested_ || (received->signal != Signal{SIGUSR1} && received->signal != Signal{SIGUSR2});
    }
}

void ServiceThread::programEnded()
{
    programEnded_ = true;
    poller_.wake();
}

void ServiceThread::drain(std::int32_t pid)
{
    if (hook_)
        hook_->drain(pid);
}

void ServiceThread::waitForHangUps()
{
    if (hook_)
        hook_->waitForHangUps();
}

void ServiceThread::finish()
{
    if (!thread_.joinable())
        return; // never started
    ending_ = true;
    poller_.wake();
    thread_.join();
}

} // namespace daemonscope
