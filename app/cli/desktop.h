// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <QApplication>

#include <functional>
#include <memory>
#include <string>

class QSettings;
class QSocketNotifier;

namespace daemonscope {
struct Theme;
}

/// What the subcommands that show a window share.
namespace daemonscope::cli {

/// Whether a window can be shown: there is an X or Wayland display, or the person chose a platform.
bool hasDisplay();

/// The theme called so; null for any other name. An empty name is the light one.
const Theme* themeNamed(const std::string& name);

/// A QApplication that is set up to look the same everywhere. `offscreen`: needs no display. `scale`: device pixels
/// for each pixel. One at a time.
std::unique_ptr<QApplication> makeApplication(const Theme& theme, bool offscreen, double scale = 1);

/// What windows remember for this person from one to the next: the recent recordings.
std::unique_ptr<QSettings> personalSettings();

/// Ends what is shown when another asks this process to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT), so that the program and
/// temporary files do not outlive it. To be made before the application, whose threads would not block the signals
/// otherwise; one at a time.
class EndRequests {
public:
    EndRequests();
    ~EndRequests();
    EndRequests(const EndRequests&) = delete;
    EndRequests& operator=(const EndRequests&) = delete;

    /// From now on `end` is called in the GUI thread for each such signal.
    void watch(std::function<void()> end);
    /// 128 and the first signal's number; 0 as long as there was none.
    [[nodiscard]] int exitStatus() const { return exitStatus_; }

private:
    void take();

    std::function<void()> end_;
    UniqueFd signals_;
    std::unique_ptr<QSocketNotifier> notifier_;
    int exitStatus_ = 0;
};

} // namespace daemonscope::cli
