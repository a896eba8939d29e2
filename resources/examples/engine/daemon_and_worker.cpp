// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <daemonscope/engine.h>

#include <iostream>

namespace mp = daemonscope::engine;
using namespace std::chrono_literals;

void count(std::string what, int limit)
{
    for (int n = 1; n <= limit; ++n, mp::sleep(100ms))
        std::cout << mp::currentProcess()->name() << ": " << what << " " << n << std::endl;
}
const mp::Target counting = mp::registerTarget("count", count); // a name, so that spawned processes find it

int main(int argc, char** argv)
{
    return mp::runMain(argc, argv, [&] {
        if (argc > 1)
            mp::setStartMethod(argv[1]); // "fork", which is the default, "spawn" or "forkserver"
        mp::process({.target = counting, .args = {"tick", 1000}, .name = "daemon", .daemon = true})->start();
        mp::process({.target = counting, .args = {"step", 5}, .name = "worker"})->start();
        mp::sleep(200ms);
        std::cout << "main ends: the daemon is terminated, the worker is waited for" << std::endl;
    });
}
