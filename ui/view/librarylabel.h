// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QLabel>

namespace daemonscope {

/// A label of the library in a step of the type scale. Always plain text: nothing that it shows is taken for markup.
/// Long text is broken into lines if `wraps`.
inline QLabel* libraryLabel(const QString& text, Type type, const QColor& color, bool wraps = false)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(typeFont(type));
    label->setWordWrap(wraps);
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
    return label;
}

} // namespace daemonscope
