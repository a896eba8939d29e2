// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/reportreceiver.h"
#include "engine/report.h"
#include "os/self.h"

#include <QTest>

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>

namespace daemonscope::test {

inline constexpr auto kAddressVariable = "DAEMONSCOPE_SOCKET";
inline constexpr int kFirstDescriptor = 1000;

inline std::string reportAddress()
{
    return std::getenv(kAddressVariable); // NOLINT(concurrency-mt-unsafe)
}

/// Runs `act` in a child and gives its exit status; -1 if it died of a signal. Before it is waited for, `meanwhile`
/// runs.
inline int inChild(
    const std::function<int()>& act, const std::function<void()>& meanwhile = [] {})
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(120); // a child that hangs must not hang the test
        ::_exit(act());
    }
    meanwhile();
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The lowest descriptor from `first` on that is open; -1 if none of the next hundred is.
inline int openFrom(int first)
{
    for (int fd = first; fd < first + 100; ++fd) {
        if (isOpen(fd))
            return fd;
    }
    return -1;
}

/// A receiver at the one address that this process reports to; each test has a new one.
class ReportFixture {
protected:
    void listen(int backlog = SOMAXCONN) { receiver_ = std::make_unique<ReportReceiver>(reportAddress(), backlog); }
    void stop() { receiver_.reset(); }
    [[nodiscard]] ReportReceiver& receiver() { return *receiver_; }

    /// A packet as it arrived; null if it did not.
    nlohmann::json sent(const std::function<void(engine::report::Packet&)>& fill)
    {
        engine::report::Packet packet("test");
        fill(packet);
        packet.send();
        const auto received = receiver_->next("test");
        return received ? received->json() : nlohmann::json{};
    }
    /// Sends until something comes through to the present receiver.
    std::optional<ReportRecord> probe()
    {
        const std::string event = "probe" + std::to_string(++probes_);
        for (int i = 0; i < 600; ++i) {
            engine::report::Packet(event).send();
            while (auto packet = receiver_->next(50)) {
                const auto json = packet->json();
                if (json.is_object() && json["e"] == event)
                    return packet;
            }
        }
        return std::nullopt;
    }

private:
    std::unique_ptr<ReportReceiver> receiver_;
    int probes_ = 0;
};

/// Runs the tests of T. Where to report to is read when the program is loaded, so it executes itself once more.
template <class T> int runReportTest(int argc, char** argv)
{
    // NOLINTBEGIN(concurrency-mt-unsafe): no thread runs yet
    constexpr auto folderVariable = "TST_REPORT_FOLDER";
    const char* folder = std::getenv(folderVariable);
    if (!folder) {
        std::string made = (std::filesystem::temp_directory_path() / "tst_report_XXXXXX").string();
        if (!::mkdtemp(made.data()))
            return EXIT_FAILURE;
        ::setenv(folderVariable, made.c_str(), 1);
        ::setenv(kAddressVariable, (made + "/hook").c_str(), 1);
        ::execv(executablePath().c_str(), argv);
        return EXIT_FAILURE;
    }
    // NOLINTEND(concurrency-mt-unsafe)
    T test;
    const int failures = QTest::qExec(&test, argc, argv);
    std::filesystem::remove_all(folder);
    return failures;
}

} // namespace daemonscope::test
