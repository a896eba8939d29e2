// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>

namespace daemonscope {

struct Theme;

/// Markdown to be read, in the window's own type scale. It loads nothing and follows no link.
class LibraryText : public QTextBrowser {
    Q_OBJECT
public:
    explicit LibraryText(const Theme& theme, QWidget* parent = nullptr);
    void showMarkdown(const QString& markdown);

    QVariant loadResource(int type, const QUrl& name) override;

private:
    const Theme& theme_;
};

} // namespace daemonscope
