// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/taskevents.h"

#include "os/perfevents.h"
#include "os/procconnector.h"

namespace daemonscope {

Result<std::unique_ptr<TaskEventSource>> openTaskEvents()
{
    auto connector = ProcConnector::open();
    if (connector.ok())
        return connector;
    auto perf = PerfTaskEvents::open();
    if (perf.ok())
        return perf;
    return Error{connector.error().message + "; " + perf.error().message};
}

} // namespace daemonscope
