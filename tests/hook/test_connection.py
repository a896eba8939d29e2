# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the connection: what a receiver, or the program itself, may do to it. Run by test_hook.py."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from receiver import HookTest, Receiver, chosen, environment, execute, watch


def seqpacket_socket():
    """A socket of the kind that a receiver listens on."""
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class SocketTest(HookTest):
    """What a receiver, or the program, may do to the connection."""

    def storm(self, path):
        """Run many starts; whatever the receiver does, they must succeed, and in good time."""
        return execute([chosen.python, "events.py", "storm", "fork"], environment(path), limit=30)

    def test_missing(self):
        for path in ("/nonexistent/socket", "/" + "x" * 200, "/etc/passwd"):
            result = execute([chosen.python, "events.py", "codes", "fork"], environment(path))
            self.assertEqual((result.code, result.out), (0, b"1\n3\n"))

    def test_nobody_listens(self):
        with tempfile.TemporaryDirectory() as folder, seqpacket_socket() as bound:
            bound.bind(folder + "/socket")
            self.assertEqual(self.storm(folder + "/socket").visible(), (0, b"done\n", b""))

    def test_never_reads(self):
        for backlog in (0, 4096):
            with tempfile.TemporaryDirectory() as folder, seqpacket_socket() as listener:
                listener.bind(folder + "/socket")
                listener.listen(backlog)
                self.assertEqual(self.storm(folder + "/socket").visible(), (0, b"done\n", b""))

    def test_lost_is_counted(self):
        """A receiver that reads only later finds the number of events that did not fit."""
        code = (
            "import multiprocessing as m, sys\n"
            "for i in range(2000): m.Process(target=int)\n"
            "print('full', flush=True); sys.stdin.read(1)\n"
            "for i in range(20): m.Process(target=int)\n"
        )
        with tempfile.TemporaryDirectory() as folder, seqpacket_socket() as listener:
            listener.bind(folder + "/socket")
            listener.listen(8)
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": environment(folder + "/socket")}
            with subprocess.Popen([chosen.python, "-c", code], **pipes) as process:
                self.assertEqual(process.stdout.readline(), b"full\n")
                connection = listener.accept()[0]
                count, lost = 0, 0
                while True:
                    try:
                        packet = connection.recv(1 << 17, 0 if process.stdin.closed else socket.MSG_DONTWAIT)
                    except BlockingIOError:  # all that was waiting is read; now there is room
                        process.stdin.write(b"x")
                        process.stdin.close()
                        continue
                    if not packet:
                        break
                    count += 1
                    found = re.search(rb'"lost":([0-9]+)', packet)
                    lost += int(found.group(1)) if found else 0
                connection.close()
        self.assertEqual(process.returncode, 0)
        self.assertGreater(lost, 1000)
        self.assertGreaterEqual(count + lost, 2020)

    def test_receiver_leaves_and_returns(self):
        code = (
            "import sys, multiprocessing as m\n"
            "m.Process(); print(1, flush=True); sys.stdin.readline()\n"
            "m.Process(); print(2, flush=True); sys.stdin.readline()\n"
            "m.Process()\n"
        )
        first = Receiver()
        process = subprocess.Popen(
            [chosen.python, "-c", code], env=environment(first.path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with process:
            self.assertEqual(process.stdout.readline(), b"1\n")
            first.stopping = True
            first.thread.join()
            for key in list(first.selector.get_map().values()):
                key.fileobj.close()
            process.stdin.write(b"\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"2\n")
            os.unlink(first.path)
            again = seqpacket_socket()
            again.bind(first.path)
            again.listen(8)
            connection = None
            again.settimeout(30)
            # The hook asks again only 200 ms after a failure.
            time.sleep(0.3)
            process.stdin.close()
            connection = again.accept()[0]
            packets = []
            while True:
                packet = connection.recv(1 << 17)
                if not packet:
                    break
                packets.append(packet)
            connection.close()
            again.close()
        self.assertEqual(process.returncode, 0)
        self.assertIn(b'"lost":', packets[0])
        self.assertIn(b"interp_exit", packets[-1])
        shutil.rmtree(first.folder)

    def test_closed_by_program(self):
        result = watch([chosen.python, "events.py", "closed", "fork"])
        self.assertEqual(result.of("hook_error"), [])
        self.assertEqual((result.out, result.code), (b"foreign bytes 0\n", 0))
        self.assertEqual(len(result.of("boot")), 1)

    def test_closed_in_child(self):
        """A forked child closes what it inherited and takes the number for its own: nothing of the hook's may go there."""
        code = (
            "import multiprocessing as m, os\n"
            "def take():\n"
            "    os.closerange(900, 4096)\n"
            "    os.dup2(1, 1000)\n"
            "os.register_at_fork(after_in_child=take)\n"
            "p = m.get_context('fork').Process(target=os.write, args=(1000, b'mine\\n'), name='100 %d')\n"
            "p.start(); p.join()\n"
        )
        result = watch([chosen.python, "-c", code])
        self.check(result)
        self.assertEqual((result.code, result.out, result.err), (0, b"mine\n", b""))
        self.assertEqual([event["name"] for event in result.of("boot")], ["100 %d"])
        self.assertEqual(len(result.of("proc_end", code=0)), 1)

    def test_births_are_told_once(self):
        """A child is told of by `boot` or by `forked`, whatever the thread that forks has forked before."""
        code = (
            "import multiprocessing as m, os, threading\n"
            "def start():\n"
            "    p = m.get_context('fork').Process(target=int); p.start(); p.join()\n"
            "def fork():\n"
            "    pid = os.fork()\n"
            "    if pid == 0: os._exit(0)\n"
            "    os.waitpid(pid, 0)\n"
            "start(); fork(); start()\n"
            "thread = threading.Thread(target=lambda: (start(), fork())); thread.start(); thread.join()\n"
            "fork()\n"
        )
        result = watch([chosen.python, "-W", "ignore", "-c", code])
        self.check(result)
        self.assertEqual((result.code, result.out, result.err), (0, b"", b""))
        births = [event["e"] for event in result.of("boot", "forked")]
        self.assertEqual(births, ["boot", "forked", "boot", "boot", "forked", "forked"])
        self.assertEqual(len(result.of("os_fork")), 3)

    def test_descriptors(self):
        self.assertEqual(self.case("fds").out, b"True\n")

    def test_large_texts(self):
        code = (
            "import multiprocessing as m, sys, subprocess\n"
            "def f(): raise ValueError('\\U0001f600' * 100000)\n"
            "p = m.get_context('fork').Process(target=f, name='\\udc80' * 9000)\n"
            "sys.stderr = open('/dev/null', 'w', errors='replace')\n"
            "p.start(); p.join(); subprocess.run(['true'] + ['word' * 100] * 200)\n"
        )
        result = watch([chosen.python, "-c", code, *["argument" * 30] * 300])
        self.check(result)
        self.assertEqual(result.code, 0)
        self.assertEqual(result.of("exception")[0]["exc"], "ValueError")
        self.assertGreater(result.of("interp_start")[0]["more"], 100)
        self.assertGreater(result.of("popen")[0]["more"], 50)
