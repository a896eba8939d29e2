// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/librarylesson.h"

#include <QAbstractListModel>

namespace daemonscope {

/// The lessons in the order of the course, one row each. GUI thread.
class LibraryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Roles {
        NumberRole = Qt::UserRole + 1, ///< int
        NameRole,                      ///< the slug
        QuestionRole,
        MethodsRole ///< start methods as one text: "fork, spawn"
    };

    explicit LibraryModel(QObject* parent = nullptr);

    /// Takes the place of all lessons so far; they are put in the order of their numbers.
    void setLessons(std::vector<LibraryLesson> lessons);
    [[nodiscard]] const std::vector<LibraryLesson>& lessons() const { return lessons_; }
    /// The lesson of a row; null for an invalid index. Valid until setLessons().
    [[nodiscard]] const LibraryLesson* lesson(const QModelIndex& index) const;
    /// The row of the lesson called `name`, invalid if there is none.
    [[nodiscard]] QModelIndex indexOf(const QString& name) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<LibraryLesson> lessons_;
};

} // namespace daemonscope
