# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What CPython changed its mind about: the text of v38_changed and v13_changed, which other versions answer."""

import atexit
import multiprocessing as mp
import sys
import threading

from oracle import nap, out, part, rerun, say, setup, state

EXITS = {"exit()": (), "exit(None)": (None,), "exit(3)": (3,), "exit('text')": ("text",)}


def leave(arguments):
    sys.exit(*arguments)


def child_with_handlers(kind):
    atexit.register(say, "handler of the child")
    if kind == "raises":
        raise SystemExit(2)


def later(seconds, text):
    nap(seconds)
    say(text)


def thread_and_daemon():
    g = mp.Process(target=nap, args=(60,), daemon=True)
    g.start()

    def look():
        nap(1)
        say(f"thread ends, daemon grandchild alive: {state(g.pid) not in ('Z', 'X', 'gone')}")

    threading.Thread(target=look).start()


def failing_with_child():
    atexit.register(say, "handler of the child")
    mp.Process(target=later, args=(0.8, "grandchild ended")).start()
    threading.Thread(target=later, args=(0.3, "thread ended")).start()
    raise ValueError("boom")


def run(case):
    setup()
    if not case:
        for name, arguments in EXITS.items():
            p = mp.Process(target=leave, args=(arguments,))
            p.start()
            p.join()
            out(f"child, {name}", p.exitcode)
            out(f"main, {name}", rerun(name).rc)
        for each in ("returns", "raises", "threads"):
            out(each, rerun(each).out.split("\n"))
        ran = rerun("fails")
        out("fails", ran.out.split("\n"))
        ran = rerun("order")  # with stderr in the same place
        out("order", [line for line in ran.out.split("\n") if not line.startswith("  ")])
    elif case in EXITS:
        leave(EXITS[case])
    else:
        if case == "order":
            import os
            os.dup2(1, 2)
        targets = {"threads": (thread_and_daemon, ()), "fails": (failing_with_child, ()), "order": (failing_with_child, ())}
        target, arguments = targets.get(case, (child_with_handlers, (case,)))
        p = mp.Process(target=target, args=arguments)
        p.start()
        p.join()
        say(f"exit code {p.exitcode}")
