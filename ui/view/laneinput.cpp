// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the person does to the lanes with mouse and keyboard.
#include "ui/model/timelinetext.h"
#include "ui/view/laneaccessible.h"
#include "ui/view/laneoverlay.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
constexpr double kZoomStep = 1.25;   ///< a notch of the wheel
constexpr double kPanShare = 0.1;    ///< of the plot, for a key
constexpr double kScrolledLanes = 3; ///< for a notch of the wheel
constexpr double kNotch = 120;       ///< QWheelEvent: eighths of a degree of one notch
} // namespace

void LaneOverlay::seekTo(double x)
{
    const TimelineViewport view = viewport();
    const double inPlot = std::clamp(x, plotLeft_, plotLeft_ + plotWidth_);
    const EventTime wanted = feed_.tree().start() + EventTime(std::llround(view.scale.seconds(inPlot) * 1e9));
    if (wanted >= feed_.now()) {
        state_.follow();
        return;
    }
    state_.setTime(std::max(wanted, feed_.tree().start()));
}

void LaneOverlay::panBy(double pixels)
{
    const TimelineViewport view = viewport();
    const double ratio = view.scale.devicePixelRatio;
    const double whole = std::round(pixels * ratio) / ratio;
    setRange(pannedRange(view.scale.range, whole * view.scale.secondsPerPixel(), limits()));
}

void LaneOverlay::zoomBy(double factor, double x)
{
    const TimelineViewport view = viewport();
    const double anchor = view.scale.seconds(std::clamp(x, plotLeft_, plotLeft_ + plotWidth_));
    setRange(zoomedRange(view.scale.range, anchor, factor, limits()));
}

void LaneOverlay::stepLaneHeight(int steps, double y)
{
    const std::vector<double> heights = laneHeights(devicePixelRatioF());
    const double now = laneHeight();
    const auto here = std::min_element(
        heights.begin(), heights.end(), [now](double a, double b) { return std::abs(a - now) < std::abs(b - now); });
    const auto at = here - heights.begin() - steps;
    const double wanted = heights[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, std::ssize(heights) - 1))];
    // Not thinner than what shows all lanes at once.
    const double smallest =
        std::min(now, fittingLaneHeight(1000 + lanes_.size(), available_ - kStrip, devicePixelRatioF()));
    const double lane = (y - kStrip + scroll_) / now;
    setLaneHeight(std::max(wanted, smallest));
    setScroll(lane * laneHeight() - (y - kStrip));
}

void LaneOverlay::revealLane(int lane)
{
    const double top = lane * laneHeight();
    const double seen = height() - kStrip;
    if (top < scroll_) {
        setScroll(top);
    } else if (top + laneHeight() > scroll_ + seen) {
        setScroll(top + laneHeight() - seen);
    }
}

void LaneOverlay::selectLane(int lane)
{
    if (lanes_.size() == 0) {
        return;
    }
    const int wanted = std::clamp(lane, 0, lanes_.size() - 1);
    state_.select(lanes_.at(wanted).process);
    revealLane(wanted);
    announceFocus(wanted);
}

void LaneOverlay::announceFocus(int lane)
{
    if (!QAccessible::isActive() || !hasFocus()) {
        return;
    }
    QAccessibleEvent focus(this, QAccessible::Focus);
    focus.setChild(lane);
    QAccessible::updateAccessibility(&focus);
}

void LaneOverlay::mousePressEvent(QMouseEvent* event)
{
    const QPointF at = event->position();
    if (event->button() == Qt::MiddleButton) {
        drag_ = Drag::Pan;
        dragFrom_ = at;
        return;
    }
    if (event->button() != Qt::LeftButton) {
        QWidget::mousePressEvent(event);
        return;
    }
    const TimelineHit hit = hitTest(lanes_, viewport(), at);
    if (hit.process >= 0) {
        state_.select(hit.process);
        announceFocus(hit.lane);
    }
    if (at.x() >= plotLeft_) {
        drag_ = Drag::Seek;
        seekTo(at.x());
    }
}

