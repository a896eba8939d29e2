// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/sampler.h"
#include "os/clock.h"
#include "recording/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <unistd.h>

using namespace daemonscope;
using namespace std::chrono_literals;

namespace {

ProcStat statOf(std::uint64_t ticks, std::int64_t pages, char state = 'S')
{
    ProcStat stat;
    stat.state = state;
    stat.userTicks = ticks;
    stat.residentPages = pages;
    stat.threads = 1;
    stat.startTicks = 1;
    return stat;
}

} // namespace

class TestSampler : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::unique_ptr<RecordingWriter> writer_;
    std::unique_ptr<RecordingReader> reader_;
    std::map<std::int32_t, ProcStat> stats_; ///< what /proc says in these tests
    int reads_ = 0;

    Sampler::ReadStat fromStats()
    {
        return [this](std::int32_t pid) -> Result<ProcStat> {
            ++reads_;
            const auto found = stats_.find(pid);
            return found == stats_.end() ? Result<ProcStat>{Error{"gone"}} : Result<ProcStat>{found->second};
        };
    }
    std::vector<payload::ResourceSampled> samples()
    {
        std::vector<payload::ResourceSampled> found;
        for (const Event& event : reader_->poll()) {
            if (const auto* sample = std::get_if<payload::ResourceSampled>(&event.payload))
                found.push_back(*sample);
        }
        return found;
    }

private Q_SLOTS:
    void init()
    {
        const std::string path = (folder_.path() + QStringLiteral("/recording")).toStdString();
        writer_ = std::move(RecordingWriter::create(path, true)).value();
        reader_ = std::make_unique<RecordingReader>(std::move(RecordingReader::open(path)).value());
        stats_.clear();
        reads_ = 0;
    }

    void changesAreToldAndTheFirstLookWithoutOne()
    {
        ProcessRegistry processes;
        processes.born(50);
        Sampler sampler{*writer_, processes, 1s, fromStats()};
        stats_[50] = statOf(5, 100);
        QVERIFY(sampler.tick(1s));
        stats_[50] = statOf(7, 90);
        QVERIFY(sampler.tick(1s));
        auto told = samples();
        QCOMPARE(told.size(), std::size_t{2});
        QCOMPARE(told[0].sinceLookNs, std::int64_t{0});
        QVERIFY(told[1].sinceLookNs > 0);
        QCOMPARE(told[1].cpuNs - told[0].cpuNs, std::int64_t{2} * 1'000'000'000 / ::sysconf(_SC_CLK_TCK));
        QCOMPARE(told[1].rssBytes, std::int64_t{90} * ::sysconf(_SC_PAGESIZE));
        QVERIFY(sampler.tick(1s));
        QCOMPARE(samples().size(), std::size_t{1}); // the first look that found nothing new
        QVERIFY(sampler.tick(1s));
        QVERIFY(sampler.tick(1s));
        QCOMPARE(samples().size(), std::size_t{0});
        stats_[50] = statOf(8, 90);
        QVERIFY(sampler.tick(1s));
        told = samples();
        QCOMPARE(told.size(), std::size_t{1});
    }

    void theDeadAndTheirSuccessorsAreNotLookedAt()
    {
        ProcessRegistry processes;
        processes.born(50);
        processes.born(51);
        processes.born(52);
        processes.born(53);
        Sampler sampler{*writer_, processes, 1s, fromStats()};
        stats_[50] = statOf(5, 100, 'Z');
        stats_[51] = statOf(5, 100);
        // The pid of 51 belongs to another process, which began after 51 was announced.
        stats_[51].startTicks = static_cast<std::uint64_t>((sinceBoot() + 1h).count()) / 10'000'000;
        // 52 is gone, 53 as well known.
        stats_[53] = statOf(5, 100);
        processes.ended(53);
        QVERIFY(sampler.tick(1s));
        QCOMPARE(samples().size(), std::size_t{0});
        QCOMPARE(reads_, 3);
    }

    void aPidThatWasUsedAgainIsNotMixedUp()
    {
        ProcessRegistry processes;
        processes.born(50);
        Sampler sampler{*writer_, processes, 1s, fromStats()};
        stats_[50] = statOf(5, 100);
        QVERIFY(sampler.tick(1s));
        stats_[50].startTicks = 2;
        stats_[50].userTicks = 70;
        QVERIFY(sampler.tick(1s));
        QCOMPARE(samples().size(), std::size_t{1});
    }

    void aTickIsBoundedAndTheNextGoesOn()
    {
        constexpr std::int32_t kProcesses = 1000;
        ProcessRegistry processes;
        for (std::int32_t pid = 1; pid <= kProcesses; ++pid) {
            processes.born(pid);
            stats_[pid] = statOf(5, 100);
        }
        Sampler sampler{*writer_, processes, 1s, fromStats()};
        QVERIFY(!sampler.tick(0s)); // no time at all: one batch
        QVERIFY(reads_ > 0 && reads_ < kProcesses);
        int ticks = 1;
        while (!sampler.tick(0s))
            ++ticks;
        QVERIFY(ticks > 3);
        QCOMPARE(reads_, kProcesses); // each once
        QCOMPARE(samples().size(), std::size_t{kProcesses});
    }

    void itsThreadLooksAndEnds()
    {
        ProcessRegistry processes;
        const ProcessId self = processes.born(::getpid());
        Sampler sampler{*writer_, processes, 1ms};
        sampler.start();
        std::vector<Event> events;
        const auto someCame = [&] { return !events.empty() || !(events = reader_->poll()).empty(); };
        QTRY_VERIFY_WITH_TIMEOUT(someCame(), 60000);
        sampler.finish();
        QCOMPARE(events.front().process, self);
        const auto sample = std::get<payload::ResourceSampled>(events.front().payload);
        QVERIFY(sample.rssBytes > 1'000'000);
        QVERIFY(sample.threads >= 2);
        Sampler off{*writer_, processes, 0s};
        off.start(); // has no thread to end
    }
};

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
