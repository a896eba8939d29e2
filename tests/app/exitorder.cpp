// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exitorder.h"

namespace trial {

void ExitOrder::take(Kind kind, const QByteArray& child, const QByteArray& line)
{
    if (kind != run_)
        endRun();
    run_ = kind;
    if (kind == Kind::Barrier)
        done_ << line;
    else
        byChild_[child] << line;
}

void ExitOrder::endRun()
{
    for (const auto& [child, lines] : byChild_)
        done_ << lines;
    byChild_.clear();
}

QByteArrayList ExitOrder::lines()
{
    endRun();
    run_ = Kind::Barrier;
    QByteArrayList lines;
    lines.swap(done_);
    return lines;
}

} // namespace trial
