// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/treecard.h"

#include "ui/model/captions.h"
#include "ui/model/processtreemodel.h"
#include "ui/theme/theme.h"
#include "ui/view/diagramitem.h"
#include "ui/view/diagrampane.h"
#include "ui/view/processtreeview.h"
#include "ui/view/segmentbutton.h"

#include <QAction>
#include <QHBoxLayout>
#include <QStackedWidget>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kTreeHeight = 186; ///< has room for the header and three rows
constexpr int kFewRows = 3;
constexpr int kMostRows = 40;
constexpr int kDiagramHeight = 372;

QString startedWhom()
{
    return QStringLiteral("who started whom");
}
} // namespace

TreeCard::TreeCard(ProcessTreeModel& model, const RecordingFeed& feed, ViewState& state, QAction& tree,
    QAction& diagram, const Theme& theme, QWidget* parent)
    : Panel(QStringLiteral("Process tree"), theme, parent)
    , model_(model)
    , tree_(new ProcessTreeView(model, state, theme))
    , diagram_(new DiagramPane(feed, state, theme))
    , pages_(new QStackedWidget)
{
    setObjectName(QStringLiteral("treePanel"));
    setSubtitle(startedWhom());
    pages_->addWidget(tree_);
    pages_->addWidget(diagram_);
    setContent(pages_);

    auto* corner = new QWidget(this);
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    const auto add = [&](QAction& action, QWidget* page, const QString& text, const QString& name) {
        auto* button = new SegmentButton(text, theme, corner);
        button->setObjectName(name);
        button->setAccessibleName(QStringLiteral("Process tree: %1").arg(text));
        button->setToolTip(action.toolTip());
        button->setChecked(action.isChecked());
        row->addWidget(button);
        connect(button, &QAbstractButton::clicked, &action, [&action, button] {
            action.trigger();
            button->setChecked(action.isChecked());
        });
        connect(&action, &QAction::toggled, this, [this, button, page](bool checked) {
            button->setChecked(checked);
            if (!checked)
                return;
            pages_->setCurrentWidget(page);
            Q_EMIT wantsHeight();
        });
        if (action.isChecked())
            pages_->setCurrentWidget(page);
    };
    add(tree, tree_, QStringLiteral("Tree"), QStringLiteral("showTree"));
    add(diagram, diagram_, QStringLiteral("Diagram"), QStringLiteral("showDiagram"));
    setCorner(corner);

    connect(tree_, &ProcessTreeView::menuRequested, this, &TreeCard::menuRequested);
    connect(&diagram_->view(), &DiagramView::menuRequested, this, &TreeCard::menuRequested);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&model, signal, this, &TreeCard::wantsHeight);
    connect(&model, &QAbstractItemModel::modelReset, this, &TreeCard::wantsHeight);
}

bool TreeCard::diagramShown() const
{
    return pages_->currentWidget() == diagram_;
}

int TreeCard::wantedHeight() const
{
    if (diagramShown())
        return kDiagramHeight;
    return kTreeHeight + std::max(0, std::min(model_.visibleCount(), kMostRows) - kFewRows) * space::kTableRow;
}

void TreeCard::takeFocus()
{
    pages_->currentWidget()->setFocus(Qt::OtherFocusReason);
}

Panel* TreeCard::picture(const RecordingFeed& feed, ViewState& state, const Theme& theme)
{
    auto* panel = new Panel(QStringLiteral("Process diagram"), theme);
    panel->setObjectName(QStringLiteral("diagramPanel"));
    panel->setSubtitle(startedWhom());
    auto* pane = new DiagramPane(feed, state, theme);
    pane->view().setPatient(true);
    panel->setContent(pane);
    const DiagramView& view = pane->view();
    connect(&view, &DiagramView::shown, panel, [panel, &view, &feed] {
        panel->setSubtitle(QStringLiteral("%1, at %2 of %3")
                               .arg(startedWhom(), secondsText(view.item().nodes().time(), feed.tree().start()),
                                   secondsText(feed.now(), feed.tree().start())));
    });
    return panel;
}

} // namespace daemonscope
