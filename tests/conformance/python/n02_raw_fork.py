# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""N02: a copy made by os.fork() takes itself for the original."""

import multiprocessing as mp
import os

from oracle import attempt, noop, out, setup


def wait_for(stop):
    stop.wait()


def tell_in_copy(p, unstarted, main_pid):
    out("copy: name", mp.current_process().name)
    out("copy: its pid is its own", mp.current_process().pid == os.getpid())
    out("copy: next object", mp.Process().name)
    out("copy: active children", [c.name for c in mp.active_children()])
    out("copy: join", attempt(p.join))
    out("copy: is_alive", attempt(p.is_alive))
    out("copy: exitcode", p.exitcode)
    out("copy: start", attempt(unstarted.start))
    out("copy: repr", repr(p).replace(f"pid={p.pid}", "pid=CHILD").replace(f"parent={main_pid}", "parent=MAIN"))
    own = mp.Process(target=noop)
    out("copy: own child, start", attempt(own.start))
    out("copy: own child, join", attempt(own.join))
    out("copy: own child, exit code", own.exitcode)


if __name__ == "__main__":
    setup()
    stop = mp.Event()
    p = mp.Process(target=wait_for, args=(stop,))
    unstarted = mp.Process(target=noop)
    p.start()
    main_pid = os.getpid()
    pid = os.fork()
    if pid == 0:
        tell_in_copy(p, unstarted, main_pid)
        os._exit(0)
    out("copy: status", os.waitpid(pid, 0)[1] >> 8)
    out("main: next object", mp.Process().name)
    stop.set()
    p.join()
    out("main: exit code", p.exitcode)
