// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/scrubber.h"

#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <limits>

namespace daemonscope {

namespace {
constexpr double kHandle = 8;

int milliseconds(std::chrono::nanoseconds time)
{
    const auto ms = time.count() / 1'000'000;
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, std::numeric_limits<int>::max()));
}
} // namespace

Scrubber::Scrubber(ViewState& state, const Theme& theme, QWidget* parent)
    : QAbstractSlider(parent)
    , state_(state)
    , theme_(theme)
{
    setObjectName(QStringLiteral("timeScrubber"));
    setAccessibleName(QStringLiteral("Time cursor, in milliseconds since the start"));
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSingleStep(100);
    setPageStep(1000);
    setCursor(Qt::PointingHandCursor);
}

void Scrubber::setSpan(std::chrono::nanoseconds start, std::chrono::nanoseconds latest)
{
    start_ = start;
    latest_ = std::max(start, latest);
    showing_ = true;
    setRange(0, milliseconds(latest_ - start_));
    setValue(milliseconds(state_.time() - start_));
    showing_ = false;
    update();
}

void Scrubber::sliderChange(SliderChange change)
{
    QAbstractSlider::sliderChange(change);
    if (change == SliderValueChange && !showing_)
        state_.setTime(std::min(latest_, start_ + std::chrono::milliseconds(value())));
    update();
}

void Scrubber::seekTo(double x)
{
    const double share = std::clamp((x - kHandle) / std::max(1.0, width() - 2 * kHandle), 0.0, 1.0);
    const auto length = static_cast<double>((latest_ - start_).count());
    state_.setTime(start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(share * length)));
}

void Scrubber::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        seekTo(event->position().x());
}

void Scrubber::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        seekTo(event->position().x());
}

void Scrubber::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = height() / 2.0;
    const double span = width() - 2 * kHandle;
    const auto length = static_cast<double>((latest_ - start_).count());
    const double share =
        length > 0 ? std::clamp(static_cast<double>((state_.time() - start_).count()) / length, 0.0, 1.0) : 0.0;
    const double x = kHandle + share * span;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.border);
    painter.drawRoundedRect(QRectF(kHandle, middle - 2.5, span, 5), 2.5, 2.5);
    painter.setBrush(theme_.secondaryText);
    painter.drawRoundedRect(QRectF(kHandle, middle - 2.5, x - kHandle, 5), 2.5, 2.5);
    painter.setPen(QPen(hasFocus() ? theme_.text : theme_.panel, 2));
    painter.setBrush(theme_.text);
    painter.drawEllipse(QPointF(x, middle), kHandle - 1, kHandle - 1);
}

} // namespace daemonscope
