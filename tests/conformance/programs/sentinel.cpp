// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "oracle.h"

#include <poll.h>
#include <unistd.h>

namespace daemonscope::conformance {
namespace sentinels {

/// multiprocessing.connection.wait() for one.
bool isReady(int descriptor, double limit)
{
    pollfd watched{descriptor, POLLIN, 0};
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(seconds(limit));
    return ::poll(&watched, 1, static_cast<int>(milliseconds.count())) == 1;
}

} // namespace sentinels

/// W01: a descriptor that is readable when the child has ended.
namespace w01 {
void run(const std::string&)
{
    setup();
    const ProcessPtr p = process({.target = napTarget, .args = {stretch() * 0.7}});
    out("before start", attempt([&] { return p->sentinel(); }));
    p->start();
    out("type", p->sentinel() >= 0 ? "int" : "none");
    out("ready at once", sentinels::isReady(p->sentinel(), 0));
    out("ready within 5 s", sentinels::isReady(p->sentinel(), 5));
    p->join();
    out("still ready after join", sentinels::isReady(p->sentinel(), 2));
}
const Program program("w01_sentinel", run);
} // namespace w01

/// W02: a fork of the child holds the other end too.
namespace w02 {
void leaveCopy(std::shared_ptr<Event> release, std::shared_ptr<Event> released)
{
    if (osFork() == 0) {
        release->wait(seconds(60));
        released->set();
        osExit(0);
    }
    osExit(5);
}
const Target leaving = registerTarget("w02.leave", leaveCopy);

void run(const std::string&)
{
    setup();
    const auto release = Context::standard().event();
    const auto released = Context::standard().event();
    const ProcessPtr p = process({.target = leaving, .args = {release, released}});
    p->start();
    const char end = isForkServer() ? '\0' : 'Z';
    waitUntil([&] { return processState(*p->pid()) == end; });
    const auto begin = std::chrono::steady_clock::now();
    p->join(seconds(1.5));
    out("child dead, copy alive: join(1.5) waited", elapsedSince(begin) >= 1.4);
    out("child dead, copy alive: exitcode", p->exitCode());
    const ProcessPtr q = process({.target = leaving, .args = {release, released}});
    q->start();
    out("child dead, copy alive: join()", attempt([&] { q->join(); }));
    out("child dead, copy alive: exitcode of it", q->exitCode());
    if (!isForkServer())
        out("child dead, copy alive: sentinel ready", sentinels::isReady(p->sentinel(), 0));
    release->set();
    released->wait();
    out("copy ended: sentinel ready", sentinels::isReady(p->sentinel(), 20));
}
const Program program("w02_sentinel_of_copies", run);
} // namespace w02

} // namespace daemonscope::conformance
