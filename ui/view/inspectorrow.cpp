// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/inspectorrow.h"

#include "ui/theme/theme.h"
#include "ui/view/processlink.h"
#include "ui/view/selectabletext.h"

#include <QFontMetrics>
#include <QLabel>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kBetweenColumns = 12;
constexpr int kBetweenLines = 2;
constexpr int kBesideLink = 8;
constexpr int kEvidenceWidth = 138;
/// In a narrower row, how a fact is known has no place beside the value: it stands under it in lists, and is told by
/// the tool tip elsewhere.
constexpr int kLeastForEvidence = 456;

QLabel* rowLabel(QWidget* parent, const QColor& color)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
    return label;
}

int ascentOf(const QFont& font)
{
    return QFontMetrics(font).ascent();
}

/// Moves it so that its first line's baseline is at `baseline`.
void place(QWidget* widget, int x, int baseline, int ascent, int width, int height)
{
    widget->setGeometry(x, baseline - ascent, width, height);
}
} // namespace

InspectorRowView::InspectorRowView(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
    , label_(rowLabel(this, theme.secondaryText))
    , value_(new SelectableText(typeFont(Type::Body), theme.text, this))
    , evidence_(rowLabel(this, theme.secondaryText))
{
    evidence_->setFont(typeFont(Type::Secondary));
}

void InspectorRowView::setRow(const InspectorRow& row)
{
    if (row == row_)
        return;
    row_ = row;
    label_->setText(row.label);
    label_->setFont(typeFont(row.timed ? Type::Mono : Type::Secondary));
    value_->setText(row.value);
    value_->setTextFont(typeFont(row.mono ? Type::Mono : Type::Body));
    value_->setColor(row.faint ? theme_.secondaryText : theme_.text);
    value_->setVisible(!row.value.isEmpty());
    evidence_->setText(row.evidence);
    if (row.link && !link_) {
        link_ = new ProcessLink(theme_, this);
        connect(link_, &QAbstractButton::clicked, this, [this] { Q_EMIT processChosen(link_->link().process); });
    }
    if (link_) {
        link_->setVisible(row.link.has_value());
        if (row.link)
            link_->setLink(*row.link);
    }
    if (!row.detail.isEmpty() && !detail_)
        detail_ = new SelectableText(typeFont(Type::Secondary), theme_.secondaryText, this);
    if (detail_) {
        detail_->setVisible(!row.detail.isEmpty());
        detail_->setText(row.detail);
    }
    QStringList words;
    if (row.link)
        words << link_->accessibleName();
    for (const QString& part : {row.value, row.detail, row.evidence}) {
        if (!part.isEmpty())
            words << part;
    }
    // Controlled words, never the program's: nothing in it is taken for markup.
    setToolTip(row.evidence);
    setAccessibleName(row.label.isEmpty() ? words.join(QStringLiteral(", "))
                                          : row.label + QStringLiteral(": ") + words.join(QStringLiteral(", ")));
    arrange(width(), true);
}

int InspectorRowView::arrange(int width, bool apply) const
{
    const int left = row_.timed ? kTimeWidth : kLabelWidth;
    const bool beside = !row_.evidence.isEmpty() && width >= kLeastForEvidence;
    const bool below = !row_.evidence.isEmpty() && !beside && row_.timed;
    if (apply)
        evidence_->setVisible(beside || below);
    const int right = beside ? width - kEvidenceWidth - kBetweenColumns : width;
    const int column = std::max(40, right - left);
    const int valueAscent = value_->ascent();
    int baseline = std::max({valueAscent, ascentOf(label_->font()), row_.link ? link_->ascent() : 0});
    if (apply)
        place(label_, 0, baseline, ascentOf(label_->font()), left - 8, label_->heightForWidth(left - 8));
    int bottom = baseline - ascentOf(label_->font()) + label_->heightForWidth(left - 8);
    if (beside) {
        const int height = evidence_->heightForWidth(kEvidenceWidth);
        const int ascent = ascentOf(evidence_->font());
        if (apply)
            place(evidence_, width - kEvidenceWidth, baseline, ascent, kEvidenceWidth, height);
        bottom = std::max(bottom, baseline - ascent + height);
    }
    int x = left;
    int textBottom = 0;
    if (row_.link) {
        const QSize size = link_->sizeHint();
        const int shown = std::min(size.width(), column);
        if (apply)
            place(link_, left, baseline, link_->ascent(), shown, size.height());
        textBottom = baseline - link_->ascent() + size.height();
        if (left + shown + kBesideLink + value_->naturalWidth() <= left + column)
            x = left + shown + kBesideLink;
        else if (!row_.value.isEmpty())
            baseline = textBottom + kBetweenLines + valueAscent;
    }
    if (!row_.value.isEmpty()) {
        const int room = left + column - x;
        const int height = value_->heightForWidth(room);
        if (apply)
            place(value_, x, baseline, valueAscent, room, height);
        textBottom = std::max(textBottom, baseline - valueAscent + height);
    }
    if (!row_.detail.isEmpty()) {
        const int height = detail_->heightForWidth(column);
        if (apply)
            detail_->setGeometry(left, textBottom + kBetweenLines, column, height);
        textBottom += kBetweenLines + height;
    }
    if (below) {
        const int height = evidence_->heightForWidth(column);
        if (apply)
            evidence_->setGeometry(left, textBottom, column, height);
        textBottom += height;
    }
    return std::max(bottom, textBottom);
}

int InspectorRowView::heightForWidth(int width) const
{
    return arrange(width, false);
}

void InspectorRowView::resizeEvent(QResizeEvent*)
{
    arrange(width(), true);
}

} // namespace daemonscope
