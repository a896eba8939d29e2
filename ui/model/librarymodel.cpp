// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/librarymodel.h"

#include <algorithm>

namespace daemonscope {

LibraryModel::LibraryModel(QObject* parent)
    : QAbstractListModel(parent)
{
}

void LibraryModel::setLessons(std::vector<LibraryLesson> lessons)
{
    std::stable_sort(lessons.begin(), lessons.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    beginResetModel();
    lessons_ = std::move(lessons);
    endResetModel();
}

const LibraryLesson* LibraryModel::lesson(const QModelIndex& index) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::ParentIsInvalid))
        return nullptr;
    return &lessons_[static_cast<std::size_t>(index.row())];
}

QModelIndex LibraryModel::indexOf(const QString& name) const
{
    const auto found = std::find_if(lessons_.begin(), lessons_.end(), [&](const auto& l) { return l.name == name; });
    return found == lessons_.end() ? QModelIndex() : index(static_cast<int>(found - lessons_.begin()));
}

int LibraryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(lessons_.size());
}

QVariant LibraryModel::data(const QModelIndex& index, int role) const
{
    const LibraryLesson* shown = lesson(index);
    if (!shown)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return shown->title;
    case Qt::ToolTipRole:
    case QuestionRole:
        return shown->question;
    case Qt::AccessibleTextRole:
        return QStringLiteral("Lesson %1, %2. %3").arg(shown->number).arg(shown->title, shown->question);
    case NumberRole:
        return shown->number;
    case NameRole:
        return shown->name;
    case MethodsRole:
        return shown->startMethods.join(QStringLiteral(", "));
    default:
        return {};
    }
}

} // namespace daemonscope
