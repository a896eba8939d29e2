// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

namespace daemonscope {

struct Theme;

/// A panel of the window: a rounded frame with a title and a subtitle, and room for one content below its header.
class Panel : public QWidget {
    Q_OBJECT
public:
    Panel(const QString& title, const Theme& theme, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setSubtitle(const QString& subtitle);
    /// Puts `content` below the header; it becomes the panel's child.
    void setContent(QWidget* content);
    /// Puts a small widget to the right end of the header, in place of the one before; null: none.
    void setCorner(QWidget* corner);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    const Theme& theme_;
    QString title_;
    QString subtitle_;
    QWidget* corner_ = nullptr;
};

} // namespace daemonscope
