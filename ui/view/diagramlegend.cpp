// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/diagramlegend.h"

#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/diagramitem.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace daemonscope {

namespace {

constexpr double kMarkWidth = 26;
constexpr double kBeforeWords = 7;
constexpr double kBetweenEntries = 20;

double entryWidth(DiagramLegend::Mark mark)
{
    return kMarkWidth + kBeforeWords
        + std::ceil(QFontMetricsF(typeFont(Type::Secondary)).horizontalAdvance(DiagramLegend::words(mark)));
}

void smallArrow(QPainter& painter, QPointF tip, double size, bool filled)
{
    const QPolygonF head{tip + QPointF(-size * 1.4, -size), tip, tip + QPointF(-size * 1.4, size)};
    if (filled)
        painter.drawPolygon(head);
    else
        painter.drawPolyline(head);
}

} // namespace

DiagramLegend::DiagramLegend(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
{
    setObjectName(QStringLiteral("diagramLegend"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    fitHeight();
}

QString DiagramLegend::words(Mark mark)
{
    switch (mark) {
    case Mark::NonDaemon:
        return tr("non-daemon");
    case Mark::Daemon:
        return tr("daemon");
    case Mark::Helper:
        return tr("helper");
    case Mark::Program:
        return tr("program");
    case Mark::Started:
        return tr("started");
    case Mark::Kill:
        return tr("sends the signal");
    case Mark::Waits:
        return tr("waits for a child (join)");
    case Mark::Waited:
        return tr("waited for a child (join)");
    case Mark::Stack:
        return tr("many alike: click to see each");
    case Mark::Killed:
        return tr("killed");
    }
    return {};
}

void DiagramLegend::setMarks(const std::vector<Mark>& marks)
{
    if (marks == marks_)
        return;
    marks_ = marks;
    QStringList all;
    for (const Mark mark : marks_)
        all.append(words(mark));
    setAccessibleName(tr("Legend: %1").arg(all.join(QStringLiteral(", "))));
    fitHeight();
    update();
}

std::vector<std::vector<DiagramLegend::Mark>> DiagramLegend::wrapped() const
{
    std::vector<std::vector<Mark>> lines(1);
    double used = 0;
    for (const Mark mark : marks_) {
        const double needed = entryWidth(mark) + kBetweenEntries;
        if (used + needed - kBetweenEntries > width() && !lines.back().empty()) {
            lines.emplace_back();
            used = 0;
        }
        lines.back().push_back(mark);
        used += needed;
    }
    return lines;
}

void DiagramLegend::fitHeight()
{
    setFixedHeight(static_cast<int>(wrapped().size()) * kLine);
}

void DiagramLegend::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitHeight();
}

void DiagramLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double top = 0;
    for (const std::vector<Mark>& line : wrapped()) {
        double left = 2;
        for (const Mark mark : line) {
            paintMark(painter, mark, QRectF(left, top, kMarkWidth, kLine));
            painter.setFont(typeFont(Type::Secondary));
            painter.setPen(theme_.secondaryText);
            painter.drawText(QRectF(left + kMarkWidth + kBeforeWords, top, width(), kLine),
                Qt::AlignLeft | Qt::AlignVCenter, words(mark));
            left += entryWidth(mark) + kBetweenEntries;
        }
        top += kLine;
    }
}

void DiagramLegend::paintMark(QPainter& painter, Mark mark, const QRectF& rect) const
{
    const QRectF card = QRectF(rect.left() + 1, rect.center().y() - 6.5, rect.width() - 2, 13);
    const double middle = rect.center().y();
    const auto outline = [&](const KindColors& colors, bool dashed, const QRectF& where) {
        QPen pen(colors.line, 1.8);
        if (dashed) {
            pen.setDashPattern({3, 2});
            pen.setCapStyle(Qt::FlatCap);
        }
        painter.setPen(pen);
        painter.setBrush(colors.tint);
        painter.drawRoundedRect(where, 4, 4);
    };
    switch (mark) {
    case Mark::NonDaemon:
        return outline(theme_.nonDaemon, false, card);
    case Mark::Daemon:
        return outline(theme_.daemon, true, card);
    case Mark::Helper:
    case Mark::Program:
        return outline(theme_.neutral, false, card);
    case Mark::Stack:
        for (const double behind : {4.0, 2.0, 0.0})
            outline(theme_.neutral, false, card.adjusted(0, 0, -4, -3).translated(behind, behind));
        return;
    case Mark::Started:
        painter.setPen(QPen(DiagramPainter::edgeColor(theme_), 2));
        painter.drawLine(QPointF(card.left(), middle), QPointF(card.right(), middle));
        return;
    case Mark::Kill:
        painter.setPen(QPen(theme_.kill, 3, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(card.left() + 3, middle), QPointF(card.right() - 6, middle));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.kill);
        painter.drawEllipse(QPointF(card.left() + 4, middle), 3.6, 3.6);
        smallArrow(painter, QPointF(card.right(), middle), 5.5, true);
        return;
    case Mark::Waits:
    case Mark::Waited: {
        const double width = mark == Mark::Waits ? 2.4 : 1.6;
        QPen dots(theme_.nonDaemon.line, width, Qt::SolidLine, Qt::RoundCap);
        dots.setDashPattern({0.1, 2.2});
        painter.setPen(dots);
        painter.drawLine(QPointF(card.left() + 1, middle), QPointF(card.right() - 2, middle));
        painter.setPen(QPen(theme_.nonDaemon.line, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        smallArrow(painter, QPointF(card.right() - 1, middle), 4.5, false);
        return;
    }
    case Mark::Killed:
        painter.fillRect(card.adjusted(0, 2, 0, -2), theme_.kill);
        return;
    }
}

std::vector<DiagramLegend::Mark> diagramMarks(const DiagramItem& diagram)
{
    using Entry = DiagramLegend::Mark;
    bool occurs[static_cast<int>(Entry::Killed) + 1] = {};
    const auto note = [&](Entry mark, bool does = true) { occurs[static_cast<int>(mark)] |= does; };
    bool killed = false;
    for (const DiagramNode& node : diagram.nodes().all()) {
        if (!node.born())
            continue;
        note(Entry::NonDaemon, node.kind == Kind::Main || node.kind == Kind::NonDaemon);
        note(Entry::Daemon, node.kind == Kind::Daemon);
        note(Entry::Helper, node.kind == Kind::Helper);
        note(Entry::Program, node.kind == Kind::Program);
        note(Entry::Started, node.parent >= 0);
        note(Entry::Stack, node.stack());
        killed = killed || node.mark == Mark::Killed;
    }
    for (const DiagramLink& link : diagram.links()) {
        note(Entry::Kill, link.what == DiagramLink::What::Kill);
        note(Entry::Waits, link.what == DiagramLink::What::Waits);
        note(Entry::Waited, link.what == DiagramLink::What::Waited);
    }
    note(Entry::Killed, killed && diagram.layout().shape.compact);
    std::vector<Entry> marks;
    for (int mark = 0; mark <= static_cast<int>(Entry::Killed); ++mark) {
        if (occurs[mark])
            marks.push_back(static_cast<Entry>(mark));
    }
    return marks;
}

} // namespace daemonscope
