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
};

QTEST_GUILESS_MAIN(TestReproducible)
#include "tst_reproducible.moc"
