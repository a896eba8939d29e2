// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/textreport.h"
#include "ui/model/reproducible.h"
#include "ui/support/story.h"

#include <QTest>

#include <map>
#include <vector>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {
/// The story as another run might have gone: other pids, later by a few milliseconds.
std::string reportOf(std::int32_t pidOffset, std::chrono::nanoseconds jitter)
{
    std::vector<Event> events;
    std::vector<EventTime> times;
    for (const StoryEvent& entry : daemonStory()) {
        events.push_back(entry.event);
        if (times.size() > 1)
            events.back().time += jitter;
        times.push_back(events.back().time);
    }
    Reproducible transform(times);
    ProcessTree tree;
    for (Event& event : events) {
        const auto shift = [&](ProcessId& id) { id.pid += pidOffset; };
        shift(event.process);
        std::visit(
            [&](auto& fact) {
                if constexpr (requires { fact.object; })
                    shift(fact.object.creator);
                if constexpr (requires { fact.child; })
                    if (fact.child)
                        shift(*fact.child);
                if constexpr (requires { fact.senderPid; })
                    fact.senderPid += pidOffset;
                if constexpr (requires { fact.childPid; })
                    fact.childPid += pidOffset;
            },
            event.payload);
        transform(event);
        tree.apply(event);
    }
    TextReportOptions options;
    options.chains = false;
    return textReport(tree, options);
}
} // namespace

class TestReproducible : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void twoRunsLookAlike()
    {
        const std::string first = reportOf(0, std::chrono::milliseconds(0));
        QCOMPARE(QString::fromStdString(reportOf(731, std::chrono::milliseconds(8))), QString::fromStdString(first));
        QVERIFY(first.find("1002") != std::string::npos);
        QVERIFY(first.find("4244") == std::string::npos);
    }

    void sharedTimesKeepTheirOrder()
    {
        // All but the first within one tenth of a second; in a file they stand as the witnesses told them.
        const std::vector<int> milliseconds{0, 201, 160, 239, 170};
        const EventTime start = daemonStory().front().event.time;
        std::vector<EventTime> times;
        for (const int ms : milliseconds)
            times.push_back(start + std::chrono::milliseconds(ms));
        Reproducible transform(times);
        std::map<int, EventTime> shown;
        for (std::size_t i = 0; i < times.size(); ++i) {
            Event event = daemonStory().front().event;
            event.time = times[i];
            transform(event);
            shown[milliseconds[i]] = event.time;
        }
        QCOMPARE(shown[0], start);
        EventTime before = start;
        for (const int ms : {160, 170, 201, 239}) {
            QVERIFY(shown[ms] > before);
            QCOMPARE((shown[ms] - start) / std::chrono::milliseconds(1), std::int64_t(200));
            before = shown[ms];
        }
    }
};

QTEST_GUILESS_MAIN(TestReproducible)
#include "tst_reproducible.moc"
