# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A main process with a daemon and a worker that is not one.

Main's code ends after 3 seconds. Watch what happens then: the daemon, which would count for ever, is ended at once,
while main waits for the worker, which has two more seconds to go.
"""

import multiprocessing
import time


def count():
    number = 0
    while True:
        number += 1
        print(f"counter: {number}")
        time.sleep(0.5)


def work():
    for step in range(1, 6):
        time.sleep(1)
        print(f"worker: step {step} of 5 done")
    print("worker: finished")


if __name__ == "__main__":
    counter = multiprocessing.Process(target=count, name="counter", daemon=True)
    worker = multiprocessing.Process(target=work, name="worker")
    counter.start()
    worker.start()
    for second in range(1, 4):
        time.sleep(1)
        print(f"main: {second} s")
    print("main: end of the program")
