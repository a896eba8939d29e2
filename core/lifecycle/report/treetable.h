// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "lifecycle/report/textreport.h"

#include <array>
#include <string>
#include <vector>

namespace daemonscope {

/// The process tree as lines of text: one for each process, columns aligned.
class TreeTable {
public:
    TreeTable(const ProcessTree& tree, const TextReportOptions& options);

    /// The lines, each with its newline.
    [[nodiscard]] std::string text() const;

private:
    static constexpr std::size_t kColumns = 7;
    struct Row {
        std::array<std::string, kColumns> cells;
        ProcessIndex process = 0;
    };

    void addTree(ProcessIndex root);
    void addRow(ProcessIndex process, const std::string& branch);
    [[nodiscard]] std::string line(const Row& row, const std::array<std::size_t, kColumns>& widths) const;

    const ProcessTree& tree_;
    TextReportOptions options_;
    std::vector<Row> rows_;
};

} // namespace daemonscope
