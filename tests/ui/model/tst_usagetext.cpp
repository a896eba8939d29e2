// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/processtreemodel.h"
#include "ui/model/reproducible.h"
#include "ui/model/usagetext.h"
#include "ui/support/story.h"

#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kMiB = 1 << 20;
const ProcessId kProcess{4242, 0};

std::vector<StoryEvent> story(std::int64_t sampleNs)
{
    payload::RecordingStarted started;
    started.argv = {"burn"};
    started.kernelWitness = true;
    started.sampleNs = sampleNs;
    payload::Exited exited;
    exited.cpuNs = 901 * kMs;
    exited.maxRssBytes = 33 * kMiB;
    exited.usageAtEnd = true;
    std::vector<StoryEvent> events{
        {{at(0), kProcess, Witness::Recorder, started}, {}}, {{at(0), kProcess, Witness::Kernel, payload::Born{}}, {}}};
    if (sampleNs > 0) {
        events.push_back(
            {{at(1), kProcess, Witness::Kernel, payload::ResourceSampled{100 * kMs, 640 << 10, 1, 0}}, {}});
        events.push_back(
            {{at(2), kProcess, Witness::Kernel, payload::ResourceSampled{1600 * kMs, 30 * kMiB, 3, 1000 * kMs}}, {}});
    }
    events.push_back({{at(5), kProcess, Witness::Kernel, exited}, {}});
    return events;
}

} // namespace

class TestUsageText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lines_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<bool>("sampled");
        QTest::addColumn<QString>("line");
        const auto row = [](const char* name, double seconds, bool sampled, const char* line) {
            QTest::newRow(name) << seconds << sampled << QString::fromUtf8(line);
        };
        row("before its birth", -1, true, "");
        row("before the first look", 0.5, true, "CPU and memory: not sampled until now.");
        row("after one", 1, true, "CPU 100 ms, memory 640 KiB, 1 thread, as of 1.00 s.");
        row("after two", 3, true, "CPU 1.60 s (150 %), memory 30.0 MiB, 3 threads, as of 2.00 s.");
        row("after its end", 6, true, "Used 901 ms of CPU time, and 33.0 MiB of memory at most.");
        row("never looked at", 3, false, "CPU and memory: not sampled.");
        row("never looked at, after its end", 6, false, "Used 901 ms of CPU time, and 33.0 MiB of memory at most.");
    }
    void lines()
    {
        QFETCH(double, seconds);
        QFETCH(bool, sampled);
        QFETCH(QString, line);
        ProcessTree tree;
        for (const StoryEvent& entry : story(sampled ? 1000 * kMs : 0))
            tree.apply(entry.event);
        QCOMPARE(usageText(tree, tree.at(0), at(seconds)), line);
    }

    void tooLittleToCount()
    {
        ProcessTree tree;
        for (StoryEvent entry : story(0)) {
            if (auto* exited = std::get_if<payload::Exited>(&entry.event.payload))
                exited->maxRssBytes = 0;
            tree.apply(entry.event);
        }
        QCOMPARE(usageText(tree, tree.at(0), at(6)),
            QStringLiteral("Used 901 ms of CPU time, and less memory than the kernel counts."));
    }

    void bytes()
    {
        QCOMPARE(bytesText(0), QStringLiteral("0 KiB"));
        QCOMPARE(bytesText(1 << 20), QStringLiteral("1.0 MiB"));
        QCOMPARE(bytesText(std::int64_t{5} << 30), QStringLiteral("5.00 GiB"));
    }

    void theModelHasTheNumbers()
    {
        QTemporaryDir directory;
        const std::string path = directory.filePath(QStringLiteral("story")).toStdString();
        writeStory(path, story(1000 * kMs));
        RecordingFeed feed;
        ViewState state;
        const ProcessTreeModel model(feed, state);
        QVERIFY(feed.open(path).ok());
        feed.readAll();
        const auto value = [&](int role) { return model.indexOf(0).data(role); };
        state.setTime(at(0.5));
        QVERIFY(!value(ProcessTreeModel::CpuRole).isValid() && !value(ProcessTreeModel::RssRole).isValid());
        state.setTime(at(2));
        QCOMPARE(value(ProcessTreeModel::CpuRole).toLongLong(), qlonglong{1600 * kMs});
        QCOMPARE(value(ProcessTreeModel::CpuShareRole).toDouble(), 1.5);
        QCOMPARE(value(ProcessTreeModel::RssRole).toLongLong(), qlonglong{30 * kMiB});
        state.setTime(at(5));
        QCOMPARE(value(ProcessTreeModel::CpuRole).toLongLong(), qlonglong{901 * kMs});
        QVERIFY(!value(ProcessTreeModel::CpuShareRole).isValid() && !value(ProcessTreeModel::RssRole).isValid());
    }

    void reproduciblePicturesHaveNoNumbers()
    {
        ProcessTree tree;
        Reproducible transform({}); // times stay
        for (StoryEvent entry : story(1000 * kMs)) {
            transform(entry.event);
            tree.apply(entry.event);
        }
        QCOMPARE(usageText(tree, tree.at(0), at(3)), QStringLiteral("CPU and memory: not sampled."));
        QCOMPARE(usageText(tree, tree.at(0), at(6)), QStringLiteral("What it used of CPU and memory is not known."));
    }
};

QTEST_GUILESS_MAIN(TestUsageText)
#include "tst_usagetext.moc"
