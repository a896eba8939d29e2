// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/outputpane.h"

#include "ui/model/captions.h"
#include "ui/model/kind.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/processbadge.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

namespace daemonscope {

namespace {
constexpr double kTimeWidth = 50;
constexpr double kNameWidth = 132;
constexpr double kStreamWidth = 46;
/// What is put on the clipboard at most.
constexpr int kMaxCopiedRows = 100'000;

QString clockText(EventTime time, EventTime start)
{
    // The column's heading is the unit, so the number stands alone.
    return secondsText(time, start).chopped(2);
}
} // namespace

OutputPane::OutputPane(const RecordingFeed& feed, const OutputLog& log, const ViewState& state, ProcessIndex process,
    const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent)
    , feed_(feed)
    , log_(log)
    , state_(state)
    , process_(process)
    , theme_(theme)
{
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setAutoFillBackground(false);
    viewport()->setCursor(Qt::IBeamCursor);
    verticalScrollBar()->setSingleStep(1);
    if (process == OutputLog::kAll) {
        setObjectName(QStringLiteral("output-all"));
        setAccessibleName(QStringLiteral("Output of all processes in order of time"));
    } else {
        const Process& p = feed.tree().at(process);
        setObjectName(QStringLiteral("output-%1").arg(p.id.pid));
        setAccessibleName(QStringLiteral("Output of %1, PID %2").arg(shownText(p.name)).arg(p.id.pid));
    }
    // A line that is not complete may have grown, which no count tells.
    connect(&feed, &RecordingFeed::changed, viewport(), qOverload<>(&QWidget::update));
    refresh();
}

void OutputPane::refresh()
{
    const int rows = log_.rowCount(process_, state_.time());
    const int lines = log_.lineCount(process_, state_.time());
    if (state_.time() != shownAt_) {
        // The same number of rows may say something else at another time.
        shownAt_ = state_.time();
        viewport()->update();
    }
    if (rows != rows_ || lines != lines_) {
        rows_ = rows;
        lines_ = lines;
        if (selectedTo_ >= rows_)
            selectedFrom_ = selectedTo_ = -1;
        updateScrollBar();
        setAccessibleDescription(QStringLiteral("%1 lines").arg(lines));
        viewport()->update();
    }
}

int OutputPane::pageRows() const
{
    const int page = std::max(1, viewport()->height() / kRowHeight);
    // Where not all rows have room, the note of those above has a row of its own.
    return rows_ > page ? std::max(1, page - 1) : page;
}

int OutputPane::rowsTop() const
{
    return firstRow() > 0 && viewport()->height() >= 2 * kRowHeight ? kRowHeight : 0;
}

void OutputPane::updateScrollBar()
{
    const int page = pageRows();
    QScrollBar* bar = verticalScrollBar();
    const bool stay = atEnd_;
    bar->setPageStep(page);
    bar->setRange(0, std::max(0, rows_ - page));
    if (stay)
        bar->setValue(bar->maximum());
    atEnd_ = stay;
}

void OutputPane::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void OutputPane::scrollContentsBy(int, int)
{
    atEnd_ = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    viewport()->update();
}

int OutputPane::firstRow() const
{
    return verticalScrollBar()->value();
}

int OutputPane::rowAt(int y) const
{
    return std::clamp(firstRow() + std::max(0, y - rowsTop()) / kRowHeight, 0, std::max(0, rows_ - 1));
}

void OutputPane::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const int first = firstRow();
    const int shown = viewport()->height() / kRowHeight + 1;
    const int last = std::min(rows_, first + shown);
    for (int i = first; i < last; ++i) {
        const QRectF rect(0, rowsTop() + (i - first) * kRowHeight, viewport()->width(), kRowHeight);
        if (i >= std::min(selectedFrom_, selectedTo_) && i <= std::max(selectedFrom_, selectedTo_)
            && selectedFrom_ >= 0)
            painter.fillRect(rect, theme_.selection);
        paintRow(painter, log_.row(process_, i, state_.time()), rect);
    }
    if (rows_ == 0) {
        painter.setPen(theme_.secondaryText);
        painter.setFont(typeFont(Type::Secondary));
        painter.drawText(QRectF(8, 4, width() - 16, kRowHeight), Qt::AlignLeft, QStringLiteral("Nothing yet."));
    }
    if (rowsTop() > 0)
        paintEarlier(painter, first);
}

void OutputPane::paintEarlier(QPainter& painter, int earlier) const
{
    const QString text =
        earlier == 1 ? QStringLiteral("1 earlier line above") : QStringLiteral("%1 earlier lines above").arg(earlier);
    painter.setFont(typeFont(Type::Pill));
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 16;
    const QRectF rect(viewport()->width() - width - 4, 1, width, kRowHeight - 2);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme_.border, 1));
    painter.setBrush(theme_.panel);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
    painter.setPen(theme_.secondaryText);
    painter.drawText(rect, Qt::AlignCenter, text);
}

