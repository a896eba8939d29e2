// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/inspectorcontent.h"

#include <QWidget>

#include <vector>

namespace daemonscope {

class InspectorSectionView;
class SelectableText;
struct Theme;

/// What the inspector scrolls: who it is, in which state, the verdict, and the sections, in two columns where there is
/// room for them; those of sentences across both.
class InspectorBody : public QWidget {
    Q_OBJECT
public:
    explicit InspectorBody(const Theme& theme, QWidget* parent = nullptr);

    void setContent(const InspectorContent& content);
    [[nodiscard]] const InspectorContent& content() const { return content_; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 0}; }

Q_SIGNALS:
    void processChosen(daemonscope::ProcessIndex process);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Where everything stands at this width; moves it there if `apply`. Returns the height.
    int arrange(int width, bool apply) const;
    /// How many of `sections` go into the left one of two columns, so that the higher one is as low as can be.
    [[nodiscard]] static std::size_t leftShare(const std::vector<int>& heights);
    void paintHead(QPainter& painter) const;

    const Theme& theme_;
    InspectorContent content_;
    SelectableText* sentence_;
    std::vector<InspectorSectionView*> sections_;
};

} // namespace daemonscope
