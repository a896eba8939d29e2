// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/report.h"
#include "engine/runtime.h"

namespace daemonscope::engine {
namespace {

/// The innermost scope of this thread. A plain pointer: it needs no destructor, so it can be asked until the very end
/// of a thread, and a forked child has that of the thread that forked, whose stack it has too.
thread_local const SourceScope* innermostScope = nullptr;

} // namespace

SourceScope::SourceScope(const std::string& file, unsigned line)
    : file_(file)
    , line_(line)
    , outer_(innermostScope)
{
    innermostScope = this;
}

SourceScope::~SourceScope()
{
    innermostScope = outer_;
}

void reportStep(const std::string& file, unsigned line)
{
    report::step(file, line);
}

namespace report {

ScriptPlace scriptPlace()
{
    if (!innermostScope)
        return {};
    return {innermostScope->file(), innermostScope->line()};
}

} // namespace report

} // namespace daemonscope::engine
