// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/view/diagramlegend.h"
#include "ui/view/diagramview.h"

namespace daemonscope {

/// The diagram, and its legend below it.
class DiagramPane : public QWidget {
    Q_OBJECT
public:
    DiagramPane(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] DiagramView& view() { return *view_; }

private:
    DiagramView* view_;
    DiagramLegend* legend_;
};

} // namespace daemonscope
