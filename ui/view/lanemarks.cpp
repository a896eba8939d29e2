// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/timelinetext.h"
#include "ui/theme/theme.h"
#include "ui/view/lanepainter.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace daemonscope {

namespace {

/// Arrows further right than this from the one before get a label of their own.
constexpr double kSameLabel = 90;

void arrowHead(QPainter& painter, double x, double tipY, bool down, double size, const QColor& colour)
{
    const double back = down ? tipY - size * 1.5 : tipY + size * 1.5;
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygonF{QPointF(x, tipY), QPointF(x - size, back), QPointF(x + size, back)});
}

} // namespace

void LanePainter::paintArrows()
{
    const Theme& theme = picture_.theme;
    const LaneSize size = picture_.view.lane;
    const bool heads = size.names();
    painter_.setRenderHint(QPainter::Antialiasing, heads);
    const auto clamped = [this](double y) { return std::clamp(y, -20.0, picture_.size.height() + 20); };

    for (const ReturnGeometry& arrow : picture_.scene.returns) {
        const bool down = arrow.toY > arrow.fromY;
        painter_.setPen(QPen(theme.ended, 1.6, Qt::SolidLine, Qt::FlatCap));
        painter_.drawLine(
            QPointF(arrow.x, clamped(arrow.fromY)), QPointF(arrow.x, clamped(arrow.toY + (down ? -6 : 6))));
        arrowHead(painter_, arrow.x, arrow.toY, down, 4.5, theme.ended);
    }
    if (!heads) {
        QList<QRectF> lines;
        for (const ArrowGeometry& arrow : picture_.scene.arrows) {
            const double from = clamped(std::min(arrow.fromY, arrow.toY));
            lines.append(QRectF(std::round(arrow.x), from, 1, clamped(std::max(arrow.fromY, arrow.toY)) - from));
        }
        painter_.setPen(Qt::NoPen);
        painter_.setBrush(theme.kill);
        painter_.drawRects(lines);
        return;
    }
    const double width = size.twoLines() ? 3 : 2;
    const double head = size.twoLines() ? 6.5 : 4;
    for (const ArrowGeometry& arrow : picture_.scene.arrows) {
        const bool down = arrow.toY > arrow.fromY;
        painter_.setPen(QPen(theme.kill, width, Qt::SolidLine, Qt::FlatCap));
        painter_.drawLine(
            QPointF(arrow.x, clamped(arrow.fromY)), QPointF(arrow.x, clamped(arrow.toY + (down ? -head : head))));
        arrowHead(painter_, arrow.x, arrow.toY, down, head, theme.kill);
        painter_.setPen(QPen(theme.panel, 1.2));
        painter_.setBrush(theme.kill);
        painter_.drawEllipse(QPointF(arrow.x, arrow.fromY), width + 2, width + 2);
    }
    if (size.twoLines()) {
        paintKillPills();
    }
}

void LanePainter::paintKillPills()
{
    // One label for all that the same process did at (nearly) the same time; it stands below or above the sender's bar.
    const Theme& theme = picture_.theme;
    struct Label {
        ProcessIndex killer;
        int signal;
        bool down;
        double x;
    };
    std::vector<Label> labels;
    for (const ArrowGeometry& arrow : picture_.scene.arrows) {
        const bool down = arrow.toY > arrow.fromY;
        const Label label{arrow.kill->killer, arrow.kill->signal.number(), down, arrow.x};
        const bool said = std::any_of(labels.begin(), labels.end(), [&label](const Label& other) {
            return other.killer == label.killer && other.signal == label.signal && other.down == label.down
                && std::abs(other.x - label.x) < kSameLabel;
        });
        if (said) {
            continue;
        }
        labels.push_back(label);
        const double half = picture_.view.lane.height / 2;
        const double y = arrow.fromY + (down ? half : -half);
        const QString signal = QString::fromStdString(arrow.kill->signal.name());
        const QString by = timelinetext::decider(*arrow.kill);
        const double pill = pillSize(signal).width();
        painter_.setFont(font(Type::SecondaryBold));
        const double text = QFontMetricsF(painter_.font()).horizontalAdvance(by) + 16;
        // To the right of the arrow where there is room, else to the left.
        double left = arrow.x + 11;
        if (left + pill + text > picture_.plotRight() && arrow.x - 11 - pill - text > picture_.plotLeft()) {
            left = arrow.x - 11 - pill - text;
        }
        paintChip(left + pill + 3, y, by, theme.kill, theme.panel, picture_.plotRight());
        paintPill(painter_, QPointF(left, y), signal, PillStyle::Solid, theme.kill, theme.panel, theme.onKill);
    }
}

