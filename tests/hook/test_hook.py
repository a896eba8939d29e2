# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the Python hook, on every interpreter from 3.8 on that is found here.

usage: test_hook.py [-v] [--quick] [--python PATH ...] [-k NAME]

--quick takes only the first interpreter; -k selects tests by name, and may be repeated.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from receiver import SCRIPTS, HookTest, chosen, environment, execute, watch  # noqa: E402
from test_connection import SocketTest  # noqa: E402, F401  (found by the loader)

METHODS = ("fork", "spawn", "forkserver")


class EventsTest(HookTest):
    """The events of programs."""

    def test_family(self):
        for method in METHODS:
            with self.subTest(method=method):
                result = self.case("family", method)
                self.assertEqual((result.code, result.out, result.err), (0, b"main ends\n", b""))
                main = result.main
                daemon, plain = result.of("proc_new")
                self.assertEqual(
                    (daemon["name"], daemon["daemon"], daemon["how"], daemon["target"]),
                    ("the daemon", True, "explicit", "__main__.hang"),
                )
                self.assertEqual((plain["name"], plain["daemon"], plain["how"]), ("Process-2", False, "inherited"))
                self.assertEqual((daemon["obj"], daemon["by"]), ("%d:1" % main, "%d:" % main))
                self.assertRegex(daemon["src"], "^/.*/scripts/events.py:[0-9]+$")
                pids = {event["obj"]: event["child"] for event in result.of("start_ok", method=method)}
                self.assertEqual(len(pids), 2)
                pid = pids[daemon["obj"]]
                boot = result.of("boot", obj=daemon["obj"])[0]
                self.assertEqual((boot["p"], boot["parent"], boot["method"], boot["daemon"]), (pid, main, method, True))
                self.assertEqual(boot["ppid"] == main, method != "forkserver")
                begin = result.of("exit_begin", p=main)[0]
                self.assertEqual(begin["daemons"], [{"obj": daemon["obj"], "name": "the daemon", "child": pid}])
                self.assertEqual(result.of("exit_terminate")[0]["child"], pid)
                self.assertEqual((result.of("signal")[0]["sig"], result.of("signal")[0]["at_exit"]), (15, True))
                self.assertEqual(result.of("reaped", child=pid)[0]["code"], -15)
                self.assertEqual(result.of("reaped", obj=plain["obj"])[0]["code"], 0)
                self.assertEqual(result.of("proc_end", p=pid), [])
                self.assertEqual(result.of("proc_end")[0]["code"], 0)
                idle = result.of("exit_begin", p=pids[plain["obj"]])
                self.assertEqual([event.get("idle") for event in idle], [True])
                self.assertEqual(result.of("exit_phase", p=pids[plain["obj"]]), [])
                self.assert_order(
                    result.names(main),
                    ["interp_start", "proc_new", "proc_new", "start_call", "start_ok", "start_call", "start_ok"]
                    + ["main_end", "exit_begin", "exit_phase", "exit_terminate", "signal"]
                    + ["exit_phase", "exit_end", "interp_exit"],
                )
                self.assertEqual(len(result.of("exit_join")), len(result.of("join_ret", at_exit=True)))
                self.assertEqual(result.of("main_end")[0]["exact"], True)
                roles = sorted(event["role"] for event in result.of("interp_start") if event["role"] != "spawned")
                helpers = {"fork": [], "spawn": ["tracker"], "forkserver": ["forkserver", "tracker"]}
                self.assertEqual(roles, sorted(["main", *helpers[method]]))

    def test_codes(self):
        for method in ("fork", "spawn"):
            result = self.case("codes", method)
            error = result.of("exception")[0]
            self.assertEqual((error["exc"], error["msg"]), ("ValueError", "child failed"))
            self.assertIn(error["tb"].encode(), result.err)
            self.assertEqual([event["code"] for event in result.of("proc_end")], [1, 3])
            self.assertEqual([event["code"] for event in result.of("join_ret")], [1, 3])
            self.assertEqual(len(result.of("join_call", timeout=None)), 2)
            self.assertEqual(result.of("close")[0]["ok"], True)

    def test_signals(self):
        result = self.case("signals")
        self.assertEqual(len(result.of("terminate")), 1)
        self.assertEqual(len(result.of("kill")), 1)
        self.assertEqual([event["sig"] for event in result.of("signal", at_exit=False)], [15, 9])
        self.assertEqual([event["code"] for event in result.of("join_ret")], [None, -15, None, -9])
        self.assertEqual(result.of("join_call")[0]["timeout"], 0.01)
        self.assertEqual(result.of("os_kill"), [])

    def test_flags(self):
        result = self.case("flags")
        first, second, third = [(e["old"], e["new"], e["ok"], e["state"]) for e in result.of("daemon_set")][:3]
        self.assertEqual(first, (False, True, True, "new"))
        self.assertEqual(second, (True, False, True, "new"))
        self.assertEqual(third, (False, True, False, "started"))
        self.assertEqual([e["state"] for e in result.of("daemon_set")][3:], ["self", "self"])
        self.assertEqual(result.of("name_set")[0]["name"], "renamed")
        self.assertEqual(result.of("proc_new")[0]["target"], "__main__.Worker.run")
        self.assertEqual(result.of("proc_new")[1]["daemon"], True)
        self.assertIn("not allowed to have children", result.of("start_refused")[0]["msg"])

    def test_refused(self):
        for method in METHODS:
            result = self.case("refused", method)
            refused = result.of("start_refused")[0]
            self.assertEqual(refused["msg"], "daemonic processes are not allowed to have children")
            self.assertEqual(refused["exc"], "AssertionError")
            self.assertEqual(refused["by"], "%d:1" % result.main)
            self.assertEqual(refused["obj"], "%d:1.1" % refused["p"])
            self.assertEqual(result.of("boot", name="grandchild"), [])

    def test_shadowed_flag(self):
        """A class with a flag of its own in the property's place: the exit sequence sees that one."""
        code = (
            "import multiprocessing as m, time\n"
            "class P(m.get_context('fork').Process): daemon = True\n"
            "p = P(target=time.sleep, args=(600,)); p.start()\n"
        )
        result = watch([chosen.python, "-c", code])
        self.check(result)
        made = result.of("proc_new")[0]
        self.assertEqual((made["daemon"], made["shadowed"]), (True, True))
        self.assertEqual(len(result.of("exit_begin", p=result.main)[0]["daemons"]), 1)
        self.assertEqual(len(result.of("exit_terminate")), 1)

    def test_hostile_words(self):
        """What is no plain text is told without running the program's code."""
        code = (
            "import multiprocessing as m, os, subprocess, sys\n"
            "class Word(str):\n"
            "    def called(self, *args): raise RuntimeError('called')\n"
            "    __len__ = __bool__ = __eq__ = __str__ = __getitem__ = __add__ = __mod__ = encode = called\n"
            "    __hash__ = str.__hash__\n"
            "class Words(list): __iter__ = __len__ = __eq__ = Word.called\n"
            "context = m.get_context('fork')\n"
            "if __name__ == '__main__':\n"
            "    for sys.argv in (['-c', Word('changed')], ('no', 'list', Word('x')), [Word(), 5], Words(['own']), None):\n"
            "        p = context.Process(target=int)\n"
            "        p._name = Word('odd \\u20ac \"')\n"
            "        p.start(); p.join()\n"
            "    subprocess.run(['true', Word('said')])\n"
            "    exec('if os.fork() == 0: os._exit(0)', {'os': os, '__name__': Word('odd')})\n"
            "    os.wait()\n"
            "    m.current_process()._identity = (Word('odd'), 7)\n"
            "    if os.fork() == 0: os._exit(0)\n"
        )
        result = watch([chosen.python, "-c", code])
        self.assertEqual((result.code, result.out, result.err), (0, b"", b""))
        self.assertEqual([event["name"] for event in result.of("boot")], ['odd \u20ac "'] * 5)
        argv = [["-c", "changed"], ["no", "list", "x"], [""], ["own"], []]
        self.assertEqual([event["argv"] for event in result.of("boot")], argv)
        self.assertEqual(result.of("popen")[0]["argv"], ["true", "said"])

    def test_optimized(self):
        """Compiled without its checks, the library refuses nothing."""
        result = self.case("refused", "fork", "-O")
        self.assertEqual(result.of("interp_start")[0]["optimize"], 1)
        self.assertEqual(result.of("start_refused"), [])
        self.assertEqual(len(result.of("start_ok", obj=result.of("proc_new", name="grandchild")[0]["obj"])), 1)

    def test_nested(self):
        for method in METHODS:
            result = self.case("nested", method)
            child = result.of("boot", name="Process-1")[0]
            grandchild = result.of("boot", name="grandchild")[0]
            self.assertEqual(grandchild["parent"], child["p"])
            self.assertEqual(grandchild["obj"], "%d:1.1" % child["p"])
            self.assertEqual(result.of("exit_begin", p=child["p"])[0]["plain"][0]["obj"], grandchild["obj"])

    def test_pool(self):
        for method in ("fork", "spawn"):
            result = self.case("pool", method)
            self.assertEqual(result.out, b"[0, 1, 4, 9]\n")
            set_later = result.of("daemon_set", new=True, ok=True)
            self.assertEqual(len(set_later), 2)
            self.assertIn("pool.", set_later[0]["via"])
            self.assertIn("events.py", set_later[0]["src"])
            self.assertEqual([e["daemon"] for e in result.of("boot")], [True, True])
            self.assertTrue(all("PoolWorker" in e["name"] for e in result.of("boot")))
            threads = {event["tid"] for event in result.of("thread", p=result.main)}
            self.assertEqual(len(threads), 3)
            self.assertEqual({event["tid"] for event in result.of("thread_end", p=result.main)}, threads)

    def test_executor(self):
        for method in ("fork", "spawn"):
            result = self.case("executor", method)
            self.assertEqual(result.out, b"25\n")
            self.assertEqual([e["daemon"] for e in result.of("boot")], [False])
            self.assertEqual(result.of("proc_end")[0]["code"], 0)

    def test_manager(self):
        result = self.case("manager")
        self.assertEqual(result.out, b"[1, 2]\n")
        self.assertEqual(result.of("boot")[0]["name"], "SyncManager-1")

    def test_raw_fork(self):
        result = self.case("rawfork")
        forked = result.of("forked")[0]
        self.assertEqual((forked["ppid"], forked["by"]), (result.main, "%d:" % forked["p"]))
        self.assertEqual(result.of("os_fork")[0]["how"], "fork")
        self.assertEqual(result.names(forked["p"]), ["forked"])

    def test_threads(self):
        result = self.case("threads")
        begin, end = result.of("thread", name="waiter")[0], result.of("thread_end", name="waiter")[0]
        self.assertEqual((begin["tid"], begin["ident"]), (end["tid"], end["ident"]))
        self.assertNotEqual(begin["tid"], result.main)
        self.assert_order(result.names(result.main), ["thread", "main_end", "thread_end", "interp_exit"])

    def test_calls(self):
        result = self.case("calls")
        self.assertEqual(result.out, b"executed\n")
        wanted = [("subprocess", ["true", "word"]), ("system", ["exit 0"]), ("posix_spawn", ["sleep", "600"])]
        self.assertEqual([(e["how"], e["argv"]) for e in result.of("popen")], wanted)
        self.assertEqual(result.of("os_kill")[0]["sig"], 9)
        self.assertEqual(result.of("os_exec")[0]["argv"], ["echo", "executed"])
        self.assertEqual(result.of("forked"), [])
        self.assertEqual(result.of("interp_exit"), [])

    def test_inner_interpreter(self):
        result = self.case("inner")
        roles = [event["role"] for event in result.of("interp_start")]
        self.assertEqual((roles, result.out), (["main", "main"], b"inner\n"))
        self.assertEqual(len(result.of("boot")), 1)

    def test_skipped_exit(self):
        result = self.case("skipped")
        self.assertEqual([e["phase"] for e in result.of("exit_phase", p=result.main)][-1], "skipped")

    def test_storm(self):
        result = self.case("storm")
        self.assertEqual(len(result.of("boot")), 30)
        self.assertEqual(len(result.of("proc_end", code=0)), 30)
        self.assertEqual(len(result.of("reaped", code=0)), 30)

    def test_warnings_are_errors(self):
        """Nothing of the hook's may be warned of, not even in the interpreter's last moments."""
        for name in ("family", "pool", "rawfork", "threads", "storm"):
            method = "spawn" if name == "pool" else "fork"
            command = [chosen.python, "-X", "dev", "-W", "error", "-b", "events.py", name, method]
            result = watch(command)
            self.check(result)
            plain = execute(command, environment())
            self.assertEqual(result.visible(), plain.visible(), name)

    def test_uncaught(self):
        result = watch([chosen.python, "-c", "import threading; x = [][1]"])
        self.check(result)
        self.assertEqual(result.of("interp_exit")[0]["exc"], "IndexError")
        self.assertEqual(result.names(), ["interp_start", "main_end", "interp_exit"])


