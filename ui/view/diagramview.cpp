// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/diagramview.h"

#include "ui/model/diagramtext.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/diagramitem.h"

#include <QGraphicsScene>
#include <QScrollBar>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr double kEdge = 6;      ///< between the diagram and the edge of the view, when all of it is shown
constexpr double kLargest = 1.8; ///< to which a small diagram is enlarged to fill the view
constexpr double kMostZoom = 4;
constexpr double kLeastShown = 24;  ///< pixels: the diagram is not made smaller than this
constexpr int kLargeInterval = 100; ///< ms between two pictures of a large diagram
} // namespace

DiagramView::DiagramView(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : QGraphicsView(parent)
    , feed_(feed)
    , state_(state)
    , item_(new DiagramItem(feed, theme))
{
    setObjectName(QStringLiteral("diagram"));
    setAccessibleName(QStringLiteral("Diagram of the processes, by who started whom"));
    auto* scene = new QGraphicsScene(this);
    scene->setItemIndexMethod(QGraphicsScene::NoIndex);
    scene->addItem(item_); // owns it
    setScene(scene);
    setFrameShape(NoFrame);
    setBackgroundBrush(theme.panel);
    setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTransformationAnchor(NoAnchor);
    setResizeAnchor(NoAnchor);
    setViewportUpdateMode(FullViewportUpdate);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    soon_.setSingleShot(true);
    connect(&soon_, &QTimer::timeout, this, &DiagramView::rebuild);

    connect(&feed, &RecordingFeed::aboutToReset, this, [this] {
        // The processes that these are about go away.
        comingNodes_.reset();
        item_->show({}, {}, {});
    });
    connect(&feed, &RecordingFeed::wasReset, this, [this] {
        unfolded_.clear();
        fitted_ = true;
        changed();
    });
    for (const auto signal : {&RecordingFeed::abandoned, &RecordingFeed::finished})
        connect(&feed, signal, this, &DiagramView::changed);
    connect(&feed, &RecordingFeed::changed, this, &DiagramView::changed);
    connect(&feed, &RecordingFeed::damaged, this, &DiagramView::changed);
    connect(&state, &ViewState::timeChanged, this, [this] {
        // After the latest event only the clock moves on.
        if (!shownAt_ || std::min(*shownAt_, state_.time()) < feed_.tree().latest() || feed_.cutShort())
            changed();
    });
    connect(&state, &ViewState::selectionChanged, this, &DiagramView::showSelection);
    connect(&state, &ViewState::filterChanged, this, [this] { item_->setFilter(state_.filter()); });
}

DiagramView::~DiagramView()
{
    if (coming_.valid())
        coming_.wait();
}

void DiagramView::setPatient(bool patient)
{
    patient_ = patient;
    if (patient_ && pending_)
        rebuild();
}

void DiagramView::changed()
{
    pending_ = true;
    if (patient_) {
        rebuild();
        return;
    }
    if (!isVisible() || soon_.isActive())
        return;
    const bool large = item_->nodes().size() > kThreaded && since_.isValid();
    soon_.start(large ? std::max<int>(0, kLargeInterval - static_cast<int>(since_.elapsed())) : 0);
}

void DiagramView::rebuild()
{
    if (coming_.valid())
        return; // what is new since then is shown after it
    pending_ = false;
    shownAt_ = state_.time();
    DiagramNodes nodes(feed_, state_.time(), unfolded_);
    std::vector<std::int32_t> parents = nodes.parents();
    if (patient_ || nodes.size() <= kThreaded) {
        take(std::move(nodes), tidyTree(parents));
        return;
    }
    comingNodes_ = std::move(nodes);
    coming_ = std::async(std::launch::async, [this, parents = std::move(parents)] {
        TidyTree tidy = tidyTree(parents);
        QMetaObject::invokeMethod(this, &DiagramView::takeComing, Qt::QueuedConnection);
        return tidy;
    });
}

void DiagramView::takeComing()
{
    TidyTree tidy = coming_.get();
    if (comingNodes_) { // else of a recording that was left meanwhile
        take(std::move(*comingNodes_), std::move(tidy));
        comingNodes_.reset();
    }
    if (pending_)
        changed();
}

void DiagramView::take(DiagramNodes nodes, TidyTree tidy)
{
    since_.start();
    std::vector<DiagramLink> links = diagramLinks(feed_.tree(), nodes);
    linked_ = !links.empty();
    if (!linked_ && nodes.steady())
        linked_ = !diagramLinks(feed_.tree(), DiagramNodes(feed_, feed_.tree().latest(), {})).empty();
    DiagramLayout layout;
    layout.shape = fitted_ || item_->nodes().size() == 0 ? bestShape(tidy, room(), linked_) : item_->layout().shape;
    if (tidy.size() > DiagramNodes::kSteady)
        layout.shape = DiagramShape::compactCards();
    layout.linkedRoots = std::any_of(links.begin(), links.end(),
        [&](const DiagramLink& link) { return nodes.at(link.from).parent < 0 && nodes.at(link.to).parent < 0; });
    layout.tidy = std::move(tidy);
    item_->show(std::move(nodes), std::move(links), std::move(layout));
    place();
    showSelection();
    describe();
    Q_EMIT shown();
}

QSizeF DiagramView::room() const
{
    return QSizeF(viewport()->size()) - QSizeF(2 * kEdge, 2 * kEdge);
}

void DiagramView::place()
{
    if (fitted_) {
        const double scale = fitScale(item_->boundingRect().size(), room(), kLargest);
        setTransform(QTransform::fromScale(scale, scale));
    }
    // Any part of the diagram can be moved to anywhere in the view.
    const double scale = transform().m11();
    const QRectF bounds = item_->boundingRect();
    const double aside = viewport()->width() / scale;
    const double above = viewport()->height() / scale;
    const QPointF center = mapToScene(viewport()->rect()).boundingRect().center();
    setSceneRect(bounds.adjusted(-aside, -above, aside, above));
    centerOn(fitted_ ? bounds.center() : center);
}

void DiagramView::fit()
{
    fitted_ = true;
    const DiagramShape shape = bestShape(item_->layout().tidy, room(), linked_);
    item_->setShape(shape);
    place();
}

void DiagramView::zoom(double factor, QPointF aroundInView)
{
    const QSizeF size = item_->boundingRect().size();
    const double least = std::min(1.0, kLeastShown / std::max({1.0, size.width(), size.height()}));
    const double now = transform().m11();
    const double then = std::clamp(now * factor, least, kMostZoom);
    const QPointF fixed = mapToScene(aroundInView.toPoint());
    fitted_ = false;
    setTransform(QTransform::fromScale(then, then));
    place();
    const QPointF off = QPointF(mapFromScene(fixed)) - aroundInView;
    scroll(off);
}

void DiagramView::scroll(QPointF by)
{
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + qRound(by.x()));
    verticalScrollBar()->setValue(verticalScrollBar()->value() + qRound(by.y()));
}

