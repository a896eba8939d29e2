// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/result.h"

#include <QString>

#include <optional>

class QWidget;

namespace daemonscope {

/// What a picture's file holds.
enum class PictureFormat {
    Png, ///< pixels, as on the screen
    Svg, ///< shapes and text; letters are outlines, and the text can be selected
    Pdf, ///< shapes and text, on one page of the picture's size; fonts are within
};

struct PictureOptions {
    /// Shapes and text, only: how many times larger than on the screen. A PNG has its pixels from QT_SCALE_FACTOR.
    double scale = 1;
    /// In words what is to be seen: for readers who can't see it, and for who looks for the file.
    QString title;
    /// No time of writing in it, so that the same picture is the same file.
    bool reproducible = false;
};

/// The format that `path` ends in the name of (.png, .svg, .pdf); nothing for any other.
std::optional<PictureFormat> pictureFormat(const QString& path);

/// Writes what `widget` shows at this moment into the file `path`, which is replaced only when all of it is written.
/// In the GUI thread. Fails with a sentence if the name ends in no format or the file can't be written.
[[nodiscard]] Outcome savePicture(QWidget& widget, const QString& path, const PictureOptions& options = {});

} // namespace daemonscope
