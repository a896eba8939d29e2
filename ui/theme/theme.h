// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

class QApplication;

namespace daemonscope {

/// The colours of one kind of process: its line and text, its bar and the text on it, and a tint for grounds.
struct KindColors {
    QColor line;    ///< outlines and text on the panel
    QColor bar;     ///< the filled life bar
    QColor barText; ///< text on the bar
    QColor tint;    ///< pale ground; `line` is readable on it
};

/// Every colour of the program. Colour stands for kind, kill and selection only; the pairs were checked for contrast
/// and for colour-blind sight, so a changed value has to be checked again.
struct Theme {
    QColor window;
    QColor panel;
    QColor laneStripe; ///< every second lane or row
    QColor border;
    QColor grid;
    QColor text;
    QColor secondaryText;
    KindColors nonDaemon;
    KindColors daemon;
    KindColors neutral;   ///< programs that are not of multiprocessing, and helpers
    QColor kill;          ///< a process was ended by a signal
    QColor onKill;        ///< marks and text on `kill`
    QColor ended;         ///< a process ended by itself; also numbered discs
    QColor onEnded;       ///< marks and text on `ended`
    QColor selection;     ///< ground of the selected row or lane
    QColor selectionLine; ///< edge of the selected row or lane, and the time cursor
    QColor noteGround;    ///< ground of daemonscope's own notes between lines of output
    bool dark = false;

    static const Theme& light();
    static const Theme& darkTheme();
    /// The theme called "light" or "dark"; null for any other name.
    static const Theme* byName(const QString& name);

    /// All groups and roles of Qt's palette, so that nothing is taken from the desktop.
    [[nodiscard]] QPalette palette() const;
};

/// The type scale; sizes are pixels, so that a picture does not depend on the display's resolution.
enum class Type {
    Title,         ///< 20 bold: the window's question
    CardName,      ///< 16 bold
    PanelTitle,    ///< 14 bold: panel titles and lane names
    Body,          ///< 13
    BodyBold,      ///< 13 semi-bold
    Secondary,     ///< 12
    SecondaryBold, ///< 12 semi-bold
    Pill,          ///< 11 semi-bold
    Axis,          ///< 12
    Mono,          ///< 12, DejaVu Sans Mono: output and numbers
    MonoBold,      ///< 12 bold
    Clock          ///< 24 bold, DejaVu Sans Mono
};
/// The font of a step of the scale: Inter or DejaVu Sans Mono, unhinted, so that glyphs look the same everywhere.
QFont typeFont(Type type);
/// The same, where no member function of a widget hides it.
inline QFont font(Type type)
{
    return typeFont(type);
}
/// Inter bold in any pixel size, for letters inside badges.
QFont badgeFont(double pixelSize);

/// Spacing on a grid of 4 pixels.
namespace space {
constexpr int kMargin = 20;  ///< around the window's content
constexpr int kGap = 12;     ///< between panels
constexpr int kPadding = 12; ///< inside a panel
constexpr int kPanelRadius = 10;
constexpr int kCardRadius = 12;
constexpr int kPaneRadius = 8;
constexpr int kBarRadius = 6;
constexpr int kPanelHeader = 38;
constexpr int kTableRow = 34;
constexpr int kTeachingLane = 66;
constexpr int kTeachingBar = 30;
constexpr int kNormalLane = 26;
constexpr int kGutter = 216;
constexpr int kLiveStrip = 46;
constexpr double kLaneBadge = 14; ///< badge radii
constexpr double kCardBadge = 18;
constexpr double kRowBadge = 10.5;
} // namespace space

/// Makes every picture the same on every machine: own style, palette, fonts and cursor; nothing from the desktop. To
/// be called once, right after the QApplication was made; prepareApplication() before that.
void setupApplication(QApplication& application, const Theme& theme);
/// What has to be said before a QApplication is made.
void prepareApplication();

} // namespace daemonscope
