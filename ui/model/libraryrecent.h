// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QDateTime>

#include <memory>
#include <vector>

class QSettings;

namespace daemonscope {

/// A recording that was opened or made before.
struct RecentRecording {
    QString path;         ///< absolute
    QString program;      ///< what was recorded; may be empty
    QDateTime used;       ///< when it was last opened, in UTC
    bool missing = false; ///< there is no such file now
    bool operator==(const RecentRecording&) const = default;
};

/// The recordings that were used last, the latest first, kept from one start of the program to the next. What is read
/// from the settings may have been written by anyone: it is bounded. GUI thread.
class LibraryRecent : public QAbstractListModel {
    Q_OBJECT
public:
    enum Roles {
        PathRole = Qt::UserRole + 1,
        ProgramRole,
        FolderRole, ///< where it lies; "~" stands for the home folder
        UsedRole,   ///< "23 Nov 2026, 22:54", local time
        MissingRole ///< bool
    };
    /// What is kept at most.
    static constexpr int kMost = 12;

    /// Remembers only as long as it lives, until useSettings().
    explicit LibraryRecent(QObject* parent = nullptr);
    ~LibraryRecent() override;

    /// From now on the list is that of `settings`, and is kept there.
    void useSettings(std::unique_ptr<QSettings> settings);
    /// Puts a recording at the top. An empty `program` keeps what was known of it.
    void add(const QString& path, const QString& program, const QDateTime& used = QDateTime::currentDateTimeUtc());
    /// Forgets the recording; the file stays as it is.
    void forget(const QString& path);
    /// Looks again which files are there.
    void refresh();

    /// The recording of a row; null for an invalid index. Valid until the list changes.
    [[nodiscard]] const RecentRecording* recording(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(const QString& path) const;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] std::vector<RecentRecording> stored() const;
    void load();
    void store();

    std::unique_ptr<QSettings> settings_;
    std::vector<RecentRecording> recordings_;
};

} // namespace daemonscope
