// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QPainterPath;

/// How SVG writes numbers, shapes and text.
namespace daemonscope::svg {

/// Rounded to a thousandth, without zeros at the end.
QString number(double value);
/// Two of them.
QString pair(double x, double y);
/// The path as path data, rounded to a thousandth of a pixel.
QString pathData(const QPainterPath& path);
/// `text` with U+FFFD in place of what XML has no words for: control characters and halves of surrogate pairs, which
/// the observed program may have printed.
QString text(QString text);

} // namespace daemonscope::svg
