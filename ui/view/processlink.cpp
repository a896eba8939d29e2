// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/processlink.h"

#include "ui/theme/theme.h"
#include "ui/view/processbadge.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace daemonscope {

namespace {
constexpr double kLinkBadge = 8;
constexpr double kNameLeft = 2 * kLinkBadge + 6;
constexpr int kLinkHeight = 18;
constexpr double kBeforePid = 6;

double widthOf(const QString& words, Type type)
{
    return QFontMetricsF(typeFont(type)).horizontalAdvance(words);
}
} // namespace

ProcessLink::ProcessLink(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent)
    , theme_(theme)
{
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setToolTip(QStringLiteral("Select this process"));
}

void ProcessLink::setLink(const InspectorLink& link)
{
    if (link == link_)
        return;
    link_ = link;
    setText(link.name);
    setAccessibleName(QStringLiteral("%1, PID %2").arg(link.name, link.pid));
    updateGeometry();
    update();
}

QSize ProcessLink::sizeHint() const
{
    return {static_cast<int>(std::ceil(
                kNameLeft + widthOf(link_.name, Type::BodyBold) + kBeforePid + widthOf(link_.pid, Type::Mono)))
            + 4,
        kLinkHeight};
}

int ProcessLink::ascent() const
{
    const QFontMetricsF metrics(typeFont(Type::BodyBold));
    return static_cast<int>(std::round((kLinkHeight - metrics.height()) / 2 + metrics.ascent()));
}

void ProcessLink::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintBadge(painter, badgeFor(link_.kind), QPointF(kLinkBadge + 0.5, height() / 2.0), kLinkBadge, theme_);
    const QFont font = typeFont(Type::BodyBold);
    const QFontMetricsF metrics(font);
    const double pidWidth = widthOf(link_.pid, Type::Mono);
    const QString name = metrics.elidedText(
        link_.name, Qt::ElideMiddle, std::max(20.0, width() - kNameLeft - kBeforePid - pidWidth - 2));
    painter.setFont(font);
    painter.setPen(theme_.text);
    painter.drawText(QPointF(kNameLeft, ascent()), name);
    const double right = kNameLeft + metrics.horizontalAdvance(name);
    const bool pointed = underMouse() || hasFocus();
    painter.setPen(QPen(pointed ? theme_.text : theme_.border, hasFocus() ? 2 : 1));
    painter.drawLine(QPointF(kNameLeft, ascent() + 2.5), QPointF(right, ascent() + 2.5));
    painter.setFont(typeFont(Type::Mono));
    painter.setPen(theme_.secondaryText);
    painter.drawText(QPointF(right + kBeforePid, ascent()), link_.pid);
}

} // namespace daemonscope
