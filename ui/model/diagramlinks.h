// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model/diagramnodes.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace daemonscope {

/// What one process of the diagram did to another one, beside starting it.
struct DiagramLink {
    /// Kill: sent the signal that ended it. Waits: waits for its end (join). Waited: did so until before.
    enum class What : std::uint8_t { Kill, Waits, Waited };
    What what = What::Kill;
    std::int32_t from = 0;  ///< node: the sender, or who waits
    std::int32_t to = 0;    ///< node: who was killed, or is waited for
    ProcessIndex actor = 0; ///< the process behind `from`
    ProcessIndex target = 0;
    std::int32_t wait = -1; ///< which of the actor's waits
    std::int32_t count = 1; ///< of equal links between the same nodes, where a stack hides several
};

/// All links between different nodes at the nodes' time, those of waits before those of kills. Waits that are over are
/// told where there are no more than DiagramNodes::kSteady cards, and if they were long enough to be seen.
std::vector<DiagramLink> diagramLinks(const ProcessTree& tree, const DiagramNodes& nodes);

} // namespace daemonscope
