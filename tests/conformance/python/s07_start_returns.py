# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""S07: start() returns when there is a process, and waits for nothing that it does."""

import multiprocessing as mp

from oracle import attempt, out, setup, state


def wait_for(go):
    go.wait()


if __name__ == "__main__":
    setup()
    go = mp.Event()
    p = mp.Process(target=wait_for, args=(go,))
    out("start", attempt(p.start))
    out("pid is a process", state(p.pid) != "gone")
    out("exit code", p.exitcode)
    out("alive", p.is_alive())
    second = mp.Process(target=wait_for, args=(go,))
    out("next start, while the first waits", attempt(second.start))
    out("listed", len(mp.active_children()))
    go.set()
    p.join()
    second.join()
    out("exit codes", f"{p.exitcode} {second.exitcode}")