void LanePainter::paintChip(
    double left, double middleY, const QString& text, const QColor& colour, const QColor& ground, double right)
{
    const QFontMetricsF metrics(painter_.font());
    const double room = right - left - 8;
    if (room < 24) {
        return;
    }
    const QString shown = metrics.elidedText(text, Qt::ElideRight, room);
    const QRectF chip(left, middleY - 9, metrics.horizontalAdvance(shown) + 8, 18);
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(ground);
    painter_.drawRoundedRect(chip, 4, 4);
    painter_.setPen(colour);
    painter_.drawText(chip, Qt::AlignCenter, shown);
}

void LanePainter::paintMarks()
{
    const LaneSize size = picture_.view.lane;
    if (!size.endMarks()) {
        return;
    }
    painter_.setRenderHint(QPainter::Antialiasing);
    for (const LaneGeometry& lane : picture_.scene.lanes) {
        painter_.setOpacity(picture_.matches(lane.process) ? 1.0 : 0.28);
        const double top = picture_.view.top;
        if (lane.endX && lane.row.center().y() - size.height / 4 >= top) {
            paintEnd(lane);
        } else if (picture_.cutShort && lane.row.center().y() - size.height / 4 >= top) {
            paintEndUnseen(lane);
        }
        if (size.names() && lane.row.top() + size.height / 4 >= top) {
            paintNumbersAbove(lane);
        }
    }
    painter_.setOpacity(1);
}

void LanePainter::paintEnd(const LaneGeometry& lane)
{
    const Theme& theme = picture_.theme;
    const LaneSize size = picture_.view.lane;
    const TimelineLane& life = picture_.lanes.of(lane.process);
    const double radius = size.twoLines() ? 10 : std::min(8.0, size.height / 2 - 2);
    const double middle = lane.row.center().y();
    double x = *lane.endX + 5 + radius;
    switch (life.end) {
    case LaneEnd::Finished:
        paintCheckDisc(painter_, QPointF(x, middle), radius, theme, false);
        break;
    case LaneEnd::Failed:
        paintFailDisc(painter_, QPointF(x, middle), radius, theme, false);
        break;
    case LaneEnd::Killed:
        paintKillCross(painter_, QPointF(x, middle), radius, theme, false);
        break;
    case LaneEnd::Unknown:
        painter_.setPen(QPen(theme.ended, 2, Qt::DotLine));
        painter_.setBrush(theme.panel);
        painter_.drawEllipse(QPointF(x, middle), radius - 1, radius - 1);
        break;
    case LaneEnd::None:
        return;
    }
    x += radius + 4;
    if (!size.names()) {
        return;
    }
    const double number = size.twoLines() ? 9 : 7.5;
    for (const Caption& caption : picture_.captions) {
        if (caption.process == lane.process && caption.what != Caption::What::MainCodeEnded
            && caption.time <= picture_.cursor()) {
            paintNumberDisc(painter_, caption.number, QPointF(x + number, middle), number, theme, false);
            x += 2 * number + 4;
        }
    }
    painter_.setFont(font(size.twoLines() ? Type::Body : Type::Secondary));
    const QFontMetricsF metrics(painter_.font());
    const double right = picture_.size.width() - 2;
    QString text = timelinetext::end(picture_.tree, picture_.lanes, lane.process, !size.twoLines());
    if (metrics.horizontalAdvance(text) + 8 > right - x) {
        text = timelinetext::end(picture_.tree, picture_.lanes, lane.process, true);
    }
    auto [from, to] = clearOfArrows(x, metrics.horizontalAdvance(text) + 8, middle, right);
    // The signal and who decided come first; what has no room behind or before an arrow is said in fewer words.
    for (const bool withDecider : {true, false}) {
        if (life.end == LaneEnd::Killed && metrics.horizontalAdvance(text) + 8 > to - from) {
            text = withDecider ? timelinetext::end(picture_.tree, picture_.lanes, lane.process, true)
                               : timelinetext::killedBriefly(picture_.tree, lane.process);
            std::tie(from, to) = clearOfArrows(x, metrics.horizontalAdvance(text) + 8, middle, right);
        }
    }
    QColor colour = size.twoLines() ? theme.text : theme.secondaryText;
    if (life.end == LaneEnd::Killed) {
        colour = theme.kill;
    }
    paintChip(from, middle, text, colour, groundOf(lane), to);
}

