# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""E05: each process ends and joins its own children, and nobody else's."""

import multiprocessing as mp
import os
import signal

from oracle import nap, out, part, rerun, say, setup


def slow():
    nap(0.8)
    say("grandchild ended")


def on_term(number, frame):
    say("daemon grandchild got SIGTERM")
    os._exit(0)


def endless(ready):
    signal.signal(signal.SIGTERM, on_term)
    ready.set()
    nap(60)


def make_family(kind, ready):
    if kind == "plain":
        mp.Process(target=slow).start()
    else:
        mp.Process(target=endless, args=(ready,), daemon=True).start()
        ready.wait()
    say("child's target returns")


if __name__ == "__main__":
    setup()
    if part() is None:
        for each in ("plain", "daemon"):
            ran = rerun(each)
            out(each + ": rc", ran.rc)
            for line in ran.out.splitlines():
                out(each, line)
    else:
        ready = mp.Event()  # kept, as start() drops its arguments, and with them would go what the child has yet to open
        p = mp.Process(target=make_family, args=(part(), ready))
        p.start()
        p.join()
        say(f"main saw it end with {p.exitcode}")
