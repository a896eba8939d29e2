// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What moc reads before every header. moc of Qt 6.4 cannot parse <concepts> of GCC 12 unless another header of the
// standard library has defined the macros of <bits/c++config.h> before; which header comes first must not matter.
#pragma once

#include <cstddef>
