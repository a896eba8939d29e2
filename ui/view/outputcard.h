// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/view/outputpane.h"

#include <QWidget>

namespace daemonscope {

/// One process's output as a card: badge, name and state in the header, in the outline of its kind, and its
/// OutputPane below.
class OutputCard : public QWidget {
    Q_OBJECT
public:
    OutputCard(const RecordingFeed& feed, const OutputLog& log, ViewState& state, ProcessIndex process,
        const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] ProcessIndex process() const { return process_; }
    [[nodiscard]] OutputPane& pane() { return *pane_; }
    void refresh();
    static constexpr int kHeader = 32;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    const RecordingFeed& feed_;
    ViewState& state_;
    const ProcessIndex process_;
    const Theme& theme_;
    OutputPane* pane_;
    QString shown_; ///< what the header was last painted for
};

} // namespace daemonscope
