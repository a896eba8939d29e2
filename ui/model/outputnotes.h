// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"

#include <QString>

#include <vector>

namespace daemonscope {

/// A sentence of daemonscope's own that stands between the lines which a process wrote; never part of its output.
struct OutputNote {
    enum class Tone { Plain, Kill, End, Fail };
    EventTime time{};
    ProcessIndex process = 0;
    Tone tone = Tone::Plain;
    QString text;
};

/// The notes of one process: its start, its waits, whom it killed and by what it ended, by time.
std::vector<OutputNote> notesOf(const ProcessTree& tree, ProcessIndex process);

/// The notes of one process or of all by time, kept from batch to batch.
class OutputNotes {
public:
    /// Notes what has to be made anew.
    void update(const ProcessTree& tree, const ProcessTree::Changes& changes);
    void clear();
    /// By time; valid until the next update().
    [[nodiscard]] const std::vector<OutputNote>& of(const ProcessTree& tree, ProcessIndex process) const;
    [[nodiscard]] const std::vector<OutputNote>& all(const ProcessTree& tree) const;

private:
    mutable std::vector<std::vector<OutputNote>> byProcess_;
    mutable std::vector<bool> valid_;
    mutable std::vector<OutputNote> all_;
    mutable bool allValid_ = false;
};

} // namespace daemonscope
