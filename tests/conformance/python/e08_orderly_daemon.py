# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""E08: a daemon whose SIGTERM handler raises SystemExit ends in order, and main waits for that."""

import multiprocessing as mp
import multiprocessing.util
import signal
import sys

from oracle import nap, out, part, rerun, say, setup


def orderly(ready):
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(12))
    mp.util.Finalize(None, say, args=("daemon: finalizer",), exitpriority=0)
    sys.stdout.write("daemon: buffered\n")
    try:
        ready.set()
        nap(60)
    finally:
        say("daemon: finally")


if __name__ == "__main__":
    setup()
    if part() is None:
        ran = rerun("x")
        out("rc", ran.rc)
        for line in ran.out.splitlines():
            out("stdout", line)
        out("stderr", ran.err or "-")
    else:
        ready = mp.Event()
        p = mp.Process(target=orderly, args=(ready,), daemon=True)
        p.start()
        ready.wait()
        mp.util.Finalize(None, lambda: say(f"main, after the joins: exit code {p.exitcode}"), exitpriority=-1)
        say("main ends")
