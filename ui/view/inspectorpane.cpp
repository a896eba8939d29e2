// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/inspectorpane.h"

#include "ui/model/captions.h"
#include "ui/model/viewstate.h"
#include "ui/model/whytext.h"
#include "ui/view/inspectorbody.h"

#include <QScrollArea>
#include <QScrollBar>

namespace daemonscope {

InspectorPane::InspectorPane(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : Panel(QStringLiteral("Inspector"), theme, parent)
    , feed_(feed)
    , state_(state)
    , scroll_(new QScrollArea)
    , body_(new InspectorBody(theme))
{
    setObjectName(QStringLiteral("inspector"));
    scroll_->setObjectName(QStringLiteral("inspector.scroll"));
    scroll_->setWidget(body_);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    // setWidget() has made both fill their ground.
    body_->setAutoFillBackground(false);
    scroll_->viewport()->setAutoFillBackground(false);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setAccessibleName(QStringLiteral("All that is known of one process"));
    setContent(scroll_);
    connect(&feed, &RecordingFeed::changed, this, &InspectorPane::refresh);
    connect(&feed, &RecordingFeed::wasReset, this, &InspectorPane::refresh);
    connect(&feed, &RecordingFeed::abandoned, this, &InspectorPane::refresh);
    connect(&feed, &RecordingFeed::damaged, this, &InspectorPane::refresh);
    connect(&state, &ViewState::timeChanged, this, &InspectorPane::refresh);
    connect(&state, &ViewState::selectionChanged, this, &InspectorPane::refresh);
    connect(body_, &InspectorBody::processChosen, this, [this](ProcessIndex process) { state_.select(process); });
}

const InspectorContent& InspectorPane::content() const
{
    return body_->content();
}

void InspectorPane::showEvent(QShowEvent* event)
{
    Panel::showEvent(event);
    refresh();
}

void InspectorPane::refresh()
{
    if (!isVisible())
        return;
    const ProcessTree& tree = feed_.tree();
    const std::optional<ProcessIndex> process = subjectAt(tree, state_.selection(), state_.time());
    if (!process) {
        InspectorContent nothing;
        nothing.sentence = tree.size() == 0 ? QStringLiteral("Nothing has been recorded yet.")
                                            : QStringLiteral("Select a process to read all that is known of it.");
        body_->setContent(nothing);
        setSubtitle({});
        return;
    }
    const std::optional<ProcessIndex> before = body_->content().process;
    body_->setContent(inspectorContent(feed_, *process, state_.time()));
    setSubtitle(
        QStringLiteral("all that is known of one process, at %1").arg(secondsText(state_.time(), tree.start())));
    if (before != process)
        scroll_->verticalScrollBar()->setValue(0);
}

} // namespace daemonscope
