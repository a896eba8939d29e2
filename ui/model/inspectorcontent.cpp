// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/inspectorcontent.h"

#include "lifecycle/terms.h"
#include "lifecycle/visibletext.h"
#include "ui/model/captions.h"
#include "ui/model/inspectorparts.h"
#include "ui/model/shownstate.h"
#include "ui/model/whytext.h"

#include <algorithm>
#include <limits>

namespace daemonscope {
namespace inspector {

QString text(const std::string& words)
{
    return QString::fromStdString(words);
}

QString Subject::at(EventTime time) const
{
    return secondsText(time, tree.start());
}

InspectorLink Subject::link(ProcessIndex other) const
{
    const ProcessIndex shown = tree.at(other).foldedInto.value_or(other);
    const Process& found = tree.at(shown);
    return {shown, text(terms::name(found)), QString::number(found.id.pid), kindAt(found, t)};
}

QString Subject::evidence(Evidence known) const
{
    return evidenceText(known, terms::runtimeAbout(tree, process));
}

QString Subject::python() const
{
    return QLatin1String(terms::actor(terms::runtimeAbout(tree, process)));
}

std::vector<InspectorRow> findings(const Subject& subject)
{
    Rows rows;
    for (const Finding& finding : findingsAbout(subject.tree, subject.process.index)) {
        if (finding.known > subject.t || !rows.room())
            continue;
        InspectorRow& row = rows.timed(subject.at(finding.time), text(visibleText(finding.text, 1000)));
        row.evidence = QLatin1String(word(finding.severity));
        row.detail = text(visibleText(finding.advice, 1000));
    }
    return rows.take();
}

std::vector<InspectorRow> facts(const Subject& subject)
{
    Rows rows;
    for (const Clause& clause :
        factsAt(subject.tree, subject.process.index, subject.t, std::numeric_limits<std::size_t>::max())) {
        rows.timed(subject.at(clause.time), text(visibleText(clause.text, 1000)), subject.evidence(clause.evidence))
            .faint = clause.evidence == Evidence::Unknown;
    }
    return rows.take();
}

} // namespace inspector

InspectorContent inspectorContent(const RecordingFeed& feed, ProcessIndex index, EventTime t)
{
    const ProcessTree& tree = feed.tree();
    const Process& process = tree.at(index);
    InspectorContent content;
    content.process = index;
    content.name = QString::fromStdString(terms::name(process));
    content.kind = kindAt(process, t);
    content.kindText = QString::fromStdString(kindText(process, t));
    content.state = shownState(feed, index, t);
    content.mark = shownMark(feed, process, t);
    if (process.born > t || verdictKnown(tree, process, t))
        content.sentence = whyText(feed, index, t);
    if (process.born > t)
        return content;
    const inspector::Subject subject{feed, tree, process, t};
    const auto add = [&](const char* key, const QString& title, std::vector<InspectorRow> rows, bool wide = false) {
        if (rows.empty())
            return;
        content.sections.push_back({QLatin1String(key), title, std::move(rows), wide});
    };
    add("identity", QStringLiteral("Identity"), inspector::identity(subject));
    add("daemon", QStringLiteral("Daemon flag"), inspector::daemonFlag(subject));
    add("parents", QStringLiteral("Parents"), inspector::parents(subject));
    add("life", QStringLiteral("Life"), inspector::life(subject));
    add("end", QStringLiteral("End"), inspector::end(subject));
    add("use", QStringLiteral("Use"), inspector::use(subject));
    add("output", QStringLiteral("Output"), inspector::output(subject));
    add("threads", QStringLiteral("Threads"), inspector::threads(subject));
    add("children", QStringLiteral("Children"), inspector::children(subject));
    add("findings", QStringLiteral("Findings"), inspector::findings(subject), true);
    add("facts", QStringLiteral("Fact by fact"), inspector::facts(subject), true);
    return content;
}

} // namespace daemonscope
