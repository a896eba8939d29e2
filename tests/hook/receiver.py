# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program under the hook and gathers its events, for the tests of the hook."""

import json
import os
import re
import selectors
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(HERE, "..", "..", "resources", "python", "site")
SCRIPTS = os.path.join(HERE, "scripts")
LIMIT = 60  # seconds after which a program is taken to hang


class chosen:
    """The interpreter that is being tested."""

    python = "/usr/bin/python3"


class Receiver:
    """Listens, and reads every connection to its end, in a thread."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="hook-test-")
        self.path = os.path.join(self.folder, "socket")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen(4096)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.events = []
        self.open = 0
        self.connections = 0
        self.stopping = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        while not self.stopping:
            for key, _ in self.selector.select(0.02):
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                    self.open += 1
                    self.connections += 1
                    self.selector.register(connection, selectors.EVENT_READ, struct.unpack("3i", credentials)[0])
                    continue
                try:
                    packet = key.fileobj.recv(1 << 17)
                except ConnectionResetError:
                    packet = b""
                if packet:
                    event = json.loads(packet.decode("ascii"))
                    event["peer"] = key.data
                    event["size"] = len(packet)
                    self.events.append(event)
                else:
                    self.selector.unregister(key.fileobj)
                    key.fileobj.close()
                    self.open -= 1

    def settle(self):
        """Wait until every connection has hung up."""
        end = time.monotonic() + LIMIT
        quiet = 0
        while quiet < 3:
            if time.monotonic() > end:
                raise AssertionError("connections left open: %d" % self.open)
            quiet = quiet + 1 if not self.open and not self.selector.select(0) else 0
            time.sleep(0.005)

    def close(self):
        """End the thread and remove the socket."""
        self.stopping = True
        self.thread.join()
        self.listener.close()
        self.selector.close()
        shutil.rmtree(self.folder)


class Result:
    """What a program printed, how it ended, and what it reported."""

    def __init__(self, out, err, code, events=()):
        self.out = out
        self.err = err
        self.code = code
        self.events = sorted(events, key=lambda event: event["t"])

    def of(self, *names, **fields):
        """Events of some names (of all without names) that have these values."""
        return [
            event
            for event in self.events
            if (not names or event["e"] in names) and all(event.get(key) == value for key, value in fields.items())
        ]

    def names(self, pid=None, leave_out=()):
        """Names of the events of one process in order."""
        return [e["e"] for e in self.events if pid in (None, e["p"]) and e["e"] not in leave_out]

    @property
    def main(self):
        """Pid of the program's first process."""
        return self.of("interp_start")[0]["p"]

    def visible(self):
        """What a user of the program sees; addresses differ in every run."""
        return self.code, re.sub(rb"0x[0-9a-f]+", b"0x", self.out), re.sub(rb"0x[0-9a-f]+", b"0x", self.err)


def environment(path=None, old_path="", **more):
    """The environment of a program, with the hook in it if there is a socket's path."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "DAEMONSCOPE"))}
    if path is not None:
        env["DAEMONSCOPE_SOCKET"] = path
        old_path = os.path.realpath(SITE) + (":" + old_path if old_path else "")
    if old_path:
        env["PYTHONPATH"] = old_path
    env.update(more)
    return env


def execute(command, env, stdin=b"", limit=LIMIT, **options):
    """Run a program to its end."""
    process = subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=SCRIPTS,
        start_new_session=True,
        **options,
    )
    try:
        out, err = process.communicate(stdin, limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, err = process.communicate()
        raise AssertionError("still running after %d s: %r\n%r\n%r" % (limit, command, out, err)) from None
    return Result(out, err, process.returncode)


def watch(command, stdin=b"", old_path="", **more):
    """Run a program under the hook, with a receiver that does its work."""
    receiver = Receiver()
    try:
        result = execute(command, environment(receiver.path, old_path, **more), stdin)
        receiver.settle()
        return Result(result.out, result.err, result.code, receiver.events)
    finally:
        receiver.close()


class HookTest(unittest.TestCase):
    """What all tests use."""

    def case(self, name, method="fork", *options, **more):
        """Run a case of events.py under the hook; check what holds for every run."""
        result = watch([chosen.python, *options, "events.py", name, method], **more)
        self.check(result)
        return result

    def check(self, result):
        """Check the packets themselves."""
        self.assertEqual(result.of("hook_error"), [])
        self.assertFalse([event for event in result.events if event.get("lost")])
        numbers = {}
        for event in result.events:
            self.assertEqual(event["p"], event["peer"], event)
            self.assertLess(event["size"], 49152)
            numbers.setdefault(event["p"], []).append(event["s"])
        for pid, seen in numbers.items():
            self.assertEqual(sorted(seen), list(range(1, len(seen) + 1)), pid)

    def assert_order(self, names, wanted):
        """Check that some events come in this order, whatever else comes between."""
        rest = iter(names)
        missing = [name for name in wanted if name not in rest]
        self.assertEqual(missing, [], "in %s" % names)
