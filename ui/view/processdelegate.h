// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace daemonscope {

struct Theme;

/// Paints the cells of the process tree: badge and name, pill of the kind, mark and words of the state, numbers in
/// the fixed font. Reads roles, never display text, to know what to paint.
class ProcessDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit ProcessDelegate(const Theme& theme, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintName(QPainter& painter, const QRectF& cell, const QModelIndex& index) const;
    void paintState(QPainter& painter, const QRectF& cell, const QModelIndex& index) const;

    const Theme& theme_;
};

} // namespace daemonscope
