// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/headerbar.h"

#include "ui/model/captions.h"
#include "ui/model/recordingfeed.h"
#include "ui/model/summary.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/scrubber.h"
#include "ui/view/segmentbutton.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kClockWidth = 216;
}

HeaderBar::HeaderBar(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , feed_(feed)
    , state_(state)
    , theme_(theme)
    , row_(new QHBoxLayout(this))
    , clock_(new QWidget)
    , scrubber_(new Scrubber(state, theme))
{
    setObjectName(QStringLiteral("header"));
    setFixedHeight(52);
    row_->setContentsMargins(4, 0, 0, 0);
    row_->setSpacing(6);
    row_->addStretch(1);
    clock_->setFixedWidth(kClockWidth);
    clock_->setObjectName(QStringLiteral("clock"));
    row_->addWidget(clock_);
    row_->addWidget(scrubber_);
    row_->addSpacing(8);
    connect(&feed, &RecordingFeed::changed, this, &HeaderBar::refresh);
    connect(&feed, &RecordingFeed::wasReset, this, &HeaderBar::refresh);
    connect(&feed, &RecordingFeed::timePassed, this, &HeaderBar::refreshTime);
    connect(&feed, &RecordingFeed::finished, this, &HeaderBar::refresh);
    connect(&feed, &RecordingFeed::abandoned, this, &HeaderBar::refresh);
    connect(&feed, &RecordingFeed::damaged, this, &HeaderBar::refresh);
    connect(&state, &ViewState::timeChanged, this, &HeaderBar::refreshTime);
    refresh();
}

GlyphButton* HeaderBar::addButton(QAction& action, Glyph glyph, bool primary)
{
    auto* button = new GlyphButton(action, glyph, theme_, primary, this);
    row_->addWidget(button);
    return button;
}

void HeaderBar::addGap()
{
    row_->addSpacing(8);
}

QString HeaderBar::clockText() const
{
    const EventTime start = feed_.tree().start();
    const QString at = secondsText(state_.time(), start);
    if (state_.following() && feed_.growing())
        return QStringLiteral("live, %1").arg(at);
    return QStringLiteral("at %1 of %2").arg(at.chopped(2), secondsText(feed_.now(), start));
}

void HeaderBar::refresh()
{
    const ProcessTree& tree = feed_.tree();
    title_ = tree.program() ? programText(tree) : QStringLiteral("daemonscope");
    subtitle_ = summaryText(tree, state_.time(), feed_.cutShort());
    summarizedAt_ = state_.time();
    setAccessibleName(title_);
    setAccessibleDescription(subtitle_);
    update();
    showTime();
}

void HeaderBar::refreshTime()
{
    // After the latest event only the clock moves on; the summary costs a look at every process.
    if (std::min(summarizedAt_, state_.time()) < feed_.tree().latest() || feed_.cutShort())
        refresh();
    else
        showTime();
}

void HeaderBar::showTime()
{
    scrubber_->setSpan(feed_.tree().start(), feed_.now());
    clock_->setAccessibleName(clockText());
    update(clock_->geometry());
}

void HeaderBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRectF words(4, 0, clock_->geometry().left() - 16, height());
    painter.setPen(theme_.text);
    painter.setFont(typeFont(Type::Title));
    painter.drawText(words.adjusted(0, 0, 0, -24), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(title_, Qt::ElideMiddle, words.width()));
    painter.setPen(theme_.secondaryText);
    painter.setFont(typeFont(Type::Body));
    painter.drawText(words.adjusted(0, 28, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(subtitle_, Qt::ElideRight, words.width()));
    paintClock(painter, QRectF(clock_->geometry()));
}

void HeaderBar::paintClock(QPainter& painter, const QRectF& rect) const
{
    // The moment shown is large; the words around it are small: "at 3.00 of 5.02 s".
    const EventTime start = feed_.tree().start();
    const bool live = state_.following() && feed_.growing();
    const QString before = live ? QStringLiteral("live") : QStringLiteral("at");
    const QString number = secondsText(state_.time(), start).chopped(2);
    const QString after = live ? QStringLiteral("s") : QStringLiteral("of %1").arg(secondsText(feed_.now(), start));
    const QFont small = typeFont(Type::Body);
    const QFont large = typeFont(Type::Clock);
    const double smallWidth = QFontMetricsF(small).horizontalAdvance(after);
    const double largeWidth = QFontMetricsF(large).horizontalAdvance(number);
    const double baseline = rect.center().y() + 9;
    double x = rect.right() - 10 - smallWidth;
    painter.setFont(small);
    painter.setPen(theme_.secondaryText);
    painter.drawText(QPointF(x, baseline), after);
    x -= largeWidth + 8;
    painter.setFont(large);
    painter.setPen(theme_.text);
    painter.drawText(QPointF(x, baseline), number);
    painter.setFont(live ? typeFont(Type::BodyBold) : small);
    painter.setPen(live ? theme_.text : theme_.secondaryText);
    x -= QFontMetricsF(painter.font()).horizontalAdvance(before) + 8;
    painter.drawText(QPointF(x, baseline), before);
    if (live) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.text);
        painter.drawEllipse(QPointF(x - 10, baseline - 5), 4, 4);
    }
}

} // namespace daemonscope
