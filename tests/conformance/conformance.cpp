// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// conformance PROGRAM [CASE]: the programs of the conformance test, by name; start method in the variable MPM.
#include "oracle.h"

#include <sys/resource.h>

namespace {

namespace conformance = daemonscope::conformance;

void runNamed()
{
    const std::vector<std::string>& words = conformance::programArguments();
    const auto body = words.size() > 1 ? conformance::Program::find(words[1]) : nullptr;
    if (words.size() == 1) {
        for (const std::string& name : conformance::Program::names())
            conformance::say(name);
        return;
    }
    if (!body)
        conformance::exit("conformance: there is no program " + words[1]);
    const rlimit noCore{0, 0}; // some of them die of SIGSEGV and SIGABRT
    ::setrlimit(RLIMIT_CORE, &noCore);
    body(words.size() > 2 ? words[2] : std::string());
}

} // namespace

int main(int argc, char** argv)
{
    return conformance::runMain(argc, argv, runNamed);
}
