# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""T04: with forkserver a child's signal states are those of the moment when the server was started."""

import multiprocessing as mp
import os
import signal

from oracle import attempt, nap, out, setup


def tell(label):
    action = signal.getsignal(signal.SIGTERM)
    word = {signal.SIG_DFL: "SIG_DFL", signal.SIG_IGN: "SIG_IGN"}.get(action, "python handler")
    out(label + ": SIGTERM in child", word)
    interrupt = attempt(os.kill, os.getpid(), signal.SIGINT)
    interrupted = "default_int_handler" if interrupt == "raised KeyboardInterrupt: " else interrupt
    out(label + ": SIGINT in child", interrupted)
    out(label + ": blocked in child", sorted(int(n) for n in signal.pthread_sigmask(signal.SIG_BLOCK, [])))


def tell_in_child(label):
    p = mp.Process(target=tell, args=(label,))
    p.start()
    p.join()


if __name__ == "__main__":
    setup()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    tell_in_child("first start, SIGTERM ignored")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tell_in_child("second start, SIGTERM default again")
    p = mp.Process(target=nap, args=(1.5,))
    p.start()
    nap(0.4)
    p.terminate()
    p.join()
    out("terminate() then", p.exitcode)
