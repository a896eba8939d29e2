// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace daemonscope {

struct Theme;

/// Paints a lesson: its number, title, question and start methods.
class LessonDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit LessonDelegate(const Theme& theme, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

/// Paints a recording: its file, what it is of, and whether the file is missing.
class RecentDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit RecentDelegate(const Theme& theme, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

} // namespace daemonscope
