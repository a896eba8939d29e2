// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of trees: what makes one tidy, on trees of every shape.
#include "ui/model/tidytree.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace daemonscope;

namespace {

using Parents = std::vector<std::int32_t>;

constexpr double kExact = 1e-6;

/// A random forest, level by level: each node gets 0 to `most` children until there are `size` nodes.
Parents randomTree(unsigned seed, int size, int most, int roots = 1)
{
    QRandomGenerator random(seed);
    Parents parents(static_cast<std::size_t>(roots), -1);
    for (std::int32_t node = 0; static_cast<int>(parents.size()) < size; ++node) {
        // The last node of all would end the tree too early.
        const int least = node + 1 == static_cast<std::int32_t>(parents.size()) ? 1 : 0;
        const int children = least + static_cast<int>(random.bounded(static_cast<quint32>(most - least + 1)));
        for (int i = 0; i < children && static_cast<int>(parents.size()) < size; ++i)
            parents.push_back(node);
    }
    return parents;
}

Parents chain(int size)
{
    Parents parents;
    for (std::int32_t i = 0; i < size; ++i)
        parents.push_back(i - 1);
    return parents;
}

Parents star(int children)
{
    Parents parents(static_cast<std::size_t>(children) + 1, 0);
    parents[0] = -1;
    return parents;
}

/// Two chains, as far apart as possible in a tree: many short-lived siblings stand between them.
Parents twoChains(int length, int between)
{
    Parents parents{-1};
    for (int i = 0; i < between + 2; ++i)
        parents.push_back(0);
    std::int32_t left = 1;
    std::int32_t right = between + 2;
    for (int i = 0; i < length; ++i) {
        parents.push_back(left);
        parents.push_back(right);
        left = static_cast<std::int32_t>(parents.size()) - 2;
        right = left + 1;
    }
    return parents;
}

} // namespace

class TidyTreeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tidy_data();
    void tidy();
    void places_data();
    void places();
    void equalSubtreesLookAlike();
    void between();
};

void TidyTreeTest::tidy_data()
{
    QTest::addColumn<std::vector<std::int32_t>>("parents");
    QTest::newRow("nothing") << Parents{};
    QTest::newRow("one") << Parents{-1};
    QTest::newRow("roots only") << Parents(50, -1);
    QTest::newRow("chain of 100,000 levels") << chain(100000);
    QTest::newRow("star") << star(5000);
    QTest::newRow("two chains, far apart") << twoChains(2000, 40);
    for (unsigned seed = 1; seed <= 12; ++seed) {
        QTest::addRow("random, %u", seed) << randomTree(seed, 40 * static_cast<int>(seed), 4);
        QTest::addRow("bushy, %u", seed) << randomTree(seed, 500, 30);
        QTest::addRow("thin forest, %u", seed) << randomTree(seed, 600, 2, 7);
    }
    QTest::newRow("100,000 nodes") << randomTree(99, 100000, 5);
}

void TidyTreeTest::tidy()
{
    QFETCH(const std::vector<std::int32_t>, parents);
    const TidyTree tree = tidyTree(parents);
    const auto size = static_cast<int>(parents.size());
    QCOMPARE(tree.size(), size);
    double least = 1e300;
    double greatest = -1e300;
    for (int i = 0; i < size; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const int level = parents[at] < 0 ? 0 : tree.level[static_cast<std::size_t>(parents[at])] + 1;
        QCOMPARE(tree.level[at], level);
        least = std::min(least, tree.breadth[at]);
        greatest = std::max(greatest, tree.breadth[at]);
    }
    if (size == 0) {
        QCOMPARE(tree.levels(), 0);
        return;
    }
    QVERIFY(std::abs(least) < kExact);
    QVERIFY(std::abs(greatest - tree.width) < kExact);

    // On each level the nodes stand in their order, 1 or more apart; somewhere exactly 1, or room is wasted.
    double narrowest = 1e300;
    for (int level = 0; level < tree.levels(); ++level) {
        const auto first = static_cast<std::size_t>(tree.levelAt[static_cast<std::size_t>(level)]);
        const auto last = static_cast<std::size_t>(tree.levelAt[static_cast<std::size_t>(level) + 1]);
        QVERIFY(first < last);
        for (std::size_t i = first; i + 1 < last; ++i)
            narrowest = std::min(narrowest, tree.breadth[i + 1] - tree.breadth[i]);
    }
    QVERIFY2(narrowest > 1 - kExact, qPrintable(QString::number(narrowest)));
    if (tree.levels() < size)
        QVERIFY2(narrowest < 1 + kExact, qPrintable(QString::number(narrowest)));

    // A parent stands in the middle above its first and its last child.
    for (std::size_t i = 0; i < parents.size();) {
        std::size_t end = i + 1;
        while (end < parents.size() && parents[end] == parents[i])
            ++end;
        if (parents[i] >= 0) {
            const double middle = (tree.breadth[i] + tree.breadth[end - 1]) / 2;
            QVERIFY(std::abs(tree.breadth[static_cast<std::size_t>(parents[i])] - middle) < kExact);
        }
        i = end;
    }
}

