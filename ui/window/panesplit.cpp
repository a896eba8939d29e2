// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/panesplit.h"

#include "ui/theme/theme.h"
#include "ui/view/timelineview.h"
#include "ui/view/treecard.h"

#include <algorithm>

namespace daemonscope {

namespace {
// In pixels, in a window of the usual size.
constexpr int kTreeHeight = 186;
constexpr int kLowestBelow = 132;
constexpr int kTopHeight = 410;
constexpr int kTimelineHeight = 450;
} // namespace

PaneSplit::PaneSplit(TreeCard& tree, QWidget& below, QWidget& aside, TimelineView& timeline, QWidget* parent)
    : QSplitter(Qt::Vertical, parent)
    , tree_(tree)
    , timeline_(timeline)
    , left_(new QSplitter(Qt::Vertical))
{
    auto* top = new QSplitter(Qt::Horizontal);
    const auto share = [](QSplitter& split, QWidget& first, QWidget& second, const QList<int>& sizes) {
        split.setHandleWidth(space::kGap);
        split.setChildrenCollapsible(false);
        split.addWidget(&first);
        split.addWidget(&second);
        split.setSizes(sizes);
    };
    share(*left_, tree, below, {kTreeHeight, 212});
    share(*top, *left_, aside, {890, 498});
    share(*this, *top, timeline, {kTopHeight, kTimelineHeight});
    setStretchFactor(0, 1);
    for (const QSplitter* split : {left_, static_cast<QSplitter*>(this)})
        connect(split, &QSplitter::splitterMoved, this, [this] { sizesChosen_ = true; });
    connect(&tree, &TreeCard::wantsHeight, this, &PaneSplit::balance);
}

void PaneSplit::balance()
{
    const int wanted = tree_.wantedHeight();
    if (sizesChosen_ || wanted == balanced_ || height() < 2 * timeline_.minimumSizeHint().height())
        return;
    balanced_ = wanted;
    const int missing = std::max(0, wanted - kTreeHeight);
    const int whole = height() - space::kGap;
    // The timeline gives only what it has no lanes for.
    const int lanes = std::min(kTimelineHeight, timeline_.sizeHint().height());
    const int top =
        std::min(std::max(kTopHeight, whole - kTimelineHeight) + missing, std::max(kTopHeight, whole - lanes));
    const int tree = std::min(kTreeHeight + missing, top - space::kGap - kLowestBelow);
    setSizes({top, whole - top});
    left_->setSizes({tree, top - space::kGap - tree});
}

void PaneSplit::rebalance()
{
    balanced_ = -1;
    balance();
}

} // namespace daemonscope
