// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/inspectorcontent.h"

#include <QAbstractButton>

namespace daemonscope {

struct Theme;

/// The name of another process with its badge and pid, underlined as a link; a click selects that process.
class ProcessLink : public QAbstractButton {
    Q_OBJECT
public:
    ProcessLink(const Theme& theme, QWidget* parent);

    void setLink(const InspectorLink& link);
    [[nodiscard]] const InspectorLink& link() const { return link_; }
    [[nodiscard]] QSize sizeHint() const override;
    /// From its top to the baseline of its words.
    [[nodiscard]] int ascent() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    InspectorLink link_;
};

} // namespace daemonscope
