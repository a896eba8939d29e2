// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/outputpanel.h"

#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/outputcard.h"
#include "ui/view/segmentbutton.h"

#include <QButtonGroup>
#include <QCoreApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kMinCardHeight = OutputCard::kHeader + 7 + 4 * OutputPane::kRowHeight + 4;
}

OutputPanel::OutputPanel(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : Panel(QStringLiteral("Output"), theme, parent)
    , feed_(feed)
    , state_(state)
    , theme_(theme)
    , log_(feed)
    , pages_(new QStackedWidget)
    , scroll_(new QScrollArea)
    , all_(new OutputPane(feed, log_, state, OutputLog::kAll, theme))
    , switch_(new QButtonGroup(this))
{
    setObjectName(QStringLiteral("output"));
    auto* inner = new QWidget;
    column_ = new QVBoxLayout(inner);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(10);
    scroll_->setWidget(inner);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setAccessibleName(QStringLiteral("Output, one pane per process"));
    for (QWidget* widget : {inner, scroll_->viewport()})
        widget->setAutoFillBackground(false);
    pages_->addWidget(scroll_);
    pages_->addWidget(all_);
    setContent(pages_);
    buildSwitch();

    connect(&feed, &RecordingFeed::aboutToReset, this, &OutputPanel::clearCards);
    connect(&feed, &RecordingFeed::changed, this, &OutputPanel::refresh);
    connect(&feed, &RecordingFeed::wasReset, this, &OutputPanel::refresh);
    connect(&feed, &RecordingFeed::abandoned, this, &OutputPanel::refresh);
    connect(&feed, &RecordingFeed::damaged, this, &OutputPanel::refresh);
    connect(&state, &ViewState::timeChanged, this, [this] {
        // After the latest event nothing new was printed and no state is another one.
        if (std::min(shownAt_, state_.time()) < feed_.tree().latest() || feed_.cutShort())
            refresh();
    });
    connect(&state, &ViewState::selectionChanged, this, [this] {
        refresh();
        if (state_.selection())
            reveal(*state_.selection());
    });
    refresh();
}

void OutputPanel::buildSwitch()
{
    auto* corner = new QWidget(this);
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    const auto add = [&](const QString& text, const QString& name, int page) {
        auto* button = new SegmentButton(text, theme_, corner);
        button->setObjectName(name);
        button->setAccessibleName(QStringLiteral("Output: %1").arg(text));
        switch_->addButton(button, page);
        row->addWidget(button);
    };
    add(QStringLiteral("Per process"), QStringLiteral("output.perProcess"), 0);
    add(QStringLiteral("All in order"), QStringLiteral("output.allInOrder"), 1);
    switch_->button(0)->setChecked(true);
    connect(switch_, &QButtonGroup::idClicked, this, [this](int page) { showAllInOrder(page == 1); });
    setCorner(corner);
}

bool OutputPanel::allInOrder() const
{
    return pages_->currentIndex() == 1;
}

void OutputPanel::showAllInOrder(bool all)
{
    switch_->button(all ? 1 : 0)->setChecked(true);
    pages_->setCurrentIndex(all ? 1 : 0);
    refresh();
    if (state_.selection())
        reveal(*state_.selection());
}

OutputCard* OutputPanel::card(ProcessIndex process) const
{
    const auto found = std::find_if(cards_.begin(), cards_.end(), [&](auto* c) { return c->process() == process; });
    return found == cards_.end() ? nullptr : *found;
}

void OutputPanel::reveal(ProcessIndex process)
{
    OutputCard* found = card(process);
    if (!found || allInOrder())
        return;
    // A card that was made a moment ago has no place yet: the layout would give it one only later.
    column_->activate();
    QEvent layOut(QEvent::LayoutRequest);
    QCoreApplication::sendEvent(scroll_, &layOut);
    scroll_->ensureWidgetVisible(found, 0, 0);
}

void OutputPanel::clearCards()
{
    for (OutputCard* card : cards_)
        delete card;
    cards_.clear();
}

void OutputPanel::addCard(ProcessIndex process)
{
    auto* card = new OutputCard(feed_, log_, state_, process, theme_);
    card->setMinimumHeight(kMinCardHeight);
    const auto place = std::find_if(cards_.begin(), cards_.end(), [&](auto* c) { return c->process() > process; });
    column_->insertWidget(static_cast<int>(place - cards_.begin()), card, 1);
    cards_.insert(place, card);
    card->show(); // now, not in a later turn of the event loop: until then the layout has no place for it
}

void OutputPanel::updateCards()
{
    std::vector<ProcessIndex> wanted;
    int born = 0;
    for (const Process& process : feed_.tree().processes()) {
        // A launcher's process may have had a card before it became known as one.
        if (process.foldedInto || process.born > state_.time())
            continue;
        ++born;
        if (wanted.size() < kMaxCards || state_.selection() == process.index)
            wanted.push_back(process.index);
    }
    std::erase_if(cards_, [&](OutputCard* card) {
        const bool stays = std::binary_search(wanted.begin(), wanted.end(), card->process());
        if (!stays)
            delete card;
        return !stays;
    });
    for (const ProcessIndex process : wanted) {
        if (!card(process))
            addCard(process);
    }
    setSubtitle(static_cast<std::size_t>(born) > cards_.size()
            ? QStringLiteral("%1 of %2 processes; select one to see its output").arg(cards_.size()).arg(born)
            : QStringLiteral("stdout and stderr of each process"));
}

void OutputPanel::refresh()
{
    shownAt_ = state_.time();
    if (allInOrder()) {
        setSubtitle(QStringLiteral("stdout and stderr of all"));
        all_->refresh();
        return;
    }
    updateCards();
    for (OutputCard* card : cards_)
        card->refresh();
}

} // namespace daemonscope
