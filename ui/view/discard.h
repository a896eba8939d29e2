// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace daemonscope {

/// Takes a widget out of sight and its name away now, and deletes it when the event loop comes round:
/// what is clicked in it may be the reason why it goes.
inline void discardLater(QWidget* widget)
{
    widget->hide();
    widget->setObjectName({});
    for (QWidget* child : widget->findChildren<QWidget*>())
        child->setObjectName({});
    widget->deleteLater();
}

} // namespace daemonscope
