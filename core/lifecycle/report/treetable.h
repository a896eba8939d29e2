// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "lifecycle/report/textreport.h"

#include <array>
#include <functional>
#include <string>

namespace daemonscope {

/// The process tree as lines of text: one for each process, columns aligned. Keeps no line: a tree may have a million,
/// and is gone through once for the widths of the columns, and once more to write.
class TreeTable {
public:
    /// `tree` must outlive it.
    TreeTable(const ProcessTree& tree, const TextReportOptions& options);

    /// Writes the lines, each with its newline.
    void write(const WriteText& write) const;

private:
    static constexpr std::size_t kColumns = 7;
    struct Row {
        std::array<std::string, kColumns> cells;
        ProcessIndex process = 0;
    };

    using Visit = std::function<void(const Row&)>;
    void visitAll(const Visit& visit) const;
    void visitTree(ProcessIndex root, const Visit& visit) const;
    [[nodiscard]] Row rowOf(ProcessIndex process, const std::string& branch) const;
    [[nodiscard]] std::string line(const Row& row, bool heading) const;

    const ProcessTree& tree_;
    TextReportOptions options_;
    std::array<std::size_t, kColumns> widths_{};
};

} // namespace daemonscope