class WaysInTest(HookTest):
    """The ways in which an interpreter is started."""

    def test_module(self):
        result = watch([chosen.python, "-m", "package"])
        self.check(result)
        self.assertEqual((result.out, len(result.of("boot"))), (b"packaged\n", 1))

    def test_code_and_stdin(self):
        code = (
            "import multiprocessing as m\n"
            "p = m.get_context('fork').Process(target=print, args=(1,))\n"
            "p.start(); p.join()\n"
        )
        for options, stdin, source in ((["-c", code], b"", "<string>"), ([], code.encode(), "<stdin>")):
            result = watch([chosen.python, *options], stdin)
            self.check(result)
            self.assertEqual((result.out, result.err, len(result.of("boot"))), (b"1\n", b"", 1))
            self.assertEqual(result.of("start_call")[0]["src"], source + ":3")

    def test_virtual_environment(self):
        with tempfile.TemporaryDirectory() as folder:
            make = [chosen.python, "-m", "venv", "--without-pip", "--symlinks", folder]
            subprocess.run(make, check=True, env=environment())
            result = watch([folder + "/bin/python", "events.py", "nested", "spawn"])
            self.check(result)
            self.assertEqual(len(result.of("boot")), 2)
            self.assertEqual(result.of("interp_start")[0]["exe"], folder + "/bin/python")

    def test_own_sitecustomize(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/sitecustomize.py", "w") as file:
                file.write("import sys\nsys.custom = (__name__, __file__, __spec__.origin)\n")
            code = "import sys, sitecustomize as s; print(sys.custom, s.__file__, sys.path)"
            plain = execute([chosen.python, "-c", code], environment(None, folder))
            result = watch([chosen.python, "-c", code], old_path=folder)
            self.assertEqual(result.visible(), plain.visible())
            self.assertEqual(len(result.of("interp_start")), 1)
            with open(folder + "/sitecustomize.py", "w") as file:
                file.write("raise ValueError('custom')\n")
            plain = execute([chosen.python, "-c", "print(1)"], environment(None, folder))
            self.assertIn(b"custom", plain.err)
            self.assertEqual(watch([chosen.python, "-c", "print(1)"], old_path=folder).visible(), plain.visible())

    def test_isolated(self):
        for option in ("-I", "-E", "-S"):
            result = watch([chosen.python, option, "events.py", "nested", "spawn"])
            self.assertEqual((result.code, result.err, result.events), (0, b"", []))

    def test_no_socket_variable(self):
        env = environment("unused")
        del env["DAEMONSCOPE_SOCKET"]
        code = "import sys; print(sys.meta_path, sys.path)"
        plain = execute([chosen.python, "-c", code], environment())
        self.assertEqual(execute([chosen.python, "-c", code], env).visible(), plain.visible())

    def test_modules(self):
        """The names in sys.modules are as without the hook, and so is a module that the hook needs, too."""
        code = (
            "import sys; print(sorted(sys.modules))\n"
            "import atexit; print(sorted(sys.modules), atexit is sys.modules['atexit'], atexit.__spec__,\n"
            "    atexit.__loader__, atexit.__name__)\n"
            "import _json, _socket, fcntl; print(sorted(sys.modules)); atexit.register(print, 'bye')"
        )
        plain = execute([chosen.python, "-c", code], environment())
        result = watch([chosen.python, "-c", code])
        self.assertEqual(result.visible(), plain.visible())
        self.assertEqual(len(result.of("interp_exit")), 1)

    def test_lines(self):
        code = "import sys; print(sys.stdout.line_buffering)"
        self.assertEqual(watch([chosen.python, "-c", code]).out, b"False\n")
        self.assertEqual(watch([chosen.python, "-c", code], DAEMONSCOPE_OPTIONS="other,lines").out, b"True\n")


class TransparencyTest(HookTest):
    """What a program prints, and how it ends, must not depend on the hook."""


def _make_transparent(name):
    def test(self):
        command = [chosen.python, "transparent.py", name]
        for attempt in range(3):  # an interrupt can come at a different instruction: that is the program's own race
            plain = execute(command, environment())
            result = watch(command)
            if plain.visible() == result.visible() or attempt == 2 or "interrupt" not in name:
                break
        self.assertEqual(result.visible(), plain.visible())
        self.assertEqual(result.of("hook_error"), [])
        self.assertTrue(result.events)

    return test


with open(os.path.join(SCRIPTS, "transparent.py")) as script:
    for case in re.findall(r"^def case_(\w+)", script.read(), re.M):
        setattr(TransparencyTest, "test_" + case, _make_transparent(case))


def find_pythons():
    """Interpreters from 3.8 on: the system's, those of these names on the path, and a version manager's."""
    places = ["/usr/bin/python3"]
    places += [found for found in (shutil.which("python3.%d" % minor) for minor in range(8, 16)) if found]
    places += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3")))
    found = {}
    for place in places:
        question = "import sys; print(sys.version_info[:3], sys.base_prefix); sys.exit(sys.version_info < (3, 8))"
        try:
            answer = subprocess.check_output([place, "-c", question], stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            continue
        found.setdefault(answer, place)
    return list(found.values())


def main():
    """Run the tests on each interpreter."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-v", action="store_true", dest="verbose")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--python", nargs="+", default=None)
    parser.add_argument("-k", action="append", dest="names", default=None)
    options = parser.parse_args()
    pythons = options.python or find_pythons()
    failed = not pythons
    for chosen.python in pythons[:1] if options.quick else pythons:
        print("==", chosen.python, flush=True)
        loader = unittest.TestLoader()
        loader.testNamePatterns = ["*%s*" % name for name in options.names] if options.names else None
        suite = loader.loadTestsFromModule(sys.modules[__name__])
        result = unittest.TextTestRunner(verbosity=2 if options.verbose else 1).run(suite)
        failed = failed or not result.wasSuccessful()
    sys.exit(failed)


if __name__ == "__main__":
    main()
