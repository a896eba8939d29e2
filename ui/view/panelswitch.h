// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QStackedWidget>

namespace daemonscope {

class Panel;
class SegmentButton;
struct Theme;

/// Two panels in one place: a switch in the corner of both says which one is shown.
class PanelSwitch : public QStackedWidget {
    Q_OBJECT
public:
    /// A panel, and what it is called in the switch. A button's object name is that of the panel that it stands in, and
    /// what it shows: "why.show.inspector".
    struct Page {
        daemonscope::Panel* panel; // not the frame style of that name
        QString words;
    };
    PanelSwitch(const QString& name, const Page& first, const Page& second, const Theme& theme);

    [[nodiscard]] bool secondShown() const { return currentIndex() == 1; }
    void showSecond(bool second);
    /// Lets go of a panel, which stands by itself from now on, without the switch; its parent becomes `window`.
    void release(daemonscope::Panel& panel, QWidget* window);

Q_SIGNALS:
    void switched(bool second);

private:
    QWidget* makeSwitch(const QString& panel, const QStringList& words, const Theme& theme);

    QList<SegmentButton*> buttons_; ///< first and second of the first panel, first and second of the second one
};

} // namespace daemonscope
