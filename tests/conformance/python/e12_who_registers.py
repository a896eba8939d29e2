# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""E02: what gives the exit sequence its place: a handler registered after it runs before the children are joined."""

import atexit
import multiprocessing as mp

from oracle import METHOD, nap, noop, out, part, rerun, say

CASES = ("nothing", "Process", "current_process", "active_children", "set_start_method", "Lock", "Event", "Queue",
         "lock of another context", "get_logger", "start")


def child():
    nap(0.3)
    say("child ended")


def touch(case):
    if case == "Process":
        return mp.Process(target=noop)
    if case == "current_process":
        return mp.current_process().name
    if case == "active_children":
        return mp.active_children()
    if case == "set_start_method":
        return mp.set_start_method(METHOD, force=True)
    if case == "lock of another context":
        return mp.get_context("spawn").Lock()
    if case == "get_logger":
        return mp.log_to_stderr(100)
    if case == "start":
        return mp.Process(target=noop).start()
    return getattr(mp, case)() if case != "nothing" else None


if __name__ == "__main__":
    if not part():
        for each in CASES:
            out(each, rerun(each).out.split("\n"))
    else:
        mp.set_start_method(METHOD)
        kept = touch(part())
        atexit.register(lambda: say("user handler"))
        mp.Process(target=child).start()
