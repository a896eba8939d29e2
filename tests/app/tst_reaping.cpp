// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who collected a process that had ended, and when; and children that nobody can follow.

#include "lifecycle/report/jsonreport.h"
#include "trial.h"
#include "trialtree.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>

using trial::fixture;
using Json = nlohmann::ordered_json;

class ReapingTest : public QObject {
    Q_OBJECT

private:
    Json record(const trial::Setup& setup)
    {
        if (bench_.record(setup).timedOut)
            return {};
        return daemonscope::jsonReport(trial::processTreeOf(bench_.recording()));
    }

    trial::Bench bench_;

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void collector_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<int>("child");
        QTest::addColumn<int>("by");
        QTest::addColumn<int>("longerThanMs");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* how, int child, int by, int longerThanMs, const char* words) {
            QTest::addRow("%s, child %d", how, child)
                << QByteArray{how} << child << by << longerThanMs << QByteArray{words};
        };
        row("late", 1, 0, 200, "reaping (pid");
        row("ignored", 1, 0, 0, "the kernel discarded its exit status, as reaping (pid");
        row("adopted", 2, 0, 0, "collected its exit status");
        row("last", 2, 1, 0, "collected its exit status");
        row("many", 1, 0, 0, "collected its exit status");
        row("many", 4, 0, 0, "collected its exit status");
        row("many", 5, 0, 0, "collected its exit status");
    }

    void collector()
    {
        QFETCH(const QByteArray, how);
        QFETCH(const int, child);
        QFETCH(const int, by);
        QFETCH(const int, longerThanMs);
        QFETCH(const QByteArray, words);
        const Json report = record({{fixture("reaping"), how.toStdString()}});
        const Json& process = report["processes"].at(static_cast<std::size_t>(child));
        QVERIFY(process["reaped_ns"].is_number_integer());
        QVERIFY2(process["reaped_by"] == by, process.dump(1).c_str());
        constexpr std::int64_t kNanoseconds = 1'000'000;
        QVERIFY(process["reaped_ns"].get<std::int64_t>() - process["ended_ns"].get<std::int64_t>()
            >= longerThanMs * kNanoseconds);
        QByteArray said;
        for (const Json& clause : process["verdict"]["chain"])
            said += QByteArray::fromStdString(clause["text"].get<std::string>()) + '\n';
        QVERIFY2(said.contains(words), said.constData());
    }

    void siblingIsItsParentsFromBirth_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::newRow("clone") << QByteArray{"sibling"};
        QTest::newRow("clone3") << QByteArray{"sibling3"};
    }

    /// A child made with CLONE_PARENT has no adopter when its maker ends.
    void siblingIsItsParentsFromBirth()
    {
        QFETCH(const QByteArray, how);
        const Json report = record({{fixture("reaping"), how.toStdString()}});
        QCOMPARE(report["processes"].size(), std::size_t{3});
        const Json& process = report["processes"].at(2);
        QVERIFY2(process["kernel_parent"] == 0, process.dump(1).c_str());
        QVERIFY(process["adopted_by"].is_null());
        QVERIFY(process["reaped_by"] == 0);
        for (const Json& clause : process["verdict"]["chain"]) {
            const auto text = clause["text"].get<std::string>();
            QVERIFY2(
                text.find("lived on") == std::string::npos && text.find("adopted") == std::string::npos, text.c_str());
        }
    }

    /// Its end is told by another witness than that of its parent, which ends at once.
    void tracersChildIsNotTheOutsides()
    {
        constexpr int kTimes = 10;
        for (int time = 0; time < kTimes; ++time) {
            const Json report = record({{fixture("debuggers"), "injectKill"}});
            QVERIFY(report["processes"].size() >= 2);
            const Json& by = report["processes"].at(1)["reaped_by"];
            QVERIFY2(by.is_null() || by == 0, report["processes"].at(1).dump(1).c_str());
        }
    }

    void leftToWhoeverIsOutside()
    {
        const Json report = record({{fixture("reaping"), "left"}});
        const Json& process = report["processes"].at(1);
        // A container's first process may not collect at all, or not in time.
        QVERIFY(process["reaped_by"].is_null() || process["reaped_by"] == "outside");
        QVERIFY(report["processes"].at(0)["reaped_by"] == "outside");
    }

    void pythonsJoinIsSeenByBoth()
    {
        const Json report = record({{trial::python(), "-c",
            "import multiprocessing as mp\np = mp.get_context('fork').Process(target=int)\np.start()\np.join()"}});
        const Json& child = report["processes"].at(1);
        QVERIFY(child["reaped_by"] == 0);
        const auto& chain = child["verdict"]["chain"];
        QVERIFY2(std::any_of(chain.begin(), chain.end(),
                     [](const Json& clause) {
                         return clause["evidence"] == "both"
                             && clause["text"] == "MainProcess collected its exit status";
                     }),
            chain.dump(1).c_str());
    }

    void thousandsAreAllCollected()
    {
        const Json report = record({{fixture("children"), "3000", "30"}});
        QCOMPARE(report["processes"].size(), std::size_t{3001});
        int unknown = 0;
        for (const Json& process : report["processes"]) {
            if (process["id"] == 0)
                continue;
            QVERIFY(process["reaped_ns"].is_number_integer());
            QVERIFY(process["reaped_by"].is_null() || process["reaped_by"] == 0);
            unknown += process["reaped_by"].is_null() ? 1 : 0;
        }
        QCOMPARE(unknown, 0);
    }

    void hiddenChildIsTold_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::newRow("clone") << QByteArray{"clone"};
        QTest::newRow("clone3") << QByteArray{"clone3"};
    }

    void hiddenChildIsTold()
    {
        QFETCH(const QByteArray, how);
        const Json report = record({{fixture("untraced"), how.toStdString()}});
        QCOMPARE(report["processes"].size(), std::size_t{1});
        QCOMPARE(report["capture"]["lost"].size(), std::size_t{1});
        const auto text = report["capture"]["lost"][0].get<std::string>();
        QVERIFY2(text.find("CLONE_UNTRACED") != std::string::npos, text.c_str());
    }
};

QTEST_GUILESS_MAIN(ReapingTest)
#include "tst_reaping.moc"
