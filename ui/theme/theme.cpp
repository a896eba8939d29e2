// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QString>

namespace daemonscope {

namespace {
QColor rgb(QRgb value)
{
    return QColor::fromRgb(value);
}

Theme makeLight()
{
    Theme t;
    t.window = rgb(0xF3F5F8);
    t.panel = rgb(0xFFFFFF);
    t.laneStripe = rgb(0xF8FAFC);
    t.border = rgb(0xD3DAE2);
    t.grid = rgb(0xE7EBF0);
    t.text = rgb(0x1B2430);
    t.secondaryText = rgb(0x56616D);
    t.nonDaemon = {rgb(0x0069B4), rgb(0x0072C3), rgb(0xFFFFFF), rgb(0xDCECF8)};
    t.daemon = {rgb(0x8A6100), rgb(0xF0B429), rgb(0x1B2430), rgb(0xFDF3D9)};
    t.neutral = {rgb(0x56616D), rgb(0x7B8794), rgb(0xFFFFFF), rgb(0xE9EDF1)};
    t.kill = rgb(0xA8154F);
    t.onKill = rgb(0xFFFFFF);
    t.ended = rgb(0x3D4A57);
    t.onEnded = rgb(0xFFFFFF);
    t.selection = rgb(0xE4E9EF);
    t.selectionLine = rgb(0x1B2430);
    t.noteGround = rgb(0xEEF1F5);
    return t;
}

Theme makeDark()
{
    Theme t;
    t.window = rgb(0x12161B);
    t.panel = rgb(0x1B2128);
    t.laneStripe = rgb(0x1F262E);
    t.border = rgb(0x333D48);
    t.grid = rgb(0x28313A);
    t.text = rgb(0xE8EDF2);
    t.secondaryText = rgb(0xA3AEBA);
    t.nonDaemon = {rgb(0x6CB8FF), rgb(0x2576BE), rgb(0xFFFFFF), rgb(0x1C3A57)};
    t.daemon = {rgb(0xFFC94D), rgb(0x9C6E14), rgb(0xFFFFFF), rgb(0x40341A)};
    t.neutral = {rgb(0xA3AEBA), rgb(0x5B6773), rgb(0xFFFFFF), rgb(0x2B343D)};
    t.kill = rgb(0xFF5C9A);
    t.onKill = rgb(0x12161B);
    t.ended = rgb(0xB8C4D0);
    t.onEnded = rgb(0x12161B);
    t.selection = rgb(0x2C3641);
    t.selectionLine = rgb(0xE8EDF2);
    t.noteGround = rgb(0x252D36);
    t.dark = true;
    return t;
}
} // namespace

const Theme& Theme::light()
{
    static const Theme theme = makeLight();
    return theme;
}

const Theme& Theme::darkTheme()
{
    static const Theme theme = makeDark();
    return theme;
}

const Theme* Theme::byName(const QString& name)
{
    if (name == QLatin1String("light"))
        return &light();
    if (name == QLatin1String("dark"))
        return &darkTheme();
    return nullptr;
}

QPalette Theme::palette() const
{
    QPalette p;
    const auto all = [&p](QPalette::ColorRole role, const QColor& color) {
        for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled})
            p.setColor(group, role, color);
    };
    all(QPalette::Window, window);
    all(QPalette::WindowText, text);
    all(QPalette::Base, panel);
    all(QPalette::AlternateBase, laneStripe);
    all(QPalette::ToolTipBase, panel);
    all(QPalette::ToolTipText, text);
    all(QPalette::PlaceholderText, secondaryText);
    all(QPalette::Text, text);
    all(QPalette::Button, panel);
    all(QPalette::ButtonText, text);
    all(QPalette::BrightText, kill);
    all(QPalette::Light, laneStripe);
    all(QPalette::Midlight, grid);
    all(QPalette::Mid, border);
    all(QPalette::Dark, secondaryText);
    all(QPalette::Shadow, border);
    all(QPalette::Highlight, selection);
    all(QPalette::HighlightedText, text);
    all(QPalette::Link, text);
    all(QPalette::LinkVisited, text);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, secondaryText);
    return p;
}

} // namespace daemonscope
