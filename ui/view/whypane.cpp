// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/whypane.h"

#include "lifecycle/terms.h"
#include "ui/model/captions.h"
#include "ui/model/recordingfeed.h"
#include "ui/model/usagetext.h"
#include "ui/model/viewstate.h"
#include "ui/model/whytext.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr std::size_t kMaxFacts = 40;

QLabel* plainLabel(const QString& text, const QFont& labelFont, const QColor& color)
{
    auto* label = new QLabel(text);
    // The words come from the observed program in part: never as rich text.
    label->setTextFormat(Qt::PlainText);
    label->setFont(labelFont);
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
    return label;
}
} // namespace

WhyPane::WhyPane(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent)
    : Panel(QStringLiteral("Why"), theme, parent)
    , feed_(feed)
    , state_(state)
    , theme_(theme)
    , scroll_(new QScrollArea)
    , sentence_(plainLabel({}, typeFont(Type::BodyBold), theme.text))
    , usage_(plainLabel({}, typeFont(Type::Secondary), theme.secondaryText))
    , facts_(new QGridLayout)
{
    setObjectName(QStringLiteral("why"));
    sentence_->setObjectName(QStringLiteral("why.verdict"));
    sentence_->setWordWrap(true);
    sentence_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(2, 2, 2, 2);
    column->setSpacing(8);
    column->addWidget(sentence_);
    usage_->setObjectName(QStringLiteral("why.usage"));
    usage_->setWordWrap(true);
    column->addWidget(usage_);
    column->addLayout(facts_);
    column->addStretch(1);
    facts_->setHorizontalSpacing(12);
    facts_->setVerticalSpacing(4);
    facts_->setColumnStretch(1, 1);
    scroll_->setWidget(inner);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    // setWidget() has made both fill their ground.
    inner->setAutoFillBackground(false);
    scroll_->viewport()->setAutoFillBackground(false);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setAccessibleName(QStringLiteral("Why the process ended, fact by fact"));
    setContent(scroll_);
    connect(&feed, &RecordingFeed::changed, this, &WhyPane::refresh);
    connect(&feed, &RecordingFeed::wasReset, this, &WhyPane::refresh);
    connect(&feed, &RecordingFeed::abandoned, this, &WhyPane::refresh);
    connect(&feed, &RecordingFeed::damaged, this, &WhyPane::refresh);
    connect(&state, &ViewState::timeChanged, this, [this] {
        // After the latest event nothing that is told here depends on the time.
        if (std::min(shownAt_, state_.time()) < feed_.tree().latest() || feed_.cutShort())
            refresh();
    });
    connect(&state, &ViewState::selectionChanged, this, &WhyPane::refresh);
    refresh();
}

WhyPane::Content WhyPane::contentAt(ProcessIndex index) const
{
    const ProcessTree& tree = feed_.tree();
    const Process& process = tree.at(index);
    const EventTime t = state_.time();
    Content content;
    content.name = QString::fromStdString(terms::nameAndKind(process));
    content.sentence = whyText(feed_, index, t);
    if (process.born > t)
        return content;
    content.usage = usageText(tree, process, t);
    for (const Clause& clause : factsAt(tree, index, t, kMaxFacts)) {
        content.facts.push_back({secondsText(clause.time, tree.start()), QString::fromStdString(clause.text),
            evidenceText(clause.evidence, terms::runtimeAbout(tree, process))});
    }
    return content;
}

void WhyPane::refresh()
{
    shownAt_ = state_.time();
    const std::optional<ProcessIndex> process = subjectAt(feed_.tree(), state_.selection(), state_.time());
    if (process) {
        show(contentAt(*process));
        return;
    }
    Content nothing;
    nothing.sentence = feed_.tree().size() == 0 ? QStringLiteral("Nothing has been recorded yet.")
                                                : QStringLiteral("Select a process to read why it ended.");
    show(std::move(nothing));
}

void WhyPane::show(Content content)
{
    if (content == content_)
        return;
    content_ = std::move(content);
    setSubtitle(content_.name);
    sentence_->setText(content_.sentence);
    usage_->setText(content_.usage);
    usage_->setVisible(!content_.usage.isEmpty());
    while (QLayoutItem* item = facts_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const Fact& fact : content_.facts) {
        auto* text = plainLabel(fact.text, typeFont(Type::Secondary), theme_.text);
        text->setWordWrap(true);
        facts_->addWidget(plainLabel(fact.time, typeFont(Type::Mono), theme_.secondaryText), row, 0, Qt::AlignTop);
        facts_->addWidget(text, row, 1);
        facts_->addWidget(
            plainLabel(fact.evidence, typeFont(Type::Secondary), theme_.secondaryText), row, 2, Qt::AlignTop);
        ++row;
    }
    scroll_->setAccessibleDescription(content_.sentence);
}

} // namespace daemonscope
