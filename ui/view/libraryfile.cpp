// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/libraryfile.h"

#include "ui/model/captions.h"
#include "ui/model/libraryrecent.h"
#include "ui/theme/theme.h"
#include "ui/view/librarybutton.h"
#include "ui/view/librarylabel.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>

namespace daemonscope {

LibraryFile::LibraryFile(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , kind_(libraryLabel(QStringLiteral("Recording"), Type::BodyBold, theme.secondaryText))
    , name_(libraryLabel({}, Type::Title, theme.text, true))
    , program_(libraryLabel({}, Type::Mono, theme.text, true))
    , place_(libraryLabel({}, Type::Body, theme.secondaryText, true))
    , open_(new LibraryButton(QStringLiteral("Open"), theme, true))
    , forget_(new LibraryButton(QStringLiteral("Forget"), theme))
{
    setObjectName(QStringLiteral("library.file"));
    name_->setObjectName(QStringLiteral("library.file.name"));
    program_->setObjectName(QStringLiteral("library.file.program"));
    place_->setObjectName(QStringLiteral("library.file.place"));
    open_->setObjectName(QStringLiteral("library.file.open"));
    open_->setAccessibleName(QStringLiteral("Open the recording"));
    open_->setGlyph(Glyph::Open);
    open_->setMinimumWidth(108);
    forget_->setObjectName(QStringLiteral("library.file.forget"));
    forget_->setAccessibleName(QStringLiteral("Forget the recording"));
    forget_->setToolTip(QStringLiteral("Take it from this list; the file is not touched"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(20, 16, 20, 20);
    row->setSpacing(space::kMargin);
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    column->addWidget(kind_);
    column->addWidget(name_);
    column->addSpacing(8);
    column->addWidget(program_);
    column->addWidget(place_);
    column->addStretch(1);
    row->addLayout(column, 1);
    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(open_);
    buttons->addWidget(forget_, 0, Qt::AlignRight);
    buttons->addStretch(1);
    row->addLayout(buttons);
    connect(open_, &QAbstractButton::clicked, this, [this] { Q_EMIT openRequested(path_); });
    connect(forget_, &QAbstractButton::clicked, this, [this] { Q_EMIT forgetRequested(path_); });
}

QList<QWidget*> LibraryFile::stops() const
{
    return {open_, forget_};
}

void LibraryFile::setRecording(const RecentRecording& recording)
{
    path_ = recording.path;
    const QFileInfo info(path_);
    const QString name = shownText(info.fileName().toStdString());
    name_->setText(name);
    program_->setText(recording.program);
    program_->setVisible(!recording.program.isEmpty());
    const QString folder = shownText(info.path().toStdString(), 4096);
    const QString used = QLocale::c().toString(recording.used.toLocalTime(), QStringLiteral("d MMMM yyyy, HH:mm"));
    place_->setText(recording.missing
            ? QStringLiteral("The file is no longer in %1; it may have been moved or deleted.").arg(folder)
            : QStringLiteral("In %1, %2, last used %3.")
                  .arg(folder, QLocale::c().formattedDataSize(info.size(), 1), used));
    open_->setVisible(!recording.missing);
    open_->setAccessibleName(QStringLiteral("Open the recording %1").arg(name));
    forget_->setAccessibleName(QStringLiteral("Forget the recording %1").arg(name));
}

} // namespace daemonscope
