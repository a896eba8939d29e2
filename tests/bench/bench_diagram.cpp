// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What laying out the diagram costs, as ratios within one run, against a plain walk over the same tree that finds how
// deep every node lies. Prints lines of "name ratio"; asserts nothing.
//
// bench_diagram [NODES …]   (default: 1000 100000)
#include "ui/model/tidytree.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <vector>

using namespace daemonscope;

namespace {

constexpr int kRounds = 15;

double threadSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The median CPU time of this thread for one round, after one that is not counted.
double median(const std::function<void()>& round)
{
    std::vector<double> costs;
    for (int i = 0; i <= kRounds; ++i) {
        const double begin = threadSeconds();
        round();
        costs.push_back(threadSeconds() - begin);
    }
    costs.erase(costs.begin());
    std::nth_element(costs.begin(), costs.begin() + kRounds / 2, costs.end());
    return costs[kRounds / 2];
}

/// A tree, level by level, in which the `next` parent is asked how many children it has.
std::vector<std::int32_t> grow(int nodes, const std::function<int()>& next)
{
    std::vector<std::int32_t> parents{-1};
    for (std::int32_t node = 0; static_cast<int>(parents.size()) < nodes; ++node) {
        const bool last = node + 1 == static_cast<std::int32_t>(parents.size());
        const int children = std::max(last ? 1 : 0, next());
        for (int i = 0; i < children && static_cast<int>(parents.size()) < nodes; ++i)
            parents.push_back(node);
    }
    return parents;
}

/// Keeps what was computed from being thrown away unseen.
volatile double sink = 0; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void measure(const char* name, const std::vector<std::int32_t>& parents)
{
    const double walk = median([&] {
        std::vector<std::int32_t> level(parents.size());
        for (std::size_t i = 0; i < parents.size(); ++i)
            level[i] = parents[i] < 0 ? 0 : level[static_cast<std::size_t>(parents[i])] + 1;
        sink = level.back();
    });
    const double layout = median([&] { sink = tidyTree(parents).width; });
    std::printf("diagram/%zu/%s/layout-per-walk %.1f\n", parents.size(), name, layout / std::max(walk, 1e-9));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<int> counts;
    for (int i = 1; i < argc; ++i)
        counts.push_back(std::max(2, std::atoi(argv[i])));
    if (counts.empty())
        counts = {1000, 100000};
    for (const int count : counts) {
        std::mt19937 random(7);
        measure("random", grow(count, [&] { return static_cast<int>(random() % 5); }));
        measure("8-children", grow(count, [] { return 8; }));
        measure("chain", grow(count, [] { return 1; }));
        measure("one-parent", grow(count, [count] { return count; }));
    }
    return 0;
}
