# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""T01: kill() ends a stopped child at once, which nobody has to continue for that."""

import multiprocessing as mp
import os
import signal

from oracle import STRETCH, attempt, nap, out, setup, state, wait_until

if __name__ == "__main__":
    setup()
    p = mp.Process(target=nap, args=(60,))
    p.start()
    os.kill(p.pid, signal.SIGSTOP)
    out("stopped", wait_until(lambda: state(p.pid) == "T"))
    out("kill", attempt(p.kill))
    p.join(20 * STRETCH)
    out("exit code", p.exitcode)
    if p.exitcode is None:
        os.kill(p.pid, signal.SIGCONT)
