# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""S01: the order of start()'s checks: closed, started, another's object, a daemon's child. Only then are dead siblings
reaped."""

import multiprocessing as mp
import os

from oracle import DEAD, attempt, noop, out, setup, state, wait_until


def ended():
    p = mp.Process(target=noop)
    p.start()
    p.join()
    return p


def start_in_copy(label, p, is_daemon):
    """In a raw fork of main, which has made no object of its own."""
    pid = os.fork()
    if pid == 0:
        mp.current_process().daemon = is_daemon
        out(f"in a {'daemon ' if is_daemon else ''}copy: {label}", attempt(p.start))
        os._exit(0)
    os.waitpid(pid, 0)


def start_in_daemon(label, p):
    mp.current_process().daemon = True
    out(f"in a daemon: {label}", attempt(p.start))
    mp.current_process().daemon = False


if __name__ == "__main__":
    setup()
    started, closed, fresh = ended(), ended(), mp.Process(target=noop)
    closed.close()
    for is_daemon in (False, True):
        for label, p in (("closed", closed), ("started", started), ("fresh", fresh)):
            start_in_copy(label, p, is_daemon)
    sibling = mp.Process(target=noop)
    sibling.start()
    pid = sibling.pid
    out("sibling is dead", wait_until(lambda: state(pid) == DEAD))
    for label, p in (("closed", closed), ("started", started), ("fresh", fresh)):
        start_in_daemon(label, p)
    out("after refused starts: dead sibling", state(pid))
    out("fresh in main", attempt(fresh.start))
    out("after a start: dead sibling", state(pid))
    fresh.join()
