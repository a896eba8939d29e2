// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/badges.h"

#include <QAbstractButton>
#include <QAction>

namespace daemonscope {

struct Theme;

/// One of several small text buttons of which one is checked.
class SegmentButton : public QAbstractButton {
    Q_OBJECT
public:
    SegmentButton(const QString& text, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
};

/// A square button with a shape, for an action: follows its text, state and tool tip.
class GlyphButton : public QAbstractButton {
    Q_OBJECT
public:
    /// `primary`: filled, for the one main button of a row.
    GlyphButton(QAction& action, Glyph glyph, const Theme& theme, bool primary = false, QWidget* parent = nullptr);
    void setGlyph(Glyph glyph);
    [[nodiscard]] QSize sizeHint() const override { return {36, 36}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void followAction();

    QAction& action_;
    Glyph glyph_;
    const Theme& theme_;
    const bool primary_;
};

} // namespace daemonscope