void OutputPane::paintRow(QPainter& painter, const OutputRow& row, const QRectF& rect) const
{
    double left = 8;
    if (row.note)
        painter.fillRect(rect.adjusted(4, 1, -4, -1), theme_.noteGround);
    painter.setFont(typeFont(Type::Mono));
    painter.setPen(theme_.secondaryText);
    painter.drawText(QRectF(left, rect.top(), kTimeWidth - 12, rect.height()), Qt::AlignRight | Qt::AlignVCenter,
        clockText(row.time, feed_.tree().start()));
    left += kTimeWidth;
    if (process_ == OutputLog::kAll) {
        QString name = QStringLiteral("not known");
        if (row.process >= 0) {
            const Process& process = feed_.tree().at(row.process);
            paintBadge(painter, badgeFor(kindAt(process, row.time)), QPointF(left + 7, rect.center().y()), 7, theme_);
            name = shownText(process.name, 40);
        }
        painter.setFont(typeFont(Type::SecondaryBold));
        painter.setPen(theme_.text);
        painter.drawText(QRectF(left + 19, rect.top(), kNameWidth - 27, rect.height()),
            Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetricsF(painter.font()).elidedText(name, Qt::ElideMiddle, kNameWidth - 27));
        left += kNameWidth;
    }
    if (row.note) {
        paintNote(painter, row, rect, left);
        return;
    }
    if (row.stream == payload::Stream::Stderr) {
        // A word and a rule: told apart without a colour, which stands for other things.
        painter.setFont(typeFont(Type::Pill));
        painter.setPen(theme_.secondaryText);
        painter.drawText(QRectF(left, rect.top(), kStreamWidth - 8, rect.height()), Qt::AlignLeft | Qt::AlignVCenter,
            QStringLiteral("stderr"));
        painter.fillRect(QRectF(left + kStreamWidth - 7, rect.top(), 3, rect.height()), theme_.text);
        left += kStreamWidth + 4;
    }
    painter.setFont(typeFont(Type::Mono));
    painter.setPen(theme_.text);
    painter.drawText(QRectF(left, rect.top(), rect.right() - left, rect.height()), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(row.text, Qt::ElideRight, rect.right() - left - 4));
}

void OutputPane::paintNote(QPainter& painter, const OutputRow& row, const QRectF& rect, double left) const
{
    const QPointF center(left + 6, rect.center().y());
    switch (row.tone) {
    case OutputNote::Tone::Kill:
        paintKillCross(painter, center, 5.5, theme_, false);
        break;
    case OutputNote::Tone::End:
        paintCheckDisc(painter, center, 5.5, theme_, false);
        break;
    case OutputNote::Tone::Fail:
        paintFailDisc(painter, center, 5.5, theme_, false);
        break;
    case OutputNote::Tone::Plain:
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.secondaryText);
        painter.drawEllipse(center, 2.5, 2.5);
        break;
    }
    painter.setFont(typeFont(row.tone == OutputNote::Tone::Plain ? Type::Secondary : Type::SecondaryBold));
    painter.setPen(row.tone == OutputNote::Tone::Kill ? theme_.kill : theme_.secondaryText);
    const QRectF rest(left + 17, rect.top(), rect.right() - left - 22, rect.height());
    painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(row.text, Qt::ElideRight, rest.width()));
}

void OutputPane::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || rows_ == 0)
        return;
    const int row = rowAt(event->position().toPoint().y());
    if (!(event->modifiers() & Qt::ShiftModifier) || selectedFrom_ < 0)
        selectedFrom_ = row;
    selectedTo_ = row;
    viewport()->update();
}

void OutputPane::mouseMoveEvent(QMouseEvent* event)
{
    if (!(event->buttons() & Qt::LeftButton) || selectedFrom_ < 0)
        return;
    selectedTo_ = rowAt(std::max(0, event->position().toPoint().y()));
    viewport()->update();
}

void OutputPane::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(selectedText());
        return;
    }
    switch (event->key()) {
    case Qt::Key_Home:
        bar->setValue(0);
        break;
    case Qt::Key_End:
        bar->setValue(bar->maximum());
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

QString OutputPane::selectedText() const
{
    int from = 0;
    int to = rows_ - 1;
    if (selectedFrom_ >= 0) {
        from = std::min(selectedFrom_, selectedTo_);
        to = std::max(selectedFrom_, selectedTo_);
    }
    to = std::min(to, from + kMaxCopiedRows);
    QString text;
    for (int i = from; i <= to; ++i) {
        const OutputRow row = log_.row(process_, i, state_.time());
        if (!row.note)
            text += row.text + QLatin1Char('\n');
    }
    return text;
}

} // namespace daemonscope
