// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/timelinecaptions.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
constexpr double kCaptionLine = 30;
constexpr double kCaptionDisc = 9.5;
constexpr double kCaptionGap = 9;      ///< between the parts of one caption
constexpr double kCaptionBetween = 28; ///< between two captions
constexpr double kCaptionMargin = 14;
constexpr double kLaterOpacity = 0.35;
} // namespace

TimelineCaptions::TimelineCaptions(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
{
    setObjectName(QStringLiteral("timelineCaptions"));
    setCursor(Qt::PointingHandCursor);
}

QString TimelineCaptions::timeText(const Caption& caption) const
{
    return secondsText(caption.time, start_);
}

void TimelineCaptions::setCaptions(const std::vector<Caption>& captions, EventTime start)
{
    captions_ = captions;
    start_ = start;
    QStringList all;
    for (const Caption& caption : captions_) {
        all.append(QStringLiteral("%1, %2: %3").arg(QString::number(caption.number), timeText(caption), caption.text));
    }
    setAccessibleName(all.join(QStringLiteral("; ")));
    update();
}

void TimelineCaptions::setCursorTime(EventTime time)
{
    const bool crossed = std::any_of(captions_.begin(), captions_.end(),
        [&](const Caption& caption) { return (caption.time <= cursor_) != (caption.time <= time); });
    cursor_ = time;
    if (crossed) {
        update();
    }
}

std::vector<QRectF> TimelineCaptions::places(int width) const
{
    const QFontMetricsF mono(daemonscope::font(Type::Mono));
    const QFontMetricsF bold(daemonscope::font(Type::BodyBold));
    std::vector<QRectF> all;
    double x = kCaptionMargin;
    double y = 0;
    const double most = std::max(80.0, width - 2 * kCaptionMargin);
    for (const Caption& caption : captions_) {
        const double needed = std::min(most,
            2 * kCaptionDisc + 2 * kCaptionGap + mono.horizontalAdvance(timeText(caption))
                + bold.horizontalAdvance(caption.text) + 2);
        if (x > kCaptionMargin && x + needed > width - kCaptionMargin) {
            x = kCaptionMargin;
            y += kCaptionLine;
        }
        all.emplace_back(x, y, needed, kCaptionLine);
        x += needed + kCaptionBetween;
    }
    return all;
}

int TimelineCaptions::heightFor(int width) const
{
    const std::vector<QRectF> all = places(width);
    return all.empty() ? 0 : static_cast<int>(std::ceil(all.back().bottom()));
}

int TimelineCaptions::lineHeight() const
{
    return static_cast<int>(kCaptionLine);
}

void TimelineCaptions::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const std::vector<QRectF> all = places(width());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Caption& caption = captions_[i];
        painter.setOpacity(caption.time <= cursor_ ? 1.0 : kLaterOpacity);
        const double middle = all[i].center().y();
        double x = all[i].left();
        paintNumberDisc(painter, caption.number, QPointF(x + kCaptionDisc, middle), kCaptionDisc, theme_, false);
        x += 2 * kCaptionDisc + kCaptionGap;
        painter.setFont(daemonscope::font(Type::Mono));
        painter.setPen(theme_.secondaryText);
        const QString time = timeText(caption);
        const double timeWidth = QFontMetricsF(painter.font()).horizontalAdvance(time);
        painter.drawText(QRectF(x, all[i].top(), timeWidth + 1, kCaptionLine), Qt::AlignVCenter, time);
        x += timeWidth + kCaptionGap;
        painter.setFont(daemonscope::font(Type::BodyBold));
        painter.setPen(theme_.text);
        const double room = all[i].right() - x + 1;
        const QString text = QFontMetricsF(painter.font()).elidedText(caption.text, Qt::ElideRight, room);
        painter.drawText(QRectF(x, all[i].top(), room, kCaptionLine), Qt::AlignVCenter, text);
    }
}

void TimelineCaptions::mouseReleaseEvent(QMouseEvent* event)
{
    const std::vector<QRectF> all = places(width());
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (event->button() == Qt::LeftButton && all[i].contains(event->position())) {
            Q_EMIT chosen(captions_[i]);
            return;
        }
    }
}

} // namespace daemonscope
