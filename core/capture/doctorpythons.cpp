// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/doctorpythons.h"

#include "capture/launchenvironment.h"
#include "os/clock.h"
#include "os/launch.h"
#include "os/poller.h"
#include "os/privatedirectory.h"
#include "os/self.h"
#include "os/socket.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>

namespace daemonscope {

namespace {

/// A Python that does not start in this time, does not work.
constexpr std::chrono::seconds kTrialPatience{20};

struct Trial {
    std::string version;
    bool spoke = false; ///< the hook did
};

/// "python3" and "python3.N" of PATH, the first of each name, in the order of PATH.
std::vector<std::string> pythonsOfPath()
{
    std::vector<std::string> names;
    std::vector<std::string> found;
    std::string path = environmentValue(currentEnvironment(), "PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        std::error_code error;
        std::vector<std::string> here;
        for (std::filesystem::directory_iterator entry{path.substr(begin, end - begin), error}, last;
             !error && entry != last; entry.increment(error))
            here.push_back(entry->path().string());
        std::sort(here.begin(), here.end());
        for (const std::string& file : here) {
            const std::string name = std::filesystem::path{file}.filename().string();
            const bool isPython = name == "python3"
                || (name.starts_with("python3.") && name.find_first_not_of("0123456789", 8) == std::string::npos
                    && name.size() > 8);
            if (isPython && std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(name);
                found.push_back(file);
            }
        }
        begin = end + 1;
    }
    return found;
}

/// Reads what the program prints until it has closed its output.
std::string readAll(const AttributedStream& stream)
{
    std::string text;
    auto poller = Poller::create();
    if (!poller.ok())
        return text;
    poller.value().watch(stream.reader.get());
    std::vector<char> buffer(4096);
    for (const auto end = monotonicNow() + kTrialPatience; monotonicNow() < end;) {
        const Received received = receive(stream.reader.get(), buffer);
        if (received.kind == Received::Kind::Closed)
            return text;
        if (received.kind == Received::Kind::Data)
            text.append(buffer.data(), received.size);
        else
            poller.value().wait(std::chrono::milliseconds{1000}, [](int) {});
    }
    return text;
}

Result<Trial> tryPython(const std::string& file, const std::string& hookDirectory)
{
    auto folder = PrivateDirectory::create();
    if (!folder.ok())
        return folder.error();
    const std::string socket = folder.value().path() + "/hook";
    const auto listener = listenSeqpacket(socket);
    if (!listener.ok())
        return listener.error();
    auto created = AttributedStream::create();
    if (!created.ok())
        return created.error();
    AttributedStream stream = std::move(created).value();
    LaunchSpec spec;
    spec.argv = {file, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"};
    spec.environment = currentEnvironment();
    instrument(spec.environment, {socket, hookDirectory, false});
    spec.standardInput = -1;
    spec.standardOutput = stream.writer.get();
    spec.standardError = -1;
    auto launched = PendingLaunch::start(spec);
    if (!launched.ok())
        return launched.error();
    stream.writer.reset();
    launched.value().go();
    Trial trial;
    trial.version = readAll(stream);
    trial.version = trial.version.substr(0, trial.version.find('\n'));
    sendSignal(-launched.value().pid(), Signal{SIGKILL}); // if it still runs
    waitForChild(launched.value().pid());
    trial.spoke = acceptPeer(listener.value().get()).socket.valid();
    return trial;
}

Check judge(const std::string& file, const std::string& hookDirectory)
{
    Check check;
    check.what = std::filesystem::path{file}.filename().string();
    check.needed = check.what == "python3";
    const auto trial = tryPython(file, hookDirectory);
    if (!trial.ok() || trial.value().version.empty()) {
        check.state = Check::State::Limited;
        check.needed = false;
        check.words = file + (trial.ok() ? " does not start" : ": " + trial.error().message);
    } else if (!isSupportedPython(trial.value().version)) {
        check.state = Check::State::Limited;
        check.words =
            file + " is Python " + trial.value().version + ": the hook needs 3.8 or newer, so it says nothing there";
    } else if (!trial.value().spoke) {
        check.state = Check::State::Missing;
        check.words = file + " (" + trial.value().version + ") runs, but the hook in it says nothing";
        check.advice = hookDirectory.empty() ? "the hook's files were not found; install daemonscope whole"
                                             : "look for a sitecustomize or a -I, -E or -S that keeps it out";
    } else {
        check.words = file + " (" + trial.value().version + ") tells of multiprocessing through the hook";
    }
    return check;
}

} // namespace

bool isSupportedPython(const std::string& version)
{
    constexpr std::string_view kMajor = "3.";
    constexpr int kOldestMinor = 8;
    int minor = 0;
    if (!version.starts_with(kMajor))
        return false;
    std::from_chars(version.data() + kMajor.size(), version.data() + version.size(), minor);
    return minor >= kOldestMinor;
}

std::vector<Check> examinePythons(const std::string& hookDirectory)
{
    std::vector<Check> checks;
    for (const std::string& file : pythonsOfPath())
        checks.push_back(judge(file, hookDirectory));
    if (checks.empty())
        checks.push_back(
            {"python3", Check::State::Limited, "there is no python3 on PATH", "name one with --python", false});
    return checks;
}

} // namespace daemonscope
