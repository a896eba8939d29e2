# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""D04, D05: at exit only the flags count that the parent's objects had at start(). Neither main's own flag nor what
children did to theirs changes who is terminated and who is joined."""

import multiprocessing as mp
import multiprocessing.util
import os
import signal

from oracle import nap, out, part, rerun, say, setup


def tell(what):
    say(f"{mp.current_process().name} {what}, own flag {mp.current_process().daemon}")


def begin(turns, at_end):
    """Turns the process's own flag if wanted; on SIGTERM tells, calls `at_end` and ends."""
    me = mp.current_process()
    if turns:
        me.daemon = not me.daemon
    signal.signal(signal.SIGTERM, lambda number, frame: (tell("got SIGTERM"), at_end(), os._exit(0)))


def live_as_daemon(turns, ready, told):
    begin(turns, told.set)
    ready.set()
    nap(60)


def live_as_plain(turns, ready, told):
    """Ends a while after the daemon got SIGTERM: a main that does not join it is gone by then."""
    begin(turns, lambda: None)
    ready.set()
    told.wait()
    nap(0.4)
    tell("ended")


if __name__ == "__main__":
    setup()
    if part() is None:
        for each in ("main", "children"):
            ran = rerun(each)
            out(f"{each} turned: rc", ran.rc)
            for line in ran.out.splitlines():
                out(f"{each} turned", line)
    else:
        turns, ready, told = part() == "children", mp.Event(), mp.Event()
        children = [mp.Process(target=live_as_daemon, args=(turns, ready, told), name="daemon", daemon=True),
                    mp.Process(target=live_as_plain, args=(turns, ready, told), name="plain", daemon=False)]
        for p in children:
            p.start()
            ready.wait()
            ready.clear()
        if not turns:
            mp.current_process().daemon = True
        codes = lambda: ", ".join(f"{p.name} {p.exitcode}" for p in children)
        mp.util.Finalize(None, lambda: say(f"main, after the joins: {codes()}"), exitpriority=-1)
        say(f"main ends, own flag {mp.current_process().daemon}")
