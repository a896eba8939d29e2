# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs so that nothing of them is left behind, whoever is killed, and sees what they leave by themselves.

Programs under test make sessions and orphans of their own, so that a process group is not all there is of them. What
loses its parent becomes a child of the check instead (PR_SET_CHILD_SUBREAPER), and each run is known by its own TMPDIR.
"""

import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SHARED = pathlib.Path("/dev/shm")
PREFIX = "daemonscope-"  # of the engine's names there; a CPython that dies in sem_open(3) may leave a sem.XXXXXX of glibc's
FOLDERS = ("TMPDIR", "XDG_RUNTIME_DIR")  # where sockets and temporary files are made
CLEAN = 3  # times that nothing may be found: while a process is executed, its environment cannot be read
LIBC = ctypes.CDLL(None, use_errno=True)

lock = threading.Lock()  # is held while a program is started or an orphan collected
started = set()  # pids that a Popen waits for


def prctl(option, value):
    if LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def fields(pid):
    """What stands behind the name in /proc/PID/stat: state, parent, group …; nothing if there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def processes():
    """Parent by pid, of all that are not dead."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        told = fields(pid)
        if told and told[0] not in "ZX":
            found[int(pid)] = int(told[1])
    return found


def descendants(ancestor):
    parents = processes()
    found, wave = [], {ancestor}
    while wave:
        wave = {pid for pid, parent in parents.items() if parent in wave}
        found += wave
    return found


def kill(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_descendants():
    """Until there are none: one that is being killed may still fork."""
    while pids := descendants(os.getpid()):
        kill(pids)
        time.sleep(0.01)


def leave_nothing():
    kill_descendants()
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)


def guarded(work):
    """Calls `work` in a child and ends with its result. When either of the two is killed, the other one kills all that
    was started in it, and removes its temporary files."""
    sys.stdout.flush()
    tempfile.tempdir = tempfile.mkdtemp(prefix="daemonscope-check-")
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    above = os.getpid()
    child = os.fork()
    if child == 0:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.signal(signal.SIGTERM, lambda *_: (leave_nothing(), os._exit(143)))
        if os.getppid() != above:
            os._exit(143)
        threading.Thread(target=collect_orphans, daemon=True).start()
        status = 1
        try:
            status = work()
        finally:
            leave_nothing()
            sys.stdout.flush()
            os._exit(status)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os.kill(child, signal.SIGTERM))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    leave_nothing()
    return status if status >= 0 else 128 - status


def collect_orphans():
    """Adopted processes are to go when they are dead, as they would with process 1."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            ended = None
        with lock:
            if ended and ended.si_pid not in started:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(ended.si_pid, os.WNOHANG)
                continue
        time.sleep(0.02)


def prepare():
    """In the program's process, before it is executed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Run:
    """A program with a TMPDIR of its own, and what belongs to it."""

    def __init__(self, command, environment, stdout, stderr):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.before = shared_names()
        self.mark = b"TMPDIR=" + os.fsencode(self.folder)
        with lock:
            self.process = subprocess.Popen(command, env={**environment, **dict.fromkeys(FOLDERS, str(self.folder))},
                                            stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                            start_new_session=True, preexec_fn=prepare)
            started.add(self.process.pid)

    def members(self):
        """Pid and command line of its processes that are not dead, in whatever session."""
        found = []
        for pid in processes():
            try:
                environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                told = fields(pid)
                if pid != os.getpid() and (self.mark in environment or (told and int(told[2]) == self.process.pid)):
                    command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
                    found.append((pid, command.decode("utf-8", "replace").strip()))
            except OSError:
                continue
        return found

    def shared_files(self):
        """Paths in /dev/shm that its processes have in their memory now, whatever they are called."""
        found = set()
        for pid, _ in self.members():
            with contextlib.suppress(OSError):
                for line in pathlib.Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines():
                    if f"{SHARED}/" in line:
                        found.add(line[line.index(f"{SHARED}/"):])
        return found

    def leftovers(self, patience):
        """Complaints about what is still there; takes it away. Helpers need a moment to see that their clients are
        gone."""
        found = []
        end, clean = time.monotonic() + patience, 0
        while clean < CLEAN and time.monotonic() < end:
            time.sleep(0.02)
            found = self.found()
            clean = 0 if found else clean + 1
        kill(pid for pid, _ in self.members())
        while self.members():
            time.sleep(0.01)
        for name in unused_names(self.before):
            with contextlib.suppress(OSError):
                (SHARED / name).unlink()
        shutil.rmtree(self.folder, ignore_errors=True)
        with lock:
            started.discard(self.process.pid)
        return found

    def found(self):
        if members := self.members():
            return [f"it left behind: {command}" for _, command in members]
        return [f"it left behind: {path}" for path in sorted(self.folder.iterdir())] + [
            f"it left behind: {SHARED / name}" for name in unused_names(self.before)]


def shared_names():
    """This person's names of shared memory of the engine's."""
    found = set()
    with contextlib.suppress(OSError):
        for path in SHARED.iterdir():
            with contextlib.suppress(OSError):
                if path.name.startswith(PREFIX) and path.stat().st_uid == os.getuid():
                    found.add(path.name)
    return found


def unused_names(before):
    """Those that have come since, and that no process has in its memory. Others may run programs at the same time."""
    new = shared_names() - before
    if new:
        for pid in processes():
            with contextlib.suppress(OSError):
                text = pathlib.Path(f"/proc/{pid}/maps").read_text(errors="replace")
                new = {name for name in new if f"{SHARED}/{name}" not in text}
    return sorted(new)
