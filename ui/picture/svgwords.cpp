// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture/svgwords.h"

#include <QPainterPath>

#include <cmath>

namespace daemonscope::svg {

QString number(double value)
{
    constexpr double kThousandths = 1000;
    const double rounded = std::round(value * kThousandths) / kThousandths;
    return QString::number(rounded == 0 ? 0 : rounded, 'g', 10);
}

QString pair(double x, double y)
{
    return number(x) + QLatin1Char(' ') + number(y);
}

QString text(QString given)
{
    for (qsizetype i = 0; i < given.size(); ++i) {
        const QChar c = given.at(i);
        const bool pairs = c.isHighSurrogate() && i + 1 < given.size() && given.at(i + 1).isLowSurrogate();
        const bool valid = (c.unicode() >= 0x20 && !c.isSurrogate() && c.unicode() < 0xFFFE) || c == QLatin1Char('\t');
        if (pairs)
            ++i;
        else if (!valid)
            given[i] = QChar::ReplacementCharacter;
    }
    return given;
}

QString pathData(const QPainterPath& path)
{
    QString data;
    QPointF start;
    for (int i = 0; i < path.elementCount(); ++i) {
        const QPainterPath::Element element = path.elementAt(i);
        switch (element.type) {
        case QPainterPath::MoveToElement:
            start = element;
            data += QLatin1Char('M') + pair(element.x, element.y);
            break;
        case QPainterPath::LineToElement: {
            const bool last = i + 1 == path.elementCount() || path.elementAt(i + 1).isMoveTo();
            if (last && QPointF(element) == start && i > 0 && !path.elementAt(i - 1).isMoveTo())
                data += QLatin1Char('Z');
            else
                data += QLatin1Char('L') + pair(element.x, element.y);
            break;
        }
        case QPainterPath::CurveToElement: {
            // Its two other points follow as data.
            const QPainterPath::Element second = path.elementAt(i + 1);
            const QPainterPath::Element end = path.elementAt(i + 2);
            i += 2;
            data += QLatin1Char('C') + pair(element.x, element.y) + QLatin1Char(' ') + pair(second.x, second.y)
                + QLatin1Char(' ') + pair(end.x, end.y);
            if (QPointF(end) == start)
                data += QLatin1Char('Z');
            break;
        }
        case QPainterPath::CurveToDataElement:
            break;
        }
    }
    return data;
}

} // namespace daemonscope::svg