void LaneOverlay::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF at = event->position();
    switch (drag_) {
    case Drag::Seek:
        seekTo(at.x());
        return;
    case Drag::Pan:
        panBy(dragFrom_.x() - at.x());
        setScroll(scroll_ + dragFrom_.y() - at.y());
        dragFrom_ = at;
        return;
    case Drag::None:
        break;
    }
    const TimelineViewport view = viewport();
    const double cursorX = view.scale.x(static_cast<double>(view.cursorNs) * 1e-9);
    const bool onCursor = std::abs(at.x() - cursorX) <= 4 && at.x() >= plotLeft_;
    setCursor(onCursor ? Qt::SizeHorCursor : Qt::ArrowCursor);
}

void LaneOverlay::mouseReleaseEvent(QMouseEvent*)
{
    drag_ = Drag::None;
}

void LaneOverlay::mouseDoubleClickEvent(QMouseEvent* event)
{
    const TimelineHit hit = hitTest(lanes_, viewport(), event->position());
    if (event->button() == Qt::LeftButton && hit.process >= 0) {
        Q_EMIT outputRequested(hit.process);
    }
}

void LaneOverlay::wheelEvent(QWheelEvent* event)
{
    const QPoint angle = event->angleDelta();
    const double notches = (angle.y() != 0 ? angle.y() : angle.x()) / kNotch;
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    const QPointF at = event->position();
    if (control && shift) {
        stepLaneHeight(notches > 0 ? 1 : -1, at.y());
    } else if (shift || (angle.y() == 0 && angle.x() != 0)) {
        panBy(-notches * plotWidth_ * kPanShare);
    } else if (control || greatestScroll() <= 0) {
        zoomBy(std::pow(kZoomStep, -notches), at.x());
    } else {
        setScroll(scroll_ - notches * std::max(laneHeight() * kScrolledLanes, 24.0));
    }
    event->accept();
}

void LaneOverlay::keyPressEvent(QKeyEvent* event)
{
    const TimelineViewport view = viewport();
    const int selected = state_.selection() ? lanes_.laneOf(*state_.selection()) : -1;
    const double middle = view.scale.x(static_cast<double>(view.cursorNs) * 1e-9);
    const double page = height() - kStrip;
    switch (event->key()) {
    case Qt::Key_Up:
        selectLane(selected < 0 ? 0 : selected - 1);
        return;
    case Qt::Key_Down:
        selectLane(selected + 1);
        return;
    case Qt::Key_Home:
        selectLane(0);
        return;
    case Qt::Key_End:
        selectLane(lanes_.size() - 1);
        return;
    case Qt::Key_PageUp:
        setScroll(scroll_ - page);
        return;
    case Qt::Key_PageDown:
        setScroll(scroll_ + page);
        return;
    case Qt::Key_Left:
    case Qt::Key_A:
        panBy(-plotWidth_ * kPanShare);
        return;
    case Qt::Key_Right:
    case Qt::Key_D:
        panBy(plotWidth_ * kPanShare);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_W:
        zoomBy(1 / kZoomStep, middle);
        return;
    case Qt::Key_Minus:
    case Qt::Key_S:
        zoomBy(kZoomStep, middle);
        return;
    case Qt::Key_BracketRight:
        stepLaneHeight(1, kStrip + page / 2);
        return;
    case Qt::Key_BracketLeft:
        stepLaneHeight(-1, kStrip + page / 2);
        return;
    case Qt::Key_F:
        fit();
        return;
    case Qt::Key_Escape:
        if (state_.zoom()) {
            state_.setZoom(std::nullopt);
            return;
        }
        break;
    case Qt::Key_L:
        state_.follow();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (selected >= 0) {
            Q_EMIT outputRequested(*state_.selection());
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

bool LaneOverlay::showToolTip(QPoint position, QPoint global)
{
    const TimelineHit hit = hitTest(lanes_, viewport(), position);
    const QString text = timelinetext::toolTip(feed_.tree(), lanes_, hit, state_.time());
    if (text.isEmpty()) {
        QToolTip::hideText();
        return false;
    }
    // Names are the program's: as markup they would be obeyed.
    const QString shown =
        QStringLiteral("<qt>%1</qt>").arg(text.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
    QToolTip::showText(global, shown, this);
    return true;
}

bool LaneOverlay::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (!showToolTip(help->pos(), help->globalPos())) {
            event->ignore();
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace daemonscope