void LanePainter::paintEndUnseen(const LaneGeometry& lane)
{
    const Process& process = picture_.tree.at(lane.process);
    const EventTime last = picture_.tree.latest();
    const double x = picture_.view.scale.x(static_cast<double>((last - picture_.tree.start()).count()) * 1e-9);
    if (process.ended || !lane.born || picture_.cursor() < last || x < picture_.plotLeft()
        || x > picture_.plotRight()) {
        return;
    }
    const Theme& theme = picture_.theme;
    const LaneSize size = picture_.view.lane;
    const double radius = size.twoLines() ? 10 : std::min(8.0, size.height / 2 - 2);
    const double middle = lane.row.center().y();
    painter_.setPen(QPen(theme.ended, 2, Qt::DotLine));
    painter_.setBrush(theme.panel);
    painter_.drawEllipse(QPointF(x + 5 + radius, middle), radius - 1, radius - 1);
    if (size.names()) {
        painter_.setFont(font(size.twoLines() ? Type::Body : Type::Secondary));
        paintChip(x + 2 * radius + 9, middle, QStringLiteral("end not seen"), theme.secondaryText, groundOf(lane),
            picture_.size.width() - 2);
    }
}

std::pair<double, double> LanePainter::clearOfArrows(double left, double width, double y, double right) const
{
    // Arrows that pass from one lane to another must stay whole: a text stands before or behind them.
    constexpr double kClear = 6;
    constexpr double kFarthest = 150; // further from its mark a text would not be taken for its
    std::vector<double> crossing;
    const auto add = [&crossing, y](double x, double from, double to) {
        if (std::min(from, to) < y + 9 && std::max(from, to) > y - 9) {
            crossing.push_back(x);
        }
    };
    for (const ArrowGeometry& arrow : picture_.scene.arrows) {
        add(arrow.x, arrow.fromY, arrow.toY);
    }
    for (const ReturnGeometry& arrow : picture_.scene.returns) {
        add(arrow.x, arrow.fromY, arrow.toY);
    }
    std::sort(crossing.begin(), crossing.end());
    double from = left;
    for (const double x : crossing) {
        if (x < from - kClear || x > from + width) {
            continue;
        }
        if (x + kClear - left > kFarthest || x + kClear + width > right) {
            return {from, x - 2};
        }
        from = x + kClear;
    }
    return {from, right};
}

void LanePainter::paintNumbersAbove(const LaneGeometry& lane)
{
    const Theme& theme = picture_.theme;
    std::vector<double> wanted;
    std::vector<int> numbers;
    for (const Caption& caption : picture_.captions) {
        const double seconds = static_cast<double>((caption.time - picture_.tree.start()).count()) * 1e-9;
        const double x = picture_.view.scale.x(seconds);
        if (caption.process == lane.process && caption.what == Caption::What::MainCodeEnded
            && caption.time <= picture_.cursor() && x >= picture_.plotLeft() && x <= picture_.plotRight()) {
            wanted.push_back(x);
            numbers.push_back(caption.number);
        }
    }
    const double radius = picture_.view.lane.twoLines() ? 9 : 7.5;
    const std::vector<double> places = spreadMarks(wanted, 2 * radius + 3, picture_.size.width() - radius);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double y = lane.bar.top() - radius - 1;
        painter_.setPen(QPen(theme.text, 1.4));
        painter_.drawLine(QPointF(wanted[i], lane.bar.top()), QPointF(places[i], y));
        paintNumberDisc(painter_, numbers[i], QPointF(places[i], y), radius, theme, true);
        discs_.append(QRectF(places[i] - radius, y - radius, 2 * radius, 2 * radius));
    }
}

} // namespace daemonscope
