// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

#include <memory>
#include <string>

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

/// Lets everything that is pending take place, then saves a picture of `widget`; false if it cannot be written.
bool savePicture(QWidget& widget, const QString& path);

} // namespace daemonscope::cli
