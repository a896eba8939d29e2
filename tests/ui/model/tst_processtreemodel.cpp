// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/writer.h"
#include "ui/model/kind.h"
#include "ui/model/processtreemodel.h"
#include "ui/support/story.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace daemonscope;
using namespace daemonscope::test;

namespace {
/// The model as indented text: name, pid, kind and state of each row.
QString asText(const QAbstractItemModel& model, const QModelIndex& parent = {}, int depth = 0)
{
    QString text;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        QStringList cells;
        for (int column = 0; column <= ProcessTreeModel::StateColumn; ++column)
            cells << index.siblingAtColumn(column).data().toString();
        text += QString(depth * 2, QLatin1Char(' ')) + cells.join(QStringLiteral(" | ")) + QLatin1Char('\n');
        text += asText(model, index, depth + 1);
    }
    return text;
}

/// Random births, ends, moves to another parent and renamings, as a recorder might report them.
std::vector<Event> randomEvents(QRandomGenerator& random, int count)
{
    std::vector<Event> events;
    payload::RecordingStarted started;
    started.argv = {"program"};
    events.push_back({at(0), {1000, 0}, Witness::Recorder, started});
    events.push_back({at(0), {1000, 0}, Witness::Kernel, payload::Born{}});
    std::vector<ProcessId> all{{1000, 0}};
    double time = 0;
    for (int i = 0; i < count; ++i) {
        time += 0.01;
        const ProcessId some = all[static_cast<std::size_t>(random.bounded(static_cast<int>(all.size())))];
        switch (random.bounded(6)) {
        case 0:
        case 1:
        case 2: {
            const auto serial = static_cast<std::uint32_t>(all.size());
            const ProcessId child{1000 + static_cast<std::int32_t>(serial), serial};
            all.push_back(child);
            events.push_back({at(time), child, Witness::Kernel, payload::Born{some, payload::Born::How::Fork, 0}});
            break;
        }
        case 3: {
            payload::Exited exited;
            exited.bySignal = random.bounded(2) == 1;
            exited.code = exited.bySignal ? 15 : random.bounded(2);
            events.push_back({at(time), some, Witness::Kernel, exited});
            break;
        }
        case 4: {
            // The runtime says that another process than the one that forked called start(), as with a fork server.
            if (some.serial == 0)
                break;
            const ProcessId caller = all[static_cast<std::size_t>(random.bounded(static_cast<int>(some.serial)))];
            payload::Bootstrapped boot;
            boot.object = {caller, std::to_string(i)};
            boot.name = "Process-" + std::to_string(i);
            boot.daemon = random.bounded(2) == 1;
            boot.logicalParent = caller;
            boot.logicalParentPid = caller.pid;
            boot.method = "forkserver";
            events.push_back({at(time), some, Witness::Runtime, boot});
            break;
        }
        default:
            events.push_back({at(time), some, Witness::Kernel,
                payload::Executed{{"/bin/x" + std::to_string(i)}, "/bin/x", "/", {}}});
        }
    }
    return events;
}
} // namespace

class TestProcessTreeModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsTheStoryAtAnyTime_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        const QString main = QStringLiteral("MainProcess | 4242 | main (non-daemon) | ");
        const QString ghost = QStringLiteral("  Process-1 | 4243 | daemon | ");
        const QString worker = QStringLiteral("  Process-2 | 4244 | non-daemon | ");
        const auto line = [](const QString& head, const char* state) {
            return head + QLatin1String(state) + QLatin1Char('\n');
        };
        QTest::newRow("before the children") << 0.1 << line(main, "running");
        QTest::newRow("first child") << 0.14 << line(main, "running") + line(ghost, "running");
        QTest::newRow("all run") << 2.0 << line(main, "running") + line(ghost, "running") + line(worker, "running");
        QTest::newRow("daemon killed, worker waited for")
            << 4.0 << line(main, "waits for Process-2") + line(ghost, "killed by SIGTERM") + line(worker, "running");
        QTest::newRow("over") << 6.0
                              << line(main, "finished, exit 0") + line(ghost, "killed by SIGTERM")
                + line(worker, "finished, exit 0");
    }

    void showsTheStoryAtAnyTime()
    {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        Fixture fixture(daemonStory());
        fixture.state.setTime(at(seconds));
        QCOMPARE(asText(fixture.model), text);
        QVERIFY(fixture.model.isConsistent());
    }

    void cellsHaveTextAndRawValue()
    {
        Fixture fixture(daemonStory());
        fixture.state.setTime(at(6));
        const auto cell = [&](int column, int role) { return fixture.model.indexOf(1, column).data(role); };
        QCOMPARE(cell(ProcessTreeModel::StartColumn, Qt::DisplayRole).toString(), QStringLiteral("0.12 s"));
        QCOMPARE(cell(ProcessTreeModel::EndColumn, Qt::DisplayRole).toString(), QStringLiteral("3.00 s"));
        QCOMPARE(cell(ProcessTreeModel::ExitColumn, Qt::DisplayRole).toString(), QStringLiteral("\u221215"));
        QCOMPARE(cell(ProcessTreeModel::ExitColumn, ProcessTreeModel::SortRole).toInt(), -15);
        QCOMPARE(cell(ProcessTreeModel::StartColumn, ProcessTreeModel::SortRole).toLongLong(), 120'000'000LL);
        QCOMPARE(cell(ProcessTreeModel::NameColumn, ProcessTreeModel::DaemonRole), QVariant(true));
        QCOMPARE(
            cell(ProcessTreeModel::NameColumn, ProcessTreeModel::MarkRole).toInt(), static_cast<int>(Mark::Killed));
        QCOMPARE(cell(ProcessTreeModel::NameColumn, Qt::AccessibleTextRole).toString(),
            QStringLiteral("Process-1, PID 4243, daemon, killed by SIGTERM"));
        fixture.state.setTime(at(2));
        QVERIFY(cell(ProcessTreeModel::EndColumn, Qt::DisplayRole).toString().isEmpty());
        QVERIFY(!cell(ProcessTreeModel::ExitColumn, ProcessTreeModel::SortRole).isValid());
    }

    void seekingTellsOnlyWhatChanged()
    {
        Fixture fixture(daemonStory());
        fixture.state.setTime(at(2.0));
        QSignalSpy data(&fixture.model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&fixture.model, &QAbstractItemModel::rowsInserted);
        fixture.state.setTime(at(2.5));
        QCOMPARE(data.count(), 0);
        fixture.state.setTime(at(4.0));
        QVERIFY(data.count() >= 1 && data.count() <= 2);
        QVERIFY(!data.front().at(2).value<QList<int>>().isEmpty());
        QCOMPARE(inserted.count(), 0);
    }

    void filterKeepsAncestors()
    {
        Fixture fixture(daemonStory());
        fixture.state.setTime(at(6));
        fixture.state.setFilter(QStringLiteral("process-2"));
        QCOMPARE(fixture.model.visibleCount(), 2);
        QVERIFY(fixture.model.indexOf(0).isValid() && fixture.model.indexOf(2).isValid());
        QVERIFY(!fixture.model.indexOf(1).isValid());
        fixture.state.setFilter({});
        QCOMPARE(fixture.model.visibleCount(), 3);
        QVERIFY(fixture.model.isConsistent());
    }

    void randomBatchesAndSeeksAgreeWithRebuilding_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 12; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void randomBatchesAndSeeksAgreeWithRebuilding()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        const std::vector<Event> events = randomEvents(random, 200);
        const std::string path = directory_.filePath(QStringLiteral("random")).toStdString();
        auto created = RecordingWriter::create(path, true);
        QVERIFY(created.ok());
        RecordingFeed feed([] { return EventTime(0); }, nullptr);
        ViewState state;
        QVERIFY(feed.open(path).ok());
        ProcessTreeModel model(feed, state);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        connect(&feed, &RecordingFeed::changed, &state, [&] { state.setLatest(feed.now()); });
        for (std::size_t i = 0; i < events.size();) {
            const auto batch = static_cast<std::size_t>(1 + random.bounded(25));
            for (std::size_t end = std::min(events.size(), i + batch); i < end; ++i)
                created.value()->append(events[i]);
            feed.readAll();
            QVERIFY(model.isConsistent());
            if (random.bounded(3) == 0)
                state.setTime(at(random.bounded(2.0)));
            else if (random.bounded(3) == 0)
                state.follow();
            QVERIFY(model.isConsistent());
        }
        for (int i = 0; i < 15; ++i) {
            state.setTime(at(random.bounded(2.2)));
            QVERIFY(model.isConsistent());
            const ProcessTreeModel rebuilt(feed, state);
            QCOMPARE(asText(model), asText(rebuilt));
        }
        QVERIFY(feed.tree().size() > 50);
    }

    void tenThousandProcessesStayQuick()
    {
        Fixture fixture(crowdStory(10000));
        fixture.state.follow();
        QCOMPARE(fixture.model.visibleCount(), 10000);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 10; ++i)
            fixture.state.setTime(at(i % 2 ? 20.0 : 5.0));
        // Each seek inserts or removes thousands of rows; far below this limit even in a debug build.
        QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(fixture.model.isConsistent());
    }

private:
    struct Fixture {
        explicit Fixture(const std::vector<StoryEvent>& story)
            : model(feed, state)
        {
            writeStory(directory.filePath(QStringLiteral("story")).toStdString(), story);
            if (story.size() < 5000)
                new QAbstractItemModelTester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal, &model);
            if (!feed.open(directory.filePath(QStringLiteral("story")).toStdString()).ok())
                qFatal("the story cannot be read");
            QObject::connect(&feed, &RecordingFeed::changed, &state, [this] { state.setLatest(feed.now()); });
            feed.readAll();
        }
        QTemporaryDir directory;
        RecordingFeed feed;
        ViewState state;
        ProcessTreeModel model;
    };

    QTemporaryDir directory_;
};

QTEST_GUILESS_MAIN(TestProcessTreeModel)
#include "tst_processtreemodel.moc"
