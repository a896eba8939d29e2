// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace daemonscope {

class LibraryButton;
struct RecentRecording;
struct Theme;

/// One recent recording before it is opened: what it is of, and where it lies.
class LibraryFile : public QWidget {
    Q_OBJECT
public:
    explicit LibraryFile(const Theme& theme, QWidget* parent = nullptr);
    void setRecording(const RecentRecording& recording);
    /// What takes the keyboard, in the order in which it does.
    [[nodiscard]] QList<QWidget*> stops() const;

Q_SIGNALS:
    void openRequested(const QString& path);
    void forgetRequested(const QString& path);

private:
    QString path_;
    QLabel* kind_;
    QLabel* name_;
    QLabel* program_;
    QLabel* place_;
    LibraryButton* open_;
    LibraryButton* forget_;
};

} // namespace daemonscope
