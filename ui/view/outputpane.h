// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/outputlog.h"

#include <QAbstractScrollArea>

namespace daemonscope {

class ViewState;
struct Theme;

/// The output of one process, or of all in order of time, with daemonscope's notes set apart from it. Paints only the
/// rows that are visible and reads only their bytes, so its length does not matter. Stays at the end unless the
/// person scrolled up. Lines can be selected with the mouse and copied; notes are never part of the copy.
class OutputPane : public QAbstractScrollArea {
    Q_OBJECT
public:
    OutputPane(const RecordingFeed& feed, const OutputLog& log, const ViewState& state, ProcessIndex process,
        const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] ProcessIndex process() const { return process_; }
    /// Looks again at what there is; cheap when nothing changed.
    void refresh();
    /// The first row that is painted, and how many rows there are now.
    [[nodiscard]] int firstRow() const;
    [[nodiscard]] int rowCount() const { return rows_; }
    /// The output lines of the selected rows, each with a newline; of all rows if none is selected.
    [[nodiscard]] QString selectedText() const;
    static constexpr int kRowHeight = 18;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void updateScrollBar();
    /// How many rows there is room for; and where the first of them is painted, in pixels.
    [[nodiscard]] int pageRows() const;
    [[nodiscard]] int rowsTop() const;
    void paintRow(QPainter& painter, const OutputRow& row, const QRectF& rect) const;
    void paintNote(QPainter& painter, const OutputRow& row, const QRectF& rect, double left) const;
    void paintEarlier(QPainter& painter, int earlier) const;
    [[nodiscard]] int rowAt(int y) const;

    const RecordingFeed& feed_;
    const OutputLog& log_;
    const ViewState& state_;
    const ProcessIndex process_;
    const Theme& theme_;
    int rows_ = 0;
    int lines_ = 0;
    EventTime shownAt_{}; ///< the time of the last refresh()
    bool atEnd_ = true;
    int selectedFrom_ = -1;
    int selectedTo_ = -1;
};

} // namespace daemonscope
