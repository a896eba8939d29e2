// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/inspectorbody.h"

#include "ui/theme/theme.h"
#include "ui/view/discard.h"
#include "ui/view/inspectorsection.h"
#include "ui/view/marks.h"
#include "ui/view/processbadge.h"
#include "ui/view/selectabletext.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <numeric>

namespace daemonscope {

namespace {
constexpr int kLeftInset = 2; // in line with the panel's title
constexpr int kRightInset = 6;
constexpr int kNameHeight = 44;
constexpr int kBelowName = 8;
constexpr int kBetweenSections = 16;
constexpr int kBetweenHalves = 36;
constexpr int kLeastForTwo = 780;
} // namespace

InspectorBody::InspectorBody(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
    , sentence_(new SelectableText(typeFont(Type::BodyBold), theme.text, this))
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    sentence_->setObjectName(QStringLiteral("inspector.sentence"));
}

void InspectorBody::setContent(const InspectorContent& content)
{
    if (content == content_)
        return;
    content_ = content;
    setAccessibleName(content.process ? QStringLiteral("%1, %2, %3").arg(content.name, content.kindText, content.state)
                                      : content.sentence);
    sentence_->setText(content.sentence);
    sentence_->setVisible(!content.sentence.isEmpty());
    while (sections_.size() > content.sections.size()) {
        discardLater(sections_.back());
        sections_.pop_back();
    }
    while (sections_.size() < content.sections.size()) {
        auto* section = new InspectorSectionView(theme_, this);
        connect(section, &InspectorSectionView::processChosen, this, &InspectorBody::processChosen);
        section->show();
        sections_.push_back(section);
    }
    for (std::size_t i = 0; i < sections_.size(); ++i)
        sections_[i]->setSection(content.sections[i]);
    arrange(width(), true);
    updateGeometry();
    update();
}

std::size_t InspectorBody::leftShare(const std::vector<int>& heights)
{
    const int all = std::accumulate(heights.begin(), heights.end(), 0);
    std::size_t best = heights.size();
    int lowest = all;
    int left = 0;
    for (std::size_t i = 0; i < heights.size(); ++i) {
        left += heights[i];
        const int higher = std::max(left, all - left);
        if (higher < lowest) {
            lowest = higher;
            best = i + 1;
        }
    }
    return best;
}

int InspectorBody::arrange(int width, bool apply) const
{
    const int right = width - kRightInset;
    width = right - kLeftInset;
    int y = content_.process ? kNameHeight : 0;
    if (!content_.sentence.isEmpty()) {
        y += kBelowName;
        const int sentence = sentence_->heightForWidth(width);
        if (apply)
            sentence_->setGeometry(kLeftInset, y, width, sentence);
        y += sentence;
    }
    const bool two = width >= kLeastForTwo;
    const int half = two ? (width - kBetweenHalves) / 2 : width;
    std::vector<InspectorSectionView*> narrow;
    std::vector<int> heights;
    for (InspectorSectionView* section : sections_) {
        if (section->wide())
            continue;
        narrow.push_back(section);
        heights.push_back(section->heightForWidth(half) + kBetweenSections);
    }
    const std::size_t left = two ? leftShare(heights) : narrow.size();
    int column = y;
    int lowest = y;
    for (std::size_t i = 0; i < narrow.size(); ++i) {
        if (i == left)
            column = y;
        column += kBetweenSections;
        if (apply)
            narrow[i]->setGeometry(i < left ? kLeftInset : right - half, column, half, heights[i] - kBetweenSections);
        column += heights[i] - kBetweenSections;
        lowest = std::max(lowest, column);
    }
    for (InspectorSectionView* section : sections_) {
        if (!section->wide())
            continue;
        const int height = section->heightForWidth(width);
        if (apply)
            section->setGeometry(kLeftInset, lowest + kBetweenSections, width, height);
        lowest += kBetweenSections + height;
    }
    return lowest;
}

int InspectorBody::heightForWidth(int width) const
{
    return arrange(width, false);
}

QSize InspectorBody::sizeHint() const
{
    constexpr int kUsual = 800;
    return {kUsual, heightForWidth(kUsual)};
}

void InspectorBody::resizeEvent(QResizeEvent*)
{
    arrange(width(), true);
}

void InspectorBody::paintHead(QPainter& painter) const
{
    constexpr double kTextLeft = 2 * space::kCardBadge + 14;
    constexpr double kFirstLine = 13;
    constexpr double kSecondLine = 34;
    painter.translate(kLeftInset, 0);
    const Badge badge = badgeFor(content_.kind);
    paintBadge(painter, badge, QPointF(space::kCardBadge + 1, kNameHeight / 2.0), space::kCardBadge, theme_);
    const double pill = pillSize(content_.kindText).width();
    const QFont font = typeFont(Type::CardName);
    const QFontMetricsF metrics(font);
    const QString name =
        metrics.elidedText(content_.name, Qt::ElideRight, std::max(60.0, width() - kLeftInset - kTextLeft - pill - 14));
    painter.setFont(font);
    painter.setPen(theme_.text);
    painter.drawText(
        QRectF(kTextLeft, kFirstLine - 12, width() - kTextLeft, 24), Qt::AlignLeft | Qt::AlignVCenter, name);
    paintKindPill(painter, QPointF(kTextLeft + metrics.horizontalAdvance(name) + 12, kFirstLine), badge,
        content_.kindText, theme_);
    paintMark(painter, content_.mark, content_.kind, QPointF(kTextLeft + 7, kSecondLine), 7, theme_);
    painter.setFont(typeFont(Type::Body));
    painter.setPen(markTextColor(content_.mark, theme_));
    const double stateLeft = content_.mark == Mark::NotBorn ? kTextLeft : kTextLeft + 21;
    painter.drawText(
        QRectF(stateLeft, kSecondLine - 12, width() - stateLeft, 24), Qt::AlignLeft | Qt::AlignVCenter, content_.state);
}

void InspectorBody::paintEvent(QPaintEvent*)
{
    if (!content_.process)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintHead(painter);
}

} // namespace daemonscope
