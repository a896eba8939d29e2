// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/desktop.h"

#include "os/self.h"
#include "ui/theme/theme.h"

#include <QSettings>
#include <QSocketNotifier>

#include <cstdio>
#include <cstdlib>

namespace daemonscope::cli {

namespace {
/// QApplication keeps references to these.
int applicationArgc = 1;
char applicationName[] = "daemonscope";
char* applicationArgv[] = {applicationName, nullptr};

/// Without a display, Qt's platform plugin warns of what only a display can do; a person can do nothing about it.
void quietMessages(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    if (message.startsWith(QStringLiteral("This plugin does not support"))
        || message.startsWith(QStringLiteral("QStandardPaths: XDG_RUNTIME_DIR")))
        return;
    std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, message)));
    if (type == QtFatalMsg)
        std::abort();
}

bool isSet(const char* variable)
{
    const char* value = std::getenv(variable);
    return value && *value;
}
} // namespace

bool hasDisplay()
{
    return isSet("QT_QPA_PLATFORM") || isSet("DISPLAY") || isSet("WAYLAND_DISPLAY");
}

const Theme* themeNamed(const std::string& name)
{
    return name.empty() ? &Theme::light() : Theme::byName(QString::fromStdString(name));
}

std::unique_ptr<QApplication> makeApplication(const Theme& theme, bool offscreen, double scale)
{
    if (offscreen)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    qInstallMessageHandler(quietMessages); // the person may have chosen such a plugin, too
    if (scale != 1)
        qputenv("QT_SCALE_FACTOR", QByteArray::number(scale));
    prepareApplication();
    auto application = std::make_unique<QApplication>(applicationArgc, applicationArgv);
    QApplication::setApplicationName(QStringLiteral("daemonscope"));
    QApplication::setApplicationVersion(QStringLiteral(DAEMONSCOPE_VERSION));
    setupApplication(*application, theme);
    return application;
}

std::unique_ptr<QSettings> personalSettings()
{
    return std::make_unique<QSettings>(QStringLiteral("daemonscope"), QStringLiteral("daemonscope"));
}

EndRequests::EndRequests()
{
    // Without it, a signal ends this process at once, as it ends any other.
    if (Result<UniqueFd> taken = takeOverSignals(); taken.ok())
        signals_ = std::move(taken).value();
}

void EndRequests::watch(std::function<void()> end)
{
    end_ = std::move(end);
    if (!signals_.valid())
        return;
    notifier_ = std::make_unique<QSocketNotifier>(signals_.get(), QSocketNotifier::Read);
    QObject::connect(notifier_.get(), &QSocketNotifier::activated, notifier_.get(), [this] { take(); });
}

EndRequests::~EndRequests() = default;

void EndRequests::take()
{
    while (const std::optional<ReceivedSignal> received = nextSignal(signals_.get())) {
        const std::string name = received->signal.name();
        if (name == "SIGUSR1" || name == "SIGUSR2")
            continue;
        if (exitStatus_ == 0)
            exitStatus_ = 128 + received->signal.number();
        end_();
    }
}

} // namespace daemonscope::cli
