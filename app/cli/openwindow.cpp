// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"
#include "cli/desktop.h"
#include "ui/theme/theme.h"
#include "ui/window/mainwindow.h"

#include <QSettings>

namespace daemonscope::cli {

int openWindow(const std::string& file)
{
    if (!hasDisplay()) {
        return fail(
            "there is no display to open a window on; 'daemonscope report' and 'daemonscope screenshot' need none");
    }
    const Theme& theme = Theme::light();
    EndRequests requests;
    const auto application = makeApplication(theme, false);
    MainWindow window(theme);
    window.useSettings(personalSettings());
    if (file.empty()) {
        window.showLibrary();
    } else if (const Outcome opened = window.openRecording(QString::fromStdString(file)); !opened.ok()) {
        return fail(opened.error().message);
    }
    window.show();
    requests.watch([&window] {
        window.closeUnasked();
        QApplication::quit();
    });
    const int status = QApplication::exec();
    return requests.exitStatus() != 0 ? requests.exitStatus() : status;
}

} // namespace daemonscope::cli