void TidyTreeTest::places_data()
{
    QTest::addColumn<std::vector<std::int32_t>>("parents");
    QTest::addColumn<std::vector<double>>("breadths");
    using Places = std::vector<double>;
    QTest::newRow("three children") << Parents{-1, 0, 0, 0} << Places{1, 0, 1, 2};
    QTest::newRow("two roots") << Parents{-1, -1, 0, 0, 1} << Places{0.5, 2, 0, 1, 2};
    // The leaf in the middle is not left at the left one's side.
    QTest::newRow("what lies between is spread")
        << Parents{-1, 0, 0, 0, 1, 1, 1, 3, 3, 3} << Places{2.5, 1, 2.5, 4, 0, 1, 2, 3, 4, 5};
    // A subtree goes below its neighbour where that has no children.
    QTest::newRow("close together") << Parents{-1, 0, 0, 2, 2, 2} << Places{0.5, 0, 1, 0, 1, 2};
}

void TidyTreeTest::places()
{
    QFETCH(const std::vector<std::int32_t>, parents);
    QFETCH(const std::vector<double>, breadths);
    const TidyTree tree = tidyTree(parents);
    for (std::size_t i = 0; i < breadths.size(); ++i)
        QVERIFY2(std::abs(tree.breadth[i] - breadths[i]) < kExact,
            qPrintable(QStringLiteral("node %1 is at %2").arg(i).arg(tree.breadth[i])));
}

void TidyTreeTest::equalSubtreesLookAlike()
{
    // A family of five with grandchildren, twice below one root and once as a root.
    const Parents parents{-1, -1, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 7, 7, 10, 10, 13, 13};
    const TidyTree tree = tidyTree(parents);
    const auto breadth = [&](std::size_t node) { return tree.breadth[node]; };
    for (const std::size_t node : {8U, 9U})
        QVERIFY(std::abs((breadth(node) - breadth(7)) - (breadth(node + 3) - breadth(10))) < kExact);
    for (const std::size_t pair : {14U, 16U, 18U})
        QVERIFY(std::abs(breadth(pair + 1) - breadth(pair) - 1) < kExact);
}

void TidyTreeTest::between()
{
    const TidyTree tree = tidyTree(randomTree(5, 3000, 6));
    for (int level = 0; level < tree.levels(); ++level) {
        for (const auto& [from, to] : {std::pair{0.0, 3.5}, {10.0, 10.0}, {7.25, 100.0}, {-5.0, -1.0}, {0.0, 1e9}}) {
            const auto [first, last] = tree.between(level, from, to);
            for (int node = 0; node < tree.size(); ++node) {
                const auto at = static_cast<std::size_t>(node);
                const bool inside = tree.level[at] == level && tree.breadth[at] >= from && tree.breadth[at] <= to;
                QCOMPARE(node >= first && node < last, inside);
            }
        }
    }
}

QTEST_GUILESS_MAIN(TidyTreeTest)
#include "tst_tidytree.moc"
