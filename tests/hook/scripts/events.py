# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs whose events are checked: events.py CASE [METHOD]. Waits are for facts, never for a time to pass."""

import multiprocessing as mp
import os
import signal
import subprocess
import sys
import threading
import time


def hang(ready):
    ready.set()
    time.sleep(600)


def brief():
    pass


def fail():
    raise ValueError("child failed")


def leave():
    sys.exit(3)


def square(number):
    return number * number


class Worker(mp.Process):
    def run(self):
        pass


def case_family():
    ready = mp.Event()
    daemon = mp.Process(target=hang, args=(ready,), name="the daemon", daemon=True)
    plain = mp.Process(target=brief)
    daemon.start()
    plain.start()
    ready.wait()
    print("main ends")


def case_codes():
    for target in (fail, leave):
        process = mp.Process(target=target)
        process.start()
        process.join()
        print(process.exitcode)
    process.close()


def case_signals():
    for name in ("terminate", "kill"):
        ready = mp.Event()
        process = mp.Process(target=hang, args=(ready,))
        process.start()
        ready.wait()
        process.join(0.01)
        getattr(process, name)()
        process.join()
        print(process.exitcode)


def case_flags():
    process = Worker()
    process.daemon = True
    process.daemon = False
    process.name = "renamed"
    process.start()
    try:
        process.daemon = True
    except AssertionError as error:
        print(error)
    process.join()
    mp.current_process().daemon = True
    inherited = mp.Process(target=brief)
    print(inherited.daemon)
    try:
        inherited.start()
    except AssertionError as error:
        print(error)
    mp.current_process().daemon = False


def start_child():
    try:
        mp.Process(target=brief, name="grandchild").start()
    except AssertionError as error:
        print(error, flush=True)


def case_refused():
    process = mp.Process(target=start_child, daemon=True)
    process.start()
    process.join()


def case_nested():
    process = mp.Process(target=start_child)
    process.start()
    process.join()


def case_pool():
    with mp.Pool(2) as pool:
        print(pool.map(square, range(4)))
        pool.close()
        pool.join()


def case_executor():
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1) as executor:
        print(executor.submit(square, 5).result())


def case_manager():
    with mp.Manager() as manager:
        print(list(manager.list([1, 2])))


def case_rawfork():
    pid = os.fork()
    if pid == 0:
        print("in the child", flush=True)
        os._exit(0)
    os.waitpid(pid, 0)


def case_threads():
    ready = threading.Event()
    thread = threading.Thread(target=ready.wait, name="waiter")
    thread.start()
    print("main ends")
    sys.stdout.flush()
    threading.Timer(0.05, ready.set).start()


def case_calls():
    subprocess.run(["true", "word"], check=True)
    os.system("exit 0")
    pid = os.posix_spawn("/bin/sleep", ["sleep", "600"], os.environ)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    sys.stdout.flush()
    os.execv("/bin/echo", ["echo", "executed"])


def case_inner():
    code = "import multiprocessing as mp; p = mp.Process(target=print, args=('inner',)); p.start(); p.join()"
    subprocess.run([sys.executable, "-c", code], check=True)


def case_skipped():
    """The exit sequence called by hand, then a child: the real sequence passes it over."""
    from multiprocessing import util

    util._exit_function()
    process = mp.Process(target=brief)
    process.start()
    os.waitpid(process.pid, 0)


def case_storm():
    for _ in range(30):
        process = mp.Process(target=brief)
        process.start()
        process.join()
    print("done")


def case_closed():
    """Close every descriptor, then take all numbers back with sockets of our own: no foreign byte may appear there."""
    import socket

    os.closerange(3, 4096)
    pairs = []
    try:
        while len(pairs) < 600:
            pairs.append(socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    except OSError:
        for pair in pairs[-20:]:  # no descriptors left; make room for the hook's new connection
            pair[0].close()
            pair[1].close()
        del pairs[-20:]
    process = mp.Process(target=brief)
    process.start()
    process.join()
    foreign = 0
    for pair in pairs:
        for end in pair:
            end.setblocking(False)
            try:
                foreign += len(end.recv(65536))
            except BlockingIOError:
                pass
    print("foreign bytes", foreign)


def case_fds():
    """The connection is at a high number, and no child of subprocess inherits it."""
    high = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 100]
    print(len(high) and all(number >= 900 for number in high))
    code = "ls /proc/self/fd | while read n; do [ $n -gt 100 ] && echo inherited $n; done; true"
    subprocess.run(["sh", "-c", code], close_fds=False, check=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        mp.set_start_method(sys.argv[2])
    globals()["case_" + sys.argv[1]]()
