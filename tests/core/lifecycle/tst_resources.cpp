// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/jsonreport.h"
#include "lifecycle/resources.h"
#include "support/events.h"

#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kMiB = 1 << 20;

/// A program that is looked at after 1, 2 and 5 seconds (and without news at 3 and 4), and ends at 6 seconds.
Story sampledStory()
{
    Story story;
    const ProcessId main = story.launch(0ms, {"burn"});
    story.kernel(1000ms, main, payload::ResourceSampled{100 * kMs, 10 * kMiB, 1, 0});
    story.kernel(2000ms, main, payload::ResourceSampled{600 * kMs, 30 * kMiB, 3, 1000 * kMs});
    story.kernel(5000ms, main, payload::ResourceSampled{850 * kMs, 20 * kMiB, 2, 1000 * kMs});
    payload::Exited exited;
    exited.cpuNs = 901 * kMs;
    exited.maxRssBytes = 33 * kMiB;
    exited.usageAtEnd = true;
    story.kernel(6000ms, main, exited);
    story.kernel(6001ms, main, payload::ResourceSampled{900 * kMs, 99 * kMiB, 1, 1000 * kMs}); // too late
    story.ended(6002ms);
    return story;
}

} // namespace

class TestResources : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void useAtATime_data()
    {
        QTest::addColumn<int>("ms");
        QTest::addColumn<int>("cpuMs"); // -1: not known
        QTest::addColumn<int>("rssMiB");
        QTest::addColumn<double>("share");
        QTest::addColumn<int>("seenMs");
        QTest::newRow("before its birth") << -5 << -1 << -1 << -1.0 << 0;
        QTest::newRow("before the first look") << 500 << -1 << -1 << -1.0 << 0;
        QTest::newRow("at the first look") << 1000 << 100 << 10 << -1.0 << 1000;
        QTest::newRow("after it") << 1999 << 100 << 10 << -1.0 << 1000;
        QTest::newRow("at the second") << 2000 << 600 << 30 << 0.5 << 2000;
        QTest::newRow("without news") << 3500 << 600 << 30 << 0.5 << 2000;
        QTest::newRow("the stretch begins at the look before") << 5000 << 850 << 20 << 0.25 << 5000;
        QTest::newRow("after its end") << 6000 << 901 << -1 << -1.0 << 6000;
        QTest::newRow("long after its end") << 9000 << 901 << -1 << -1.0 << 6000;
    }
    void useAtATime()
    {
        QFETCH(int, ms);
        QFETCH(int, cpuMs);
        QFETCH(int, rssMiB);
        QFETCH(double, share);
        QFETCH(int, seenMs);
        const ProcessTree tree = sampledStory().tree();
        const UsageAt usage = usageAt(tree.resources(), tree.at(0), Story::time(std::chrono::milliseconds(ms)));
        QCOMPARE(usage.cpuNs.value_or(-kMs), cpuMs * kMs);
        QCOMPARE(usage.rssBytes.value_or(-kMiB), rssMiB * kMiB);
        QCOMPARE(usage.cpuShare.value_or(-1.0), share);
        QCOMPARE(usage.seen, seenMs == 0 ? EventTime{} : Story::time(std::chrono::milliseconds(seenMs)));
        QCOMPARE(usage.atEnd, ms >= 6000);
    }

    void theEndsValuesAreTheKernels()
    {
        const ProcessTree tree = sampledStory().tree();
        QCOMPARE(tree.at(0).cpuNs, 901 * kMs);
        QCOMPARE(tree.at(0).maxRssBytes, 33 * kMiB);
        const ProcessTree cut = sampledStory().treeUntil(3000ms);
        QCOMPARE(cut.at(0).cpuNs, 600 * kMs); // as far as is known
        QCOMPARE(cut.at(0).maxRssBytes, 30 * kMiB);
        QVERIFY(!cut.at(0).usageAtEnd);
    }

    /// Since Linux 6.2 the kernel counts pages in batches, and tells 0 of a process that has but a few.
    void anEndWithoutMemoryIsTold()
    {
        Story story;
        const ProcessId main = story.launch(0ms, {"tiny"});
        payload::Exited exited;
        exited.cpuNs = 3 * kMs;
        exited.usageAtEnd = true;
        story.kernel(20ms, main, exited);
        const ProcessTree tree = story.tree();
        QCOMPARE(tree.at(0).cpuNs, 3 * kMs);
        QVERIFY(tree.at(0).usageAtEnd);
        QVERIFY(usageAt(tree.resources(), tree.at(0), Story::time(30ms)).atEnd);
    }

    void anEndWithoutValuesKeepsTheLastLook()
    {
        Story story;
        const ProcessId main = story.launch(0ms, {"burn"});
        story.kernel(1000ms, main, payload::ResourceSampled{100 * kMs, 10 * kMiB, 1, 0});
        story.kernel(2000ms, main, payload::Exited{});
        const ProcessTree tree = story.tree();
        QCOMPARE(tree.at(0).cpuNs, 100 * kMs);
        const UsageAt usage = usageAt(tree.resources(), tree.at(0), Story::time(3000ms));
        QCOMPARE(usage.cpuNs, std::optional(100 * kMs));
        QVERIFY(!usage.atEnd);
    }

    void theReportTellsOfThem()
    {
        const auto process = jsonReport(sampledStory().tree(), {})["processes"][0];
        QCOMPARE(process["cpu_ns"].get<std::int64_t>(), 901 * kMs);
        QCOMPARE(process["sampled"]["samples"].get<int>(), 3);
        QCOMPARE(process["sampled"]["peak_rss_bytes"].get<std::int64_t>(), 30 * kMiB);
        QCOMPARE(process["sampled"]["last"]["time_ns"].get<std::int64_t>(), 5000 * kMs);
        QCOMPARE(process["sampled"]["last"]["threads"].get<int>(), 2);
        Story story;
        story.launch(0ms, {"quick"});
        QVERIFY(jsonReport(story.tree(), {})["processes"][0]["sampled"].is_null());
    }

    void oneProcessKeepsABoundedNumber()
    {
        Resources resources;
        constexpr int kLooks = 3 * static_cast<int>(Resources::kMostOfOne);
        for (int i = 1; i <= kLooks; ++i) {
            const EventTime time = std::chrono::seconds(i);
            // A tenth of a processor all the time, and one moment of much memory.
            resources.add(0, {time - 1s, time, i * 100 * kMs, i == 777 ? 500 * kMiB : kMiB, 1});
        }
        const auto samples = resources.of(0);
        QVERIFY(samples.size() <= Resources::kMostOfOne);
        QVERIFY(samples.size() > Resources::kMostOfOne / 4);
        QCOMPARE(samples.size(), resources.size());
        QCOMPARE(resources.peakRssBytes(0), std::optional(500 * kMiB));
        QCOMPARE(samples.front().time, EventTime(1s));
        QCOMPARE(samples.back().time, EventTime(std::chrono::seconds(kLooks)));
        // The stretches still touch each other, and what was used in each of them is still right.
        for (std::size_t i = 1; i < samples.size(); ++i) {
            QCOMPARE(samples[i].begin, samples[i - 1].time);
            const auto cpu = static_cast<double>(samples[i].cpuNs - samples[i - 1].cpuNs);
            QCOMPARE(cpu / static_cast<double>((samples[i].time - samples[i].begin).count()), 0.1);
        }
    }

    void allProcessesKeepABoundedNumber()
    {
        Resources resources;
        constexpr int kProcesses = 2000;
        constexpr int kLooks = 700;
        for (int look = 1; look <= kLooks; ++look) {
            for (int process = 0; process < kProcesses; ++process)
                resources.add(process, {EventTime(look - 1), EventTime(look), look, 1, 1});
        }
        QVERIFY(resources.size() <= Resources::kMostOfAll);
        for (int process = 0; process < kProcesses; process += 100)
            QVERIFY(resources.of(process).size() >= Resources::kLeastOfOne);
    }

    void damagedSamplesDoNoHarm()
    {
        Resources resources;
        resources.add(3, {EventTime(50), EventTime(10), 5, -1, -1}); // begins after its end
        resources.add(3, {EventTime(0), EventTime(5), 5, 7, 1});     // goes back in time
        resources.add(3, {EventTime(-100), EventTime(20), 1, 7, 1}); // less CPU than before
        const auto samples = resources.of(3);
        QCOMPARE(samples.size(), std::size_t{2});
        QCOMPARE(samples[0].begin, EventTime(10));
        QCOMPARE(samples[1].begin, EventTime(10));
        Process process;
        process.index = 3;
        QCOMPARE(usageAt(resources, process, EventTime(30)).cpuShare, std::optional(0.0));
    }
};

QTEST_GUILESS_MAIN(TestResources)
#include "tst_resources.moc"
