// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace daemonscope {

/// Makes every LaneOverlay a list with one child per lane for assistive technology. May be called more than once.
void installLaneAccessibility();

} // namespace daemonscope
