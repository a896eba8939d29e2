# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""W02: a fork of the child holds the other end of the sentinel's pipe too."""

import multiprocessing as mp
import os
import time
from multiprocessing.connection import wait

from oracle import DEAD, METHOD, STRETCH, attempt, out, setup, state, wait_until


def leave_copy(release, released):
    if os.fork() == 0:
        release.wait(60 * STRETCH)
        released.set()
        os._exit(0)
    os._exit(5)


if __name__ == "__main__":
    setup()
    release, released = mp.Event(), mp.Event()
    p = mp.Process(target=leave_copy, args=(release, released))
    p.start()
    wait_until(lambda: state(p.pid) == DEAD)
    begin = time.monotonic()
    p.join(1.5 * STRETCH)
    out("child dead, copy alive: join(1.5) waited", time.monotonic() - begin >= 1.4 * STRETCH)
    out("child dead, copy alive: exitcode", p.exitcode)
    q = mp.Process(target=leave_copy, args=(release, released))
    q.start()
    out("child dead, copy alive: join()", attempt(q.join))
    out("child dead, copy alive: exitcode of it", q.exitcode)
    if METHOD != "forkserver":
        out("child dead, copy alive: sentinel ready", wait([p.sentinel], 0) != [])
    release.set()
    released.wait()
    out("copy ended: sentinel ready", wait([p.sentinel], 20) == [p.sentinel])
