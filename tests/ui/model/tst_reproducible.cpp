// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/textreport.h"
#include "ui/model/reproducible.h"
#include "ui/support/story.h"

#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {
/// The story as another run might have gone: other pids, later by a few milliseconds.
std::string reportOf(std::int32_t pidOffset, std::chrono::nanoseconds jitter)
{
    Reproducible transform;
    ProcessTree tree;
    for (const StoryEvent& entry : daemonStory()) {
        Event event = entry.event;
        if (tree.size() > 0)
            event.time += jitter;
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
        // All within one tenth of a second, after the recording's start.
        Reproducible transform;
        Event event = daemonStory().front().event;
        transform(event);
        EventTime before = event.time;
        const EventTime start = event.time;
        for (const int ms : {160, 170, 201, 239}) {
            event.time = start + std::chrono::milliseconds(ms);
            transform(event);
            QVERIFY(event.time > before);
            QCOMPARE((event.time - start) / std::chrono::milliseconds(1), std::int64_t(200));
            before = event.time;
        }
    }
};

QTEST_GUILESS_MAIN(TestReproducible)
#include "tst_reproducible.moc"
