// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/libraryprogram.h"

#include <QWidget>

class QButtonGroup;
class QPlainTextEdit;

namespace daemonscope {

class LibraryButton;
class LibraryHighlighter;
enum class CodeLanguage;
struct Theme;

/// A lesson's program to be read: Python, C++ and YAML, one at a time. The words can be selected and copied.
class LibraryCode : public QWidget {
    Q_OBJECT
public:
    explicit LibraryCode(const Theme& theme, QWidget* parent = nullptr);

    void setProgram(const LibraryProgram& program);
    void showLanguage(CodeLanguage language);
    [[nodiscard]] CodeLanguage language() const { return language_; }
    /// What takes the keyboard, in the order in which it does.
    [[nodiscard]] QList<QWidget*> stops() const;
    /// What is shown now.
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    const Theme& theme_;
    LibraryProgram program_;
    CodeLanguage language_;
    QButtonGroup* tabs_;
    LibraryButton* copy_;
    QPlainTextEdit* text_;
    LibraryHighlighter* highlighter_;
};

} // namespace daemonscope
