// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/captions.h"
#include "ui/model/outputindex.h"
#include "ui/model/timelinelayout.h"
#include "ui/theme/badges.h"

#include <QList>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <span>
#include <utility>

class QPainter;

namespace daemonscope {

struct Theme;

/// All that a picture of the lanes is made of.
struct LanePicture {
    const ProcessTree& tree;
    const TimelineLanes& lanes;
    const OutputIndex& output;
    const TimelineViewport& view;
    const TimelineScene& scene;
    const Theme& theme;
    std::span<const Caption> captions; ///< of the whole recording; those after the cursor get no number disc
    std::optional<ProcessIndex> selection;
    QString filter;
    QSizeF size;
    bool cutShort = false; ///< the recording broke off: what ran then is not known to have gone on

    [[nodiscard]] EventTime cursor() const { return tree.start() + EventTime(view.cursorNs); }
    [[nodiscard]] double plotLeft() const { return view.scale.left; }
    [[nodiscard]] double plotRight() const { return view.scale.left + view.scale.width; }
    /// Whether the filter leaves this process alone.
    [[nodiscard]] bool matches(ProcessIndex process) const;
};

/// Paints a scene of lanes of 3 pixels or more, without clipping, gradients or composition modes. What it draws stands
/// in the scene; only texts are measured and elided here.
class LanePainter {
public:
    LanePainter(QPainter& painter, const LanePicture& picture);

    /// Grounds of the lanes, the selection, the vertical grid.
    void paintGround(std::span<const double> gridX);
    void paintBars();
    void paintArrows();
    /// What stands beside the ends: marks, numbers, texts; then numbers above other events.
    void paintMarks();
    void paintGutter();
    /// The strip above the lanes, over what is scrolled out of them: lanes are not clipped.
    void coverStrip();
    /// The line of the time cursor with its handle and time in the strip above the lanes.
    void paintCursor(bool following);

private:
    void paintBar(const LaneGeometry& lane);
    void paintThinBars();
    void paintOrphaned(const LaneGeometry& lane, Badge badge);
    void paintPieceText(const LaneGeometry& lane, const QRectF& rect, const LanePiece& piece, Badge badge);
    void paintTicks(const LaneGeometry& lane, Badge badge);
    void paintEnd(const LaneGeometry& lane);
    void paintEndUnseen(const LaneGeometry& lane);
    void paintNumbersAbove(const LaneGeometry& lane);
    void paintKillPills();
    void paintSecondLine(const Process& process, const LaneGeometry& lane, Badge badge, const QRectF& rect);
    /// Text on a ground of its own, so that lines behind it don't disturb; elided to end before `right`.
    void paintChip(
        double left, double middleY, const QString& text, const QColor& colour, const QColor& ground, double right);
    /// From where to where a text of this width, wanted at `left`, can stand without an arrow crossing it.
    [[nodiscard]] std::pair<double, double> clearOfArrows(double left, double width, double y, double right) const;
    [[nodiscard]] QColor groundOf(const LaneGeometry& lane) const;
    [[nodiscard]] QRectF pieceRect(const LaneGeometry& lane, const LanePiece& piece) const;
    [[nodiscard]] Badge badgeOf(ProcessIndex process) const;

    QPainter& painter_;
    const LanePicture& picture_;
    QList<QRectF> discs_; ///< numbers of captions that stand above bars
};

} // namespace daemonscope
