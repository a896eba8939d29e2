// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trialtree.h"

#include "recording/reader.h"

namespace trial {

daemonscope::ProcessTree processTreeOf(const std::string& recording)
{
    daemonscope::ProcessTree tree;
    auto opened = daemonscope::RecordingReader::open(recording);
    if (!opened.ok())
        return tree;
    daemonscope::RecordingReader reader = std::move(opened).value();
    for (auto batch = reader.poll(); !batch.empty(); batch = reader.poll()) {
        for (const daemonscope::Event& event : batch)
            tree.apply(event);
    }
    return tree;
}

} // namespace trial
