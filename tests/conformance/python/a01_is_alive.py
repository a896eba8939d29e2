# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A01: is_alive() before, during and after; a dead child is a zombie until one of these calls looks."""

import multiprocessing as mp
import os
import signal

from oracle import DEAD, attempt, nap, noop, out, setup, state, wait_until

CALLS = (
    ("is_alive", lambda p: p.is_alive()),
    ("exitcode", lambda p: p.exitcode),
    ("join", lambda p: attempt(p.join)),
    ("join(0)", lambda p: attempt(p.join, 0)),
    ("active_children", lambda p: [c.name for c in mp.active_children()]),
    ("repr", lambda p: repr(p).split()[4]),
)

if __name__ == "__main__":
    setup()
    p = mp.Process(target=nap, args=(60,))
    out("before start", p.is_alive())
    p.start()
    out("running", p.is_alive())
    os.kill(p.pid, signal.SIGSTOP)
    wait_until(lambda: state(p.pid) == "T")
    out("stopped", p.is_alive())
    out("stopped: exitcode", p.exitcode)
    os.kill(p.pid, signal.SIGCONT)
    p.kill()
    p.join()
    out("after join", p.is_alive())
    for label, call in CALLS:
        q = mp.Process(target=noop)
        q.start()
        pid = q.pid
        out(label + ": dead, not looked at", wait_until(lambda: state(pid) == DEAD))
        out(label + ": answer", call(q))
        out(label + ": then", state(pid))
