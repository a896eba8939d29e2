// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/diagrampane.h"

#include <QVBoxLayout>

namespace daemonscope {

DiagramPane::DiagramPane(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , view_(new DiagramView(feed, state, theme))
    , legend_(new DiagramLegend(theme))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(view_, 1);
    column->addWidget(legend_);
    setFocusProxy(view_);
    connect(view_, &DiagramView::shown, this, [this] { legend_->setMarks(diagramMarks(view_->item())); });
}

} // namespace daemonscope
