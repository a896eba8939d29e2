// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/panelswitch.h"

#include "ui/view/panel.h"
#include "ui/view/segmentbutton.h"

#include <QHBoxLayout>

namespace daemonscope {

PanelSwitch::PanelSwitch(const QString& name, const Page& first, const Page& second, const Theme& theme)
{
    setObjectName(name);
    for (const Page& page : {first, second}) {
        addWidget(page.panel);
        page.panel->setCorner(makeSwitch(page.panel->objectName(), {first.words, second.words}, theme));
    }
    showSecond(false);
}

QWidget* PanelSwitch::makeSwitch(const QString& panel, const QStringList& words, const Theme& theme)
{
    auto* corner = new QWidget;
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int i = 0; i < words.size(); ++i) {
        auto* button = new SegmentButton(words[i], theme, corner);
        button->setObjectName(panel + QStringLiteral(".show.") + words[i].toLower());
        button->setAccessibleName(QStringLiteral("Show %1").arg(words[i]));
        connect(button, &QAbstractButton::clicked, this, [this, i] { showSecond(i == 1); });
        row->addWidget(button);
        buttons_ << button;
    }
    return corner;
}

void PanelSwitch::showSecond(bool second)
{
    const bool before = secondShown();
    setCurrentIndex(second ? 1 : 0);
    for (int i = 0; i < buttons_.size(); ++i)
        buttons_[i]->setChecked((i % 2 == 1) == second);
    if (before != second)
        Q_EMIT switched(second);
}

void PanelSwitch::release(daemonscope::Panel& panel, QWidget* window)
{
    const bool last = &panel == widget(1);
    panel.setCorner(nullptr);
    buttons_ = last ? buttons_.first(2) : buttons_.last(2);
    panel.setParent(window, Qt::Window);
}

} // namespace daemonscope
