// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/view/panel.h"

class QScrollArea;

namespace daemonscope {

class InspectorBody;
class RecordingFeed;
class ViewState;
struct InspectorContent;

/// All that is known of one process at the time cursor: the selected one, or the one whose end most needs an
/// explanation. Its links select other processes. Looks at nothing while it is hidden.
class InspectorPane : public Panel {
    Q_OBJECT
public:
    InspectorPane(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent = nullptr);

    /// What is shown now.
    [[nodiscard]] const InspectorContent& content() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    const RecordingFeed& feed_;
    ViewState& state_;
    QScrollArea* scroll_;
    InspectorBody* body_;
};

} // namespace daemonscope
