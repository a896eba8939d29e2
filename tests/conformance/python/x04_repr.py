# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""X04: repr() in all states."""

import multiprocessing as mp
import os

from oracle import nap, noop, out, setup


def tidied(text, child=None):
    text = text.replace(f"parent={os.getpid()}", "parent=MAIN")
    return text.replace(f"pid={child}", "pid=CHILD") if child else text


def tell_of_self(parent):
    out("in the child", repr(mp.current_process()).replace(f"parent={parent}", "parent=MAIN"))


def seven():
    raise SystemExit(7)


if __name__ == "__main__":
    setup()
    p = mp.Process(target=nap, args=(60,), name="a b", daemon=True)
    out("initial", tidied(repr(p)))
    p.start()
    pid = p.pid
    out("started", tidied(repr(p), pid))
    p.terminate()
    p.join()
    out("terminated", tidied(repr(p), pid))
    p.close()
    out("closed", tidied(repr(p), pid))
    for label, target, arguments in (("ended", noop, ()), ("seven", seven, ()), ("self", tell_of_self, (os.getpid(),))):
        q = mp.Process(target=target, args=arguments, name="it's")
        q.start()
        q.join()
        out(label, tidied(repr(q), q.pid))
    killed = mp.Process(target=nap, args=(60,))
    killed.start()
    killed.kill()
    killed.join()
    out("killed", tidied(repr(killed), killed.pid))
    out("of another context", tidied(repr(mp.get_context("spawn").Process())))
    out("main", repr(mp.current_process()))
