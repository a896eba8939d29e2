// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/outputlog.h"
#include "ui/view/panel.h"

#include <vector>

class QButtonGroup;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace daemonscope {

class OutputCard;
class OutputPane;
class ViewState;

/// What the processes print: one card per process, or one list of all in order of time. With very many processes only
/// the first kMaxCards and the selected one have a card.
class OutputPanel : public Panel {
    Q_OBJECT
public:
    OutputPanel(const RecordingFeed& feed, ViewState& state, const Theme& theme, QWidget* parent = nullptr);

    /// Whether all processes are shown in one list.
    [[nodiscard]] bool allInOrder() const;
    void showAllInOrder(bool all);
    /// The card of a process, if it has one.
    [[nodiscard]] OutputCard* card(ProcessIndex process) const;
    /// Brings a process's card into view.
    void reveal(ProcessIndex process);
    static constexpr std::size_t kMaxCards = 40;

private:
    void buildSwitch();
    void refresh();
    void updateCards();
    void addCard(ProcessIndex process);
    void clearCards();

    const RecordingFeed& feed_;
    ViewState& state_;
    const Theme& theme_;
    OutputLog log_;
    QStackedWidget* pages_;
    QScrollArea* scroll_;
    QVBoxLayout* column_;
    OutputPane* all_;
    QButtonGroup* switch_;
    std::vector<OutputCard*> cards_; ///< in order of their processes
    EventTime shownAt_{};            ///< the time that the cards were last refreshed for
};

} // namespace daemonscope
