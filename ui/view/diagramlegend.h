// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QPainter;

namespace daemonscope {

class DiagramItem;
struct Theme;

/// Explains the outlines and lines that occur in the diagram, and no others, in as many lines as they need.
class DiagramLegend : public QWidget {
    Q_OBJECT
public:
    enum class Mark { NonDaemon, Daemon, Helper, Program, Started, Kill, Waits, Waited, Stack, Killed };

    explicit DiagramLegend(const Theme& theme, QWidget* parent = nullptr);

    void setMarks(const std::vector<Mark>& marks);
    [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }
    /// The words of an entry.
    static QString words(Mark mark);

    static constexpr int kLine = 22;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] std::vector<std::vector<Mark>> wrapped() const;
    void paintMark(QPainter& painter, Mark mark, const QRectF& rect) const;
    void fitHeight();

    const Theme& theme_;
    std::vector<Mark> marks_;
};

/// Which entries a diagram needs.
std::vector<DiagramLegend::Mark> diagramMarks(const DiagramItem& diagram);

} // namespace daemonscope
