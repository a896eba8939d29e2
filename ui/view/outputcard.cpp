// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/outputcard.h"

#include "ui/model/captions.h"
#include "ui/model/kind.h"
#include "ui/model/shownstate.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/marks.h"
#include "ui/view/processbadge.h"

#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace daemonscope {

OutputCard::OutputCard(const RecordingFeed& feed, const OutputLog& log, ViewState& state, ProcessIndex process,
    const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , feed_(feed)
    , state_(state)
    , process_(process)
    , theme_(theme)
    , pane_(new OutputPane(feed, log, state, process, theme))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, kHeader + 3, 4, 4);
    layout->addWidget(pane_);
}

void OutputCard::refresh()
{
    pane_->refresh();
    const Process& process = feed_.tree().at(process_);
    const QString name = shownText(process.name);
    QString shown = QStringLiteral("%1\n%2\n%3")
                        .arg(name, QString::number(static_cast<int>(kindAt(process, state_.time()))),
                            shownState(feed_, process_, state_.time()));
    if (state_.selection() == process_)
        shown += QLatin1Char('*');
    // Time passes sixty times a second, but seldom changes what the header says.
    if (shown == shown_)
        return;
    shown_ = shown;
    pane_->setAccessibleName(QStringLiteral("Output of %1, PID %2").arg(name).arg(process.id.pid));
    update();
}

void OutputCard::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        state_.select(process_);
}

void OutputCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Process& process = feed_.tree().at(process_);
    const EventTime t = state_.time();
    const Kind kind = kindAt(process, t);
    const KindColors& colors = kindColors(badgeFor(kind), theme_);
    const bool selected = state_.selection() == process_;
    const double edge = selected ? 2.4 : 1.4;
    const QRectF frame = QRectF(rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2);
    const double radius = space::kPaneRadius;

    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.panel);
    painter.drawRoundedRect(frame, radius, radius);
    QPainterPath head;
    head.moveTo(frame.left(), kHeader);
    head.lineTo(frame.left(), frame.top() + radius);
    head.arcTo(frame.left(), frame.top(), 2 * radius, 2 * radius, 180, -90);
    head.arcTo(frame.right() - 2 * radius, frame.top(), 2 * radius, 2 * radius, 90, -90);
    head.lineTo(frame.right(), kHeader);
    head.closeSubpath();
    painter.setBrush(colors.tint);
    painter.drawPath(head);
    QPen pen(colors.line, edge);
    if (kind == Kind::Daemon)
        pen.setDashPattern({4 / edge * 1.6, 2.6 / edge * 1.6});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(frame, radius, radius);

    paintBadge(painter, badgeFor(kind), QPointF(20, kHeader / 2.0 + 0.5), space::kRowBadge, theme_);
    const Mark mark = shownMark(feed_, process, t);
    const QString state = shownState(feed_, process_, t);
    painter.setFont(typeFont(Type::SecondaryBold));
    const double stateWidth = std::min(QFontMetricsF(painter.font()).horizontalAdvance(state) + 4, width() * 0.45);
    const QRectF stateRect(width() - 12 - stateWidth, 1, stateWidth, kHeader);
    painter.setPen(markTextColor(mark, theme_));
    painter.drawText(stateRect, Qt::AlignRight | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(state, Qt::ElideRight, stateWidth));
    paintMark(painter, mark, kind, QPointF(stateRect.left() - 10, kHeader / 2.0 + 0.5), 6.5, theme_);
    painter.setFont(typeFont(Type::BodyBold));
    painter.setPen(theme_.text);
    const QRectF name(38, 1, stateRect.left() - 38 - 26, kHeader);
    painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(shownText(process.name), Qt::ElideRight, name.width()));
}

} // namespace daemonscope
