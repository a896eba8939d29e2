// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/process.h"
#include "ui/view/panel.h"

#include <optional>

class QGridLayout;
class QLabel;
class QScrollArea;

namespace daemonscope {

class RecordingFeed;
class ViewState;

/// Why a process ended: the verdict on the selected process at the time cursor, and the chain of facts that it stands
/// on. Without a selection it speaks of the process whose end most needs an explanation.
class WhyPane : public Panel {
    Q_OBJECT
public:
    WhyPane(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent = nullptr);

    /// The sentence that is shown now.
    [[nodiscard]] QString sentence() const { return content_.sentence; }
    /// The line on CPU and memory.
    [[nodiscard]] QString usage() const { return content_.usage; }

private:
    struct Fact {
        QString time;
        QString text;
        QString evidence;
        bool operator==(const Fact&) const = default;
    };
    struct Content {
        QString name;
        QString sentence;
        QString usage; ///< CPU and memory at that time
        std::vector<Fact> facts;
        bool operator==(const Content&) const = default;
    };

    void refresh();
    [[nodiscard]] Content contentAt(ProcessIndex process) const;
    void show(Content content);

    const RecordingFeed& feed_;
    ViewState& state_;
    const Theme& theme_;
    Content content_;
    EventTime shownAt_{}; ///< the time that content_ tells of
    QScrollArea* scroll_;
    QLabel* sentence_;
    QLabel* usage_;
    QGridLayout* facts_;
};

} // namespace daemonscope
