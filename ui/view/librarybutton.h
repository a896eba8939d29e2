// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/badges.h"

#include <QAbstractButton>

#include <optional>

namespace daemonscope {

struct Theme;

/// A button with words and maybe a shape before them. "&" before a letter makes Alt and the letter its key.
class LibraryButton : public QAbstractButton {
    Q_OBJECT
public:
    /// `primary`: filled, for the one main button of a page.
    LibraryButton(const QString& text, const Theme& theme, bool primary = false, QWidget* parent = nullptr);
    void setGlyph(Glyph glyph);
    /// As low as the small buttons of a panel's head.
    void setCompact();
    /// Gives it the words of `action`, which it triggers; it is hidden while the action is disabled.
    void follow(QAction& action);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QString words() const;

    const Theme& theme_;
    const bool primary_;
    bool compact_ = false;
    std::optional<Glyph> glyph_;
};

} // namespace daemonscope
