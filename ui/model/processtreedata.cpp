// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the cells of the process tree say; its shape is in processtreemodel.cpp.
#include "lifecycle/timetext.h"
#include "lifecycle/verdict.h"
#include "lifecycle/visibletext.h"
#include "ui/model/captions.h"
#include "ui/model/kind.h"
#include "ui/model/processtreemodel.h"
#include "ui/model/shownstate.h"

namespace daemonscope {

namespace {
/// U+2212, which is as wide as a digit; a hyphen is easily overlooked.
QString exitCodeText(const ExitStatus& exit)
{
    const int code = exit.pythonCode();
    return code < 0 ? QChar(0x2212) + QString::number(-code) : QString::number(code);
}

qlonglong nanoseconds(EventTime time)
{
    return static_cast<qlonglong>(time.count());
}

bool endedBy(const Process& process, EventTime t)
{
    return process.ended && *process.ended <= t;
}

QString commandLine(const Process& process)
{
    return QString::fromStdString(visibleCommand(process.image->command, 400));
}
} // namespace

QString ProcessTreeModel::text(const Process& process, int column) const
{
    const ProcessTree& tree = feed_.tree();
    switch (static_cast<Columns>(column)) {
    case NameColumn:
        return shownText(process.name);
    case PidColumn:
        return QString::number(process.id.pid);
    case KindColumn:
        return QString::fromStdString(kindText(process, time_));
    case StateColumn:
        return shownState(feed_, process.index, time_);
    case StartColumn:
        return secondsText(process.born, tree.start());
    case EndColumn:
        return endedBy(process, time_) ? secondsText(*process.ended, tree.start()) : QString();
    case LifetimeColumn:
        return endedBy(process, time_) ? QString::fromStdString(durationText(*process.ended - process.born))
                                       : QString();
    case ExitColumn:
        if (!endedBy(process, time_))
            return {};
        return process.exit ? exitCodeText(*process.exit) : QStringLiteral("unknown");
    case NumColumns:
        break;
    }
    return {};
}

QVariant ProcessTreeModel::sortValue(const Process& process, int column) const
{
    switch (static_cast<Columns>(column)) {
    case NameColumn:
        return QString::fromStdString(process.name);
    case PidColumn:
        return process.id.pid;
    case KindColumn:
        return static_cast<int>(kindAt(process, time_));
    case StateColumn:
        return static_cast<int>(shownMark(feed_, process, time_));
    case StartColumn:
        return nanoseconds(process.born - feed_.tree().start());
    case EndColumn:
        return endedBy(process, time_) ? QVariant(nanoseconds(*process.ended - feed_.tree().start())) : QVariant();
    case LifetimeColumn:
        return endedBy(process, time_) ? QVariant(nanoseconds(*process.ended - process.born)) : QVariant();
    case ExitColumn:
        return endedBy(process, time_) && process.exit ? QVariant(process.exit->pythonCode()) : QVariant();
    case NumColumns:
        break;
    }
    return {};
}

QVariant ProcessTreeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Process& process = feed_.tree().at(processOf(index));
    switch (role) {
    case Qt::DisplayRole:
        return text(process, index.column());
    case Qt::AccessibleTextRole:
        // A reader of the first column alone hears what the eyes see in the row.
        if (index.column() == NameColumn) {
            return QStringLiteral("%1, PID %2, %3, %4")
                .arg(text(process, NameColumn), text(process, PidColumn), text(process, KindColumn),
                    text(process, StateColumn));
        }
        return text(process, index.column());
    case Qt::ToolTipRole:
        return index.column() == NameColumn ? commandLine(process) : text(process, index.column());
    case SortRole:
        return sortValue(process, index.column());
    case IdRole:
        return process.index;
    case KindRole:
        return static_cast<int>(kindAt(process, time_));
    case MarkRole:
        return static_cast<int>(shownMark(feed_, process, time_));
    case DaemonRole: {
        const std::optional<bool> daemon = statusAt(process, time_).daemon;
        return daemon ? QVariant(*daemon) : QVariant();
    }
    case CpuRole:
    case CpuShareRole:
    case RssRole: {
        const UsageAt usage = usageAt(feed_.tree().resources(), process, time_);
        if (role == CpuShareRole)
            return usage.cpuShare ? QVariant(*usage.cpuShare) : QVariant();
        const auto& value = role == CpuRole ? usage.cpuNs : usage.rssBytes;
        return value ? QVariant(static_cast<qlonglong>(*value)) : QVariant();
    }
    default:
        return {};
    }
}

QVariant ProcessTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Columns>(section)) {
    case NameColumn:
        return QStringLiteral("Process");
    case PidColumn:
        return QStringLiteral("PID");
    case KindColumn:
        return QStringLiteral("Kind");
    case StateColumn:
        return QStringLiteral("State");
    case StartColumn:
        return QStringLiteral("Start");
    case EndColumn:
        return QStringLiteral("End");
    case LifetimeColumn:
        return QStringLiteral("Lifetime");
    case ExitColumn:
        return QStringLiteral("Exit code");
    case NumColumns:
        break;
    }
    return {};
}

} // namespace daemonscope
