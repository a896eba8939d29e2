// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/librarycode.h"

#include "ui/theme/theme.h"
#include "ui/view/librarybutton.h"
#include "ui/view/libraryhighlighter.h"
#include "ui/view/segmentbutton.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QVBoxLayout>

namespace daemonscope {

LibraryCode::LibraryCode(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
    , language_(CodeLanguage::Python)
    , tabs_(new QButtonGroup(this))
    , copy_(new LibraryButton(QStringLiteral("Copy"), theme))
    , text_(new QPlainTextEdit)
    , highlighter_(new LibraryHighlighter(*text_->document(), theme))
{
    setObjectName(QStringLiteral("library.code"));
    setAccessibleName(QStringLiteral("The lesson's program"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(9, 7, 7, 7);
    head->setSpacing(0);
    const auto add = [&](const QString& words, const char* name, CodeLanguage language) {
        auto* tab = new SegmentButton(words, theme_, this);
        tab->setObjectName(QStringLiteral("library.code.") + QLatin1String(name));
        tab->setAccessibleName(QStringLiteral("Program as %1").arg(words));
        tabs_->addButton(tab, static_cast<int>(language));
        head->addWidget(tab);
    };
    add(QStringLiteral("Python"), "python", CodeLanguage::Python);
    add(QStringLiteral("C++"), "cpp", CodeLanguage::Cpp);
    add(QStringLiteral("YAML"), "yaml", CodeLanguage::Yaml);
    tabs_->button(0)->setChecked(true);
    head->addStretch(1);
    copy_->setObjectName(QStringLiteral("library.code.copy"));
    copy_->setAccessibleName(QStringLiteral("Copy the program"));
    copy_->setToolTip(QStringLiteral("Copy the whole program to the clipboard"));
    copy_->setCompact();
    head->addWidget(copy_);
    column->addLayout(head);

    text_->setObjectName(QStringLiteral("library.code.text"));
    text_->setReadOnly(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    text_->setTabChangesFocus(true);
    text_->setFocusPolicy(Qt::StrongFocus);
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    text_->setFont(typeFont(Type::Mono));
    text_->document()->setDocumentMargin(10);
    text_->setFrameShape(QFrame::NoFrame);
    text_->viewport()->setAutoFillBackground(false);
    text_->setTabStopDistance(4 * QFontMetricsF(typeFont(Type::Mono)).horizontalAdvance(QLatin1Char(' ')));
    // What is cut off at the right must not touch the frame.
    auto* inset = new QHBoxLayout;
    inset->setContentsMargins(0, 0, 7, 4);
    inset->addWidget(text_);
    column->addLayout(inset, 1);

    connect(tabs_, &QButtonGroup::idToggled, this, [this](int id, bool checked) {
        if (checked)
            showLanguage(static_cast<CodeLanguage>(id));
    });
    connect(copy_, &QAbstractButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text()); });
    refresh();
}

void LibraryCode::setProgram(const LibraryProgram& program)
{
    program_ = program;
    refresh();
}

void LibraryCode::showLanguage(CodeLanguage language)
{
    if (language == language_)
        return;
    language_ = language;
    tabs_->button(static_cast<int>(language))->setChecked(true);
    refresh();
}

QList<QWidget*> LibraryCode::stops() const
{
    QList<QWidget*> list;
    for (QAbstractButton* tab : tabs_->buttons())
        list << tab;
    return list << copy_ << text_;
}

QString LibraryCode::text() const
{
    return text_->toPlainText();
}

void LibraryCode::refresh()
{
    QString shown = program_.yaml;
    if (language_ == CodeLanguage::Python)
        shown = program_.error.isEmpty() ? program_.python : program_.error;
    else if (language_ == CodeLanguage::Cpp)
        shown = program_.error.isEmpty() ? program_.cpp : program_.error;
    highlighter_->setLanguage(language_);
    text_->setPlainText(shown);
    text_->setAccessibleName(QStringLiteral("Program as %1").arg(tabs_->button(static_cast<int>(language_))->text()));
    text_->verticalScrollBar()->setValue(0);
    text_->horizontalScrollBar()->setValue(0);
    copy_->setEnabled(!shown.isEmpty());
}

void LibraryCode::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme_.border, 1));
    painter.setBrush(theme_.laneStripe);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(frame, space::kPaneRadius, space::kPaneRadius);
}

} // namespace daemonscope
