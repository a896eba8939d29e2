// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Births, parents, ends and statuses of a recording are those that `strace -f` sees, where that sees all; and those
// that the program itself knows, where strace does not. Repeats everything DAEMONSCOPE_REPEAT times (2).

#include "os/signal.h"
#include "trial.h"
#include "trialfacts.h"

#include <QFile>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>
#include <map>

using trial::fixture;
using trial::RecordingFacts;
using trial::Words;

namespace {

/// A tree of processes, from whichever witness.
struct Tree {
    std::map<int, QByteArray> ends; ///< by pid
    std::multimap<int, int> children;
    int root = 0;

    /// The same text for the same tree, whatever the pids and the order: "exit 0(exit 1, signal 9(exit 0))".
    [[nodiscard]] QByteArray text(int pid) const
    {
        QByteArrayList below;
        const auto [begin, end] = children.equal_range(pid);
        for (auto child = begin; child != end; ++child)
            below << text(child->second);
        std::sort(below.begin(), below.end());
        const auto own = ends.find(pid);
        return (own == ends.end() ? QByteArray{"?"} : own->second)
            + (below.isEmpty() ? QByteArray{} : '(' + below.join(", ") + ')');
    }
    [[nodiscard]] QByteArray text() const { return text(root); }
};

Tree treeOf(const RecordingFacts& facts)
{
    Tree tree;
    for (const auto& [serial, process] : facts.processes) {
        tree.ends[process.id.pid] = process.end();
        if (process.parent)
            tree.children.emplace(process.parent->pid, process.id.pid);
    }
    tree.root = facts.at(0).id.pid;
    return tree;
}

/// Of what `strace -f -e trace=process -o FILE` wrote down.
Tree treeOf(const QByteArray& log)
{
    static const QRegularExpression birth{QStringLiteral("^(\\d+) +(?:<\\.\\.\\. )?(?:v?fork|clone3?)\\b.* = (\\d+)$")};
    static const QRegularExpression exit{QStringLiteral("^(\\d+) +\\+\\+\\+ exited with (\\d+) ")};
    static const QRegularExpression death{QStringLiteral("^(\\d+) +\\+\\+\\+ killed by (SIG\\w+)")};
    Tree tree;
    const QStringList lines = QString::fromLocal8Bit(log).split(QLatin1Char('\n'));
    for (const QString& line : lines) {
        if (tree.root == 0)
            tree.root = line.section(QLatin1Char(' '), 0, 0).toInt();
        if (const auto match = birth.match(line); match.hasMatch()) {
            tree.children.emplace(match.captured(1).toInt(), match.captured(2).toInt());
        } else if (const auto ended = exit.match(line); ended.hasMatch()) {
            tree.ends[ended.captured(1).toInt()] = "exit " + ended.captured(2).toLatin1();
        } else if (const auto died = death.match(line); died.hasMatch()) {
            const auto signal = daemonscope::Signal::fromName(died.captured(2).toStdString());
            tree.ends[died.captured(1).toInt()] = "signal " + QByteArray::number(signal ? signal->number() : 0);
        }
    }
    return tree;
}

int repeats()
{
    bool good = false;
    const int wanted = qEnvironmentVariableIntValue("DAEMONSCOPE_REPEAT", &good);
    return good && wanted > 0 ? wanted : 2;
}

} // namespace

class CompletenessTest : public QObject {
    Q_OBJECT

private:
    trial::Bench bench_;
    trial::Outcome outcome_;

    RecordingFacts record(const Words& command)
    {
        outcome_ = bench_.record({command});
        RecordingFacts facts = RecordingFacts::read(bench_.recording());
        [&] { QCOMPARE(facts.flaw(), QByteArray{}); }();
        return facts;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QByteArray why;
        if (!trial::canTrace(why))
            QSKIP(why.constData());
    }

    void asStraceSeesIt_data()
    {
        QTest::addColumn<QByteArrayList>("command");
        const QByteArray children = QByteArray::fromStdString(fixture("children"));
        QTest::newRow("fork-heavy") << QByteArrayList{children, "1000", "1"};
        QTest::newRow("fork-heavy, many at a time") << QByteArrayList{children, "1000", "50"};
        QTest::newRow("exec-heavy") << QByteArrayList{"sh", "-c",
            "i=0; while [ $i -lt 60 ]; do /bin/true; /bin/echo $i | cat >/dev/null; (exit $i); "
            "sh -c 'sh -c \"exit $1\"; :' x $i; i=$((i+1)); done"};
        QTest::newRow("kill-heavy") << QByteArrayList{"sh", "-c",
            "i=0; while [ $i -lt 60 ]; do sleep 1000 & kill -9 $!; wait $!; sleep 1000 & kill $!; wait $!; "
            "i=$((i+1)); done; exit 7"};
        QTest::newRow("vfork and posix_spawn") << QByteArrayList{QByteArray::fromStdString(fixture("spawners"))};
    }

    void asStraceSeesIt()
    {
        QFETCH(const QByteArrayList, command);
        if (QStandardPaths::findExecutable(QStringLiteral("strace")).isEmpty())
            QSKIP("strace is not installed");
        Words words;
        for (const QByteArray& word : command)
            words.push_back(word.toStdString());
        const std::string log = bench_.path("strace.log");
        Words straced{"strace", "-f", "-e", "trace=process", "-o", log};
        straced.insert(straced.end(), words.begin(), words.end());
        for (int round = 0; round < repeats(); ++round) {
            const Tree recorded = treeOf(record(words));
            const trial::Outcome outcome = trial::run({straced});
            QFile file{QString::fromStdString(log)};
            QVERIFY(file.open(QIODevice::ReadOnly));
            const Tree seen = treeOf(file.readAll());
            QVERIFY(recorded.ends.size() > 1);
            QCOMPARE(recorded.ends.size(), seen.ends.size());
            QCOMPARE(recorded.text(), seen.text());
            QCOMPARE(outcome_.end(), outcome.end());
        }
    }

    /// Every process of the storm is there with its end, and with its parent wherever that lived to know of it.
    void asTheStormItselfKnows()
    {
        for (int round = 0; round < repeats(); ++round) {
            const RecordingFacts facts = record({fixture("killstorm"), "100"});
            QCOMPARE(outcome_.end(), QByteArray{"exit 0"});
            std::map<int, QByteArray> ends;
            std::map<int, int> parents;
            for (const auto& [serial, process] : facts.processes) {
                ends[process.id.pid] = process.end();
                parents[process.id.pid] = process.parent ? process.parent->pid : 0;
            }
            std::size_t collected = 0;
            std::size_t births = 0;
            const QByteArrayList lines = outcome_.out.split('\n');
            for (const QByteArray& line : lines) {
                const QByteArrayList said = line.split(' ');
                if (line.startsWith("made ")) {
                    ++births;
                    QCOMPARE(parents[said.at(1).toInt()], said.at(3).toInt());
                } else if (!line.isEmpty() && !line.startsWith("ran ")) {
                    ++collected;
                    QCOMPARE(ends[said.at(0).toInt()], line.mid(said.at(0).size() + 1));
                }
            }
            QCOMPARE(collected + 1, facts.processes.size());
            QVERIFY(births >= 100);
        }
    }
};

QTEST_GUILESS_MAIN(CompletenessTest)
#include "tst_completeness.moc"
