// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/libraryrecent.h"

#include "ui/model/captions.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kLongestPath = 4096;   // bytes, PATH_MAX of Linux
constexpr int kLongestProgram = 200; // characters
const QLatin1String kRecentArray("recentRecordings");
const QLatin1String kRecentPath("path");
const QLatin1String kRecentProgram("program");
const QLatin1String kRecentUsed("used");

QString folderText(const QString& path)
{
    const QString folder = QFileInfo(path).path();
    const QString home = QDir::homePath();
    if (folder == home)
        return QStringLiteral("~");
    return folder.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + folder.mid(home.size()) : folder;
}
} // namespace

LibraryRecent::LibraryRecent(QObject* parent)
    : QAbstractListModel(parent)
{
}

LibraryRecent::~LibraryRecent() = default;

void LibraryRecent::useSettings(std::unique_ptr<QSettings> settings)
{
    settings_ = std::move(settings);
    load();
}

std::vector<RecentRecording> LibraryRecent::stored() const
{
    std::vector<RecentRecording> found;
    const int count = std::min(settings_->beginReadArray(kRecentArray), kMost);
    for (int i = 0; i < count; ++i) {
        settings_->setArrayIndex(i);
        RecentRecording one;
        one.path = settings_->value(kRecentPath).toString();
        one.program = settings_->value(kRecentProgram).toString().left(kLongestProgram);
        one.used = QDateTime::fromString(settings_->value(kRecentUsed).toString(), Qt::ISODate).toUTC();
        if (!one.path.startsWith(QLatin1Char('/')) || one.path.size() > kLongestPath)
            continue;
        one.missing = !QFileInfo::exists(one.path);
        found.push_back(std::move(one));
    }
    settings_->endArray();
    return found;
}

void LibraryRecent::load()
{
    if (!settings_)
        return;
    // Another window may have written since.
    settings_->sync();
    std::vector<RecentRecording> found = stored();
    if (found == recordings_)
        return;
    beginResetModel();
    recordings_ = std::move(found);
    endResetModel();
}

void LibraryRecent::store()
{
    if (!settings_)
        return;
    settings_->remove(kRecentArray);
    settings_->beginWriteArray(kRecentArray, static_cast<int>(recordings_.size()));
    int i = 0;
    for (const RecentRecording& one : recordings_) {
        settings_->setArrayIndex(i++);
        settings_->setValue(kRecentPath, one.path);
        settings_->setValue(kRecentProgram, one.program);
        settings_->setValue(kRecentUsed, one.used.toString(Qt::ISODate));
    }
    settings_->endArray();
    settings_->sync();
}

void LibraryRecent::add(const QString& path, const QString& program, const QDateTime& used)
{
    load();
    RecentRecording one;
    one.path = QFileInfo(path).absoluteFilePath();
    one.program = program.left(kLongestProgram);
    one.used = used.toUTC();
    one.missing = !QFileInfo::exists(one.path);
    const QModelIndex known = indexOf(one.path);
    beginResetModel();
    if (known.isValid()) {
        const auto old = recordings_.begin() + known.row();
        if (one.program.isEmpty())
            one.program = old->program;
        recordings_.erase(old);
    }
    recordings_.insert(recordings_.begin(), std::move(one));
    if (recordings_.size() > static_cast<std::size_t>(kMost))
        recordings_.resize(static_cast<std::size_t>(kMost));
    endResetModel();
    store();
}

void LibraryRecent::forget(const QString& path)
{
    load();
    const QModelIndex known = indexOf(path);
    if (!known.isValid())
        return;
    beginRemoveRows({}, known.row(), known.row());
    recordings_.erase(recordings_.begin() + known.row());
    endRemoveRows();
    store();
}

void LibraryRecent::refresh()
{
    load();
    for (int row = 0; row < rowCount(); ++row) {
        RecentRecording& one = recordings_[static_cast<std::size_t>(row)];
        const bool missing = !QFileInfo::exists(one.path);
        if (missing == one.missing)
            continue;
        one.missing = missing;
        Q_EMIT dataChanged(index(row), index(row));
    }
}

const RecentRecording* LibraryRecent::recording(const QModelIndex& index) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return nullptr;
    return &recordings_[static_cast<std::size_t>(index.row())];
}

QModelIndex LibraryRecent::indexOf(const QString& path) const
{
    const auto found =
        std::find_if(recordings_.begin(), recordings_.end(), [&](const auto& one) { return one.path == path; });
    return found == recordings_.end() ? QModelIndex() : index(static_cast<int>(found - recordings_.begin()));
}

int LibraryRecent::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(recordings_.size());
}

QVariant LibraryRecent::data(const QModelIndex& index, int role) const
{
    const RecentRecording* one = recording(index);
    if (!one)
        return {};
    const QString name = shownText(QFileInfo(one->path).fileName().toStdString());
    switch (role) {
    case Qt::DisplayRole:
        return name;
    case Qt::ToolTipRole:
        // Said to be rich text, so that no name is taken for it.
        return QStringLiteral("<qt>%1</qt>").arg(shownText(one->path.toStdString(), kLongestPath).toHtmlEscaped());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1%2").arg(name, one->missing ? QStringLiteral(", the file is missing") : QString());
    case PathRole:
        return one->path;
    case ProgramRole:
        return one->program;
    case FolderRole:
        return shownText(folderText(one->path).toStdString());
    case UsedRole:
        return QLocale::c().toString(one->used.toLocalTime(), QStringLiteral("d MMM yyyy, HH:mm"));
    case MissingRole:
        return one->missing;
    default:
        return {};
    }
}

} // namespace daemonscope
