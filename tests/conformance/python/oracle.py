# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Python programs of the conformance test share; their C++ twins have the same in oracle.h and rerun.h.

A program prints lines "key = value" that are the same in every run: no pids, no times, no addresses.
Environment: MPM is the start method, ORACLE_SLOW stretches all times on a loaded machine.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time

METHOD = os.environ.get("MPM", "fork")
STRETCH = float(os.environ.get("ORACLE_SLOW", "1"))
DEAD = "gone" if METHOD == "forkserver" else "Z"  # what becomes of an unreaped child


def setup():
    multiprocessing.set_start_method(METHOD, force=True)


def say(line):
    print(line, flush=True)


def out(key, value):
    say(f"{key} = {value}")


def attempt(function, *arguments):
    try:
        return f"returned {function(*arguments)!r}"
    except BaseException as error:  # SystemExit and KeyboardInterrupt too
        return f"raised {type(error).__name__}: {error}"


def nap(seconds):
    time.sleep(seconds * STRETCH)


def noop():
    pass


def wait_until(condition, limit=20):
    end = time.monotonic() + limit * STRETCH
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return bool(condition())


def state(pid):
    """Letter of the process's state, or "gone"."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def part():
    """The case that this run has to do, None for the program itself."""
    return sys.argv[1] if len(sys.argv) > 1 else None


def members(group):
    """Command lines of the processes of a process group that are not dead."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{pid}/cmdline") as file:
                command = file.read()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            found.append(command)
    return found


def workers(left):
    working = [command for command in left if "resource_tracker" not in command]
    return working[1:] if METHOD == "forkserver" else working


def plain_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


class Ran:
    rc = None
    out = err = ""
    left = ()


def rerun(name, timeout=15, linger=0.05):
    """Runs this program again, for its case name, in a session of its own; what is left of it is killed."""
    ran = Ran()
    with tempfile.TemporaryFile() as out_file, tempfile.TemporaryFile() as err_file:
        process = subprocess.Popen([sys.executable, os.path.abspath(sys.argv[0]), name], stdin=subprocess.DEVNULL,
                                   stdout=out_file, stderr=err_file, start_new_session=True, preexec_fn=plain_signals)
        try:
            process.wait(timeout * STRETCH)
        except subprocess.TimeoutExpired:
            pass
        nap(0.2)
        ran.left = members(process.pid)
        nap(linger)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        ran.rc = process.wait()
        wait_until(lambda: not members(process.pid))
        out_file.seek(0)
        err_file.seek(0)
        ran.out = out_file.read().decode()
        ran.err = err_file.read().decode()
    return ran
