// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineF>
#include <QList>
#include <QPainterPath>
#include <QString>

class QPainter;

/// The shapes that say again what the colours say. All are vector paths without clipping, gradients and composition
/// modes, which Qt's SVG and PDF writers do not keep.
namespace daemonscope {

struct Theme;
struct KindColors;

/// What a process is, as a sign: M, P, ghost, H (helper), program.
enum class Badge { Main, NonDaemon, Daemon, Helper, Program };

/// The colours of the kind that the badge stands for.
const KindColors& kindColors(Badge badge, const Theme& theme);
/// A process's badge around `center`, a disc of `radius` (dashed circle with a ghost for a daemon).
void paintBadge(QPainter& painter, Badge badge, QPointF center, double radius, const Theme& theme);

/// Ended by itself: a dark disc with a check. `halo` paints a rim in the panel's colour around it.
void paintCheckDisc(QPainter& painter, QPointF center, double radius, const Theme& theme, bool halo = true);
/// Ended by itself, but with an exit code that is not 0: a dark disc with an exclamation mark.
void paintFailDisc(QPainter& painter, QPointF center, double radius, const Theme& theme, bool halo = true);
/// Ended by a signal: a disc in the kill colour with a cross.
void paintKillCross(QPainter& painter, QPointF center, double radius, const Theme& theme, bool halo = true);
/// The number of an event in the order of the story: a dark disc with a digit.
void paintNumberDisc(
    QPainter& painter, int number, QPointF center, double radius, const Theme& theme, bool halo = true);
/// Runs: a ring with a dot, in the kind's colour. Waits: the ring with two bars.
void paintRunningMark(QPainter& painter, QPointF center, double radius, const KindColors& colors);
void paintWaitingMark(QPainter& painter, QPointF center, double radius, const KindColors& colors);

/// How a pill is filled and outlined.
enum class PillStyle { Solid, TintSolidLine, TintDashedLine };
/// The size of a pill with this text in the Pill font.
QSizeF pillSize(const QString& text);
/// A rounded pill with text, its left edge's centre at `leftCenter`. Solid: filled with `line`, text in `onLine`;
/// else filled with `tint`, outlined and lettered in `line`.
void paintPill(QPainter& painter, QPointF leftCenter, const QString& text, PillStyle style, const QColor& line,
    const QColor& tint, const QColor& onLine);
/// The pill of a kind of process: "daemon" dashed on a tint, others solid on a tint.
void paintKindPill(QPainter& painter, QPointF leftCenter, Badge badge, const QString& text, const Theme& theme);

/// The 45 degree hatch of a waiting bar inside `rect`: line segments, clipped by arithmetic, that keep their place when
/// the rectangle moves or grows (step in pixels along x).
QList<QLineF> hatchLines(const QRectF& rect, double step = 9);
/// A life bar: daemon dashed (pattern 4/2.6), others solid. `waiting`: tint, hatch and solid outline.
void paintBar(QPainter& painter, const QRectF& rect, double radius, Badge badge, bool waiting, const Theme& theme);

/// The frame that every panel of the window has: rounded ground with a hairline, title and subtitle in its header.
void paintPanelFrame(
    QPainter& painter, const QRectF& rect, const QString& title, const QString& subtitle, const Theme& theme);

/// Shapes of buttons, in a square of side 1 around the origin.
enum class Glyph { ToStart, Play, Pause, ToEnd, StepBack, StepForward, Stop, Rerun, Open, Save, Follow, Library };
QPainterPath glyphPath(Glyph glyph);

} // namespace daemonscope
