// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecycle/report/treetable.h"

#include "lifecycle/report/ansi.h"
#include "lifecycle/terms.h"
#include "lifecycle/timetext.h"
#include "lifecycle/verdict.h"

#include <algorithm>

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

struct Open {
    ProcessIndex process = 0;
    std::size_t depth = 0;
    std::string branch;   ///< drawn before this process's name
    std::string children; ///< drawn before its children's branches
};

} // namespace

TreeTable::TreeTable(const ProcessTree& tree, const TextReportOptions& options)
    : tree_(tree)
    , options_(options)
{
    rows_.push_back({{"NAME", "PID", "KIND", "START", "END", "EXIT", "STATE"}, 0});
    for (const ProcessIndex root : tree_.roots())
        addTree(root);
}

void TreeTable::addTree(ProcessIndex root)
{
    const char* const tee = options_.unicode ? "├─ " : "|- ";
    const char* const corner = options_.unicode ? "└─ " : "`- ";
    const char* const bar = options_.unicode ? "│  " : "|  ";
    std::vector<Open> open{{root, 0, {}, {}}};
    while (!open.empty()) {
        const Open current = std::move(open.back());
        open.pop_back();
        addRow(current.process, current.branch);
        const auto children = tree_.children(current.process);
        for (std::size_t i = children.size(); i-- > 0;) {
            const bool last = i + 1 == children.size();
            Open next{children[i], current.depth + 1, {}, {}};
            if (next.depth > kDeepestBranch) {
                next.branch = "(level " + std::to_string(next.depth) + ") ";
            } else {
                next.branch = current.children + (last ? corner : tee);
                next.children = current.children + (last ? "   " : bar);
            }
            open.push_back(std::move(next));
        }
    }
}

void TreeTable::addRow(ProcessIndex index, const std::string& branch)
{
    const Process& process = tree_.at(index);
    Row row;
    row.process = index;
    row.cells = {branch + terms::name(process), std::to_string(process.id.pid), kindText(process, tree_.latest()),
        timeText(process.born - tree_.start()), process.ended ? timeText(*process.ended - tree_.start()) : "-",
        exitCell(process), stateText(tree_, index, tree_.latest())};
    if (const int folded = tree_.foldedCount(index); folded > 0)
        row.cells[0] += " (+" + std::to_string(folded) + " of its launcher)";
    rows_.push_back(std::move(row));
}

std::string TreeTable::line(const Row& row, const std::array<std::size_t, kColumns>& widths) const
{
    const bool heading = &row == &rows_.front();
    std::string text;
    for (std::size_t i = 0; i < kColumns; ++i) {
        const std::string& cell = row.cells[i];
        const bool number = i == 1 || i == 3 || i == 4;
        const std::string padding(widths[i] - widthOf(cell), ' ');
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

std::string TreeTable::text() const
{
    std::array<std::size_t, kColumns> widths{};
    for (const Row& row : rows_) {
        for (std::size_t i = 0; i < kColumns; ++i)
            widths[i] = std::max(widths[i], widthOf(row.cells[i]));
    }
    std::string text;
    for (const Row& row : rows_)
        text += line(row, widths);
    return text;
}

} // namespace daemonscope