void DiagramView::unfold(int node)
{
    unfolded_.insert(item_->nodes().keyOf(node));
    changed();
}

void DiagramView::fold(int node)
{
    const ProcessIndex parent = item_->nodes().at(node).process;
    std::erase_if(unfolded_, [parent](const StackKey& key) { return key.parent == parent; });
    changed();
}

void DiagramView::showSelection()
{
    const int node = state_.selection() ? item_->nodes().nodeOf(*state_.selection()) : -1;
    item_->setSelectedNode(node);
    if (node >= 0 && !fitted_)
        ensureVisible(item_->layout().card(node), 12, 12);
}

void DiagramView::describe()
{
    setAccessibleDescription(diagramtext::summary(item_->nodes())
        + QStringLiteral(
            ". Arrow keys go to the parent, the children and the neighbours; Return unfolds a stack; plus, "
            "minus and F zoom."));
}

QRectF DiagramView::cardInView(int node) const
{
    return mapFromScene(item_->layout().card(node)).boundingRect();
}

void DiagramView::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    if (item_->nodes().size() == 0)
        return;
    if (fitted_)
        fit();
    else
        place();
}

void DiagramView::showEvent(QShowEvent* event)
{
    QGraphicsView::showEvent(event);
    if (pending_)
        rebuild();
}

} // namespace daemonscope
