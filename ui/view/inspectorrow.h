// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/inspectorcontent.h"

#include <QWidget>

class QLabel;

namespace daemonscope {

class ProcessLink;
class SelectableText;
struct Theme;

/// One fact of the inspector: a label, perhaps a link to a process, the value, and how it is known. Its accessible name
/// says all of it. Gives what it shows as much height as it needs, and breaks long values.
class InspectorRowView : public QWidget {
    Q_OBJECT
public:
    InspectorRowView(const Theme& theme, QWidget* parent);

    void setRow(const InspectorRow& row);
    [[nodiscard]] const InspectorRow& row() const { return row_; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    /// The width of the labels' column, where all rows have one.
    static constexpr int kLabelWidth = 120;
    static constexpr int kTimeWidth = 62;

Q_SIGNALS:
    void processChosen(daemonscope::ProcessIndex process);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Where everything stands in a row of this width; moves it there if `apply`. Returns the height.
    int arrange(int width, bool apply) const;

    const Theme& theme_;
    InspectorRow row_;
    QLabel* label_;
    SelectableText* value_;
    QLabel* evidence_;
    ProcessLink* link_ = nullptr;      ///< made when one is needed
    SelectableText* detail_ = nullptr; ///< likewise
};

} // namespace daemonscope
