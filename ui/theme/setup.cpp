// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QToolTip>

// The macro declares a function, which a namespace would hide.
static void initFontResources()
{
    Q_INIT_RESOURCE(fonts);
}

namespace daemonscope {

namespace {
QFont scaleFont(const QString& family, int pixelSize, QFont::Weight weight)
{
    QFont f;
    f.setFamilies({family, QStringLiteral("DejaVu Sans")});
    f.setPixelSize(pixelSize);
    f.setWeight(weight);
    f.setHintingPreference(QFont::PreferNoHinting);
    f.setStyleStrategy(static_cast<QFont::StyleStrategy>(QFont::PreferAntialias | QFont::NoSubpixelAntialias));
    return f;
}
} // namespace

QFont typeFont(Type type)
{
    const QString sans = QStringLiteral("Inter");
    const QString mono = QStringLiteral("DejaVu Sans Mono");
    switch (type) {
    case Type::Title:
        return scaleFont(sans, 20, QFont::Bold);
    case Type::CardName:
        return scaleFont(sans, 16, QFont::Bold);
    case Type::PanelTitle:
        return scaleFont(sans, 14, QFont::Bold);
    case Type::Body:
        return scaleFont(sans, 13, QFont::Normal);
    case Type::BodyBold:
        return scaleFont(sans, 13, QFont::DemiBold);
    case Type::Secondary:
    case Type::Axis:
        return scaleFont(sans, 12, QFont::Normal);
    case Type::SecondaryBold:
        return scaleFont(sans, 12, QFont::DemiBold);
    case Type::Pill:
        return scaleFont(sans, 11, QFont::DemiBold);
    case Type::Mono:
        return scaleFont(mono, 12, QFont::Normal);
    case Type::MonoBold:
        return scaleFont(mono, 12, QFont::Bold);
    case Type::Clock:
        return scaleFont(mono, 24, QFont::Bold);
    }
    return {};
}

QFont badgeFont(double pixelSize)
{
    return scaleFont(QStringLiteral("Inter"), qMax(1, qRound(pixelSize)), QFont::Bold);
}

namespace {
/// Scroll bars and splitters without the style's buttons and grips: quiet, and alike in every picture.
QString quietStyleSheet(const Theme& theme)
{
    return QStringLiteral(
        "QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }"
        "QScrollBar::handle:vertical { background: %1; border-radius: 3px; margin: 2px; min-height: 24px; }"
        "QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }"
        "QScrollBar::handle:horizontal { background: %1; border-radius: 3px; margin: 2px; min-width: 24px; }"
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }"
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
        "QSplitter::handle { background: transparent; }")
        .arg(theme.border.name());
}
} // namespace

void prepareApplication()
{
    QApplication::setDesktopSettingsAware(false);
    // A font resolution from the display's settings would scale every picture.
    qputenv("QT_FONT_DPI", "96");
}

void setupApplication(QApplication& application, const Theme& theme)
{
    initFontResources();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(theme.palette());
    const QDir fonts(QStringLiteral(":/daemonscope/fonts"));
    for (const QString& file : fonts.entryList(QDir::Files))
        QFontDatabase::addApplicationFont(fonts.filePath(file));
    QApplication::setFont(typeFont(Type::Body));
    QToolTip::setFont(typeFont(Type::Secondary));
    QToolTip::setPalette(theme.palette());
    application.setStyleSheet(quietStyleSheet(theme));
    QApplication::setCursorFlashTime(0);
    application.setEffectEnabled(Qt::UI_AnimateCombo, false);
    application.setEffectEnabled(Qt::UI_AnimateMenu, false);
    application.setEffectEnabled(Qt::UI_AnimateTooltip, false);
}

} // namespace daemonscope
