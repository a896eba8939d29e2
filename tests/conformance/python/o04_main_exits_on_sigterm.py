# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""O04: main answers SIGTERM by sys.exit(): its exit sequence runs. Forks have that handler too."""

import atexit
import multiprocessing as mp
import multiprocessing.util
import os
import signal
import sys

from oracle import nap, out, part, rerun, say, setup, workers


def endless(ready):
    ready.set()
    nap(60)


if __name__ == "__main__":
    setup()
    if part() is None:
        ran = rerun("x")
        out("rc", ran.rc)
        for line in ran.out.splitlines():
            out("stdout", line)
        out("stderr", (ran.err.strip().splitlines() or ["-"])[-1])
        out("left", len(workers(ran.left)))
    else:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
        ready = mp.Event()
        p = mp.Process(target=endless, args=(ready,), name="D", daemon=True)
        p.start()
        ready.wait()
        mp.util.Finalize(None, lambda: say(f"daemon ended with {p.exitcode}"), exitpriority=-1)
        atexit.register(lambda: say("atexit"))
        os.kill(os.getpid(), signal.SIGTERM)
        nap(60)
