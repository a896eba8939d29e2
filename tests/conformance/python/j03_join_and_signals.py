# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""J03: join() goes on after a signal handler that returns, and ends with what a handler raises."""

import multiprocessing as mp
import os
import signal
import threading

from oracle import STRETCH, attempt, nap, out, setup

count = 0


def note(number, frame):
    global count
    count += 1


def fail(number, frame):
    raise ValueError("from the handler")


def alarm_after(delay, number):
    def send():
        nap(delay)
        os.kill(os.getpid(), number)
    thread = threading.Thread(target=send)
    thread.start()
    return thread


if __name__ == "__main__":
    setup()
    for label, limit in (("without timeout", None), ("with timeout", 30 * STRETCH)):
        count = 0
        signal.signal(signal.SIGUSR1, note)
        p = mp.Process(target=nap, args=(1.5,))
        p.start()
        alarm = alarm_after(0.4, signal.SIGUSR1)
        out(label + ": handler returns", attempt(p.join, limit))
        alarm.join()
        out(label + ": handler ran", count)
        out(label + ": exit code", p.exitcode)
        q = mp.Process(target=nap, args=(30,))
        q.start()
        signal.signal(signal.SIGUSR2, fail)
        alarm = alarm_after(0.4, signal.SIGUSR2)
        out(label + ": handler raises", attempt(q.join, limit))
        alarm.join()
        out(label + ": exit code then", q.exitcode)
        q.kill()
        q.join()
        out(label + ": joined again", q.exitcode)
