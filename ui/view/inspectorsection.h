// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/inspectorcontent.h"

#include <QWidget>

#include <vector>

namespace daemonscope {

class InspectorRowView;
struct Theme;

/// A group of facts of the inspector under its title. Rows are kept and filled anew when the content changes, so that
/// what is selected in an unchanged one stays selected.
class InspectorSectionView : public QWidget {
    Q_OBJECT
public:
    InspectorSectionView(const Theme& theme, QWidget* parent);

    void setSection(const InspectorSection& section);
    [[nodiscard]] bool wide() const { return section_.wide; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }

Q_SIGNALS:
    void processChosen(daemonscope::ProcessIndex process);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void placeRows();

    const Theme& theme_;
    InspectorSection section_;
    std::vector<InspectorRowView*> rows_;
};

} // namespace daemonscope
