// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/kind.h"

#include <QPointF>

class QColor;
class QPainter;

namespace daemonscope {

struct Theme;

/// Paints the mark of what a process does or how it ended, in the colours of its kind.
void paintMark(QPainter& painter, Mark mark, Kind kind, QPointF center, double radius, const Theme& theme);
/// The colour in which the words of a state are written.
QColor markTextColor(Mark mark, const Theme& theme);

} // namespace daemonscope
