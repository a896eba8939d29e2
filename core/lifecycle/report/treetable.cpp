// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/treetable.h"

#include "lifecycle/report/ansi.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/verdict.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace daemonscope {
namespace {

/// Deeper branches are not drawn any more, but told by their depth: a chain of a thousand forks must not make lines
/// of thousands of characters.
constexpr std::size_t kDeepestBranch = 24;

/// The number of code points; names are one column a code point wide, nearly always.
std::size_t widthOf(const std::string& text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string exitCell(const Process& process)
{
    if (!process.ended)
        return "-";
    if (!process.exit)
        return "?";
    return process.exit->bySignal() ? process.exit->signal().name() : std::to_string(process.exit->exitCode());
}

/// A process whose children are being gone through.
struct Open {
    ProcessIndex process = 0;
    std::size_t next = 0; ///< the child to go on with
    std::string children; ///< drawn before its children's branches
};

} // namespace

TreeTable::TreeTable(const ProcessTree& tree, const TextReportOptions& options)
    : tree_(tree)
    , options_(options)
{
    visitAll([this](const Row& row) {
        for (std::size_t i = 0; i < kColumns; ++i)
            widths_[i] = std::max(widths_[i], widthOf(row.cells[i]));
    });
}

void TreeTable::visitAll(const Visit& visit) const
{
    visit({{"NAME", "PID", "KIND", "START", "END", "EXIT", "STATE"}, 0});
    for (const ProcessIndex root : tree_.roots())
        visitTree(root, visit);
}

void TreeTable::visitTree(ProcessIndex root, const Visit& visit) const
{
    const char* const tee = options_.unicode ? "├─ " : "|- ";
    const char* const corner = options_.unicode ? "└─ " : "`- ";
    const char* const bar = options_.unicode ? "│  " : "|  ";
    visit(rowOf(root, {}));
    std::vector<Open> open{{root, 0, {}}};
    while (!open.empty()) {
        Open& parent = open.back();
        const auto children = tree_.children(parent.process);
        if (parent.next == children.size()) {
            open.pop_back();
            continue;
        }
        const ProcessIndex child = children[parent.next++];
        const bool last = parent.next == children.size();
        const std::size_t depth = open.size();
        const bool drawn = depth <= kDeepestBranch;
        visit(rowOf(child, drawn ? parent.children + (last ? corner : tee) : "(level " + std::to_string(depth) + ") "));
        if (!tree_.children(child).empty())
            open.push_back({child, 0, drawn ? parent.children + (last ? "   " : bar) : std::string()});
    }
}

TreeTable::Row TreeTable::rowOf(ProcessIndex index, const std::string& branch) const
{
    const Process& process = tree_.at(index);
    Row row;
    row.process = index;
    row.cells = {branch + terms::name(process), std::to_string(process.id.pid), kindText(process, tree_.latest()),
        timeText(process.born - tree_.start()), process.ended ? timeText(*process.ended - tree_.start()) : "-",
        exitCell(process), stateText(tree_, index, tree_.latest())};
    if (const int folded = tree_.foldedCount(index); folded > 0)
        row.cells[0] += " (+" + std::to_string(folded) + " of its launcher)";
    return row;
}

std::string TreeTable::line(const Row& row, bool heading) const
{
    std::string text;
    for (std::size_t i = 0; i < kColumns; ++i) {
        const std::string& cell = row.cells[i];
        const bool number = i == 1 || i == 3 || i == 4;
        const std::string padding(widths_[i] - widthOf(cell), ' ');
        const char* style = nullptr;
        if (heading)
            style = ansi::kDim;
        else if (i == 2 && cell == terms::kDaemon)
            style = ansi::kDaemon;
        else if (i == 2 && cell == terms::kNonDaemon)
            style = ansi::kNonDaemon;
        else if (i == 6 && tree_.at(row.process).exit && tree_.at(row.process).exit->bySignal())
            style = ansi::kKill;
        const std::string shown = ansi::styled(cell, options_.color ? style : nullptr);
        text += number ? padding + shown : shown + (i + 1 < kColumns ? padding : std::string());
        if (i + 1 < kColumns)
            text += "  ";
    }
    return text + "\n";
}

void TreeTable::write(const WriteText& write) const
{
    bool heading = true;
    visitAll([&](const Row& row) { write(line(row, std::exchange(heading, false))); });
}

} // namespace daemonscope
