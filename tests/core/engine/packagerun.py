#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs resources/examples/engine with one start method: its words, its processes while it runs, and nothing of it afterwards.

usage: packagerun.py PROGRAM fork|spawn|forkserver
"""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "conformance"))
import guard  # noqa: E402

TRIES = 10  # on a busy machine the worker may have ended before its processes were looked at
PATIENCE = 60  # seconds for the helpers to see that nobody needs them any more
SPAWNED, SERVER, TRACKER = "--multiprocessing-fork", "--multiprocessing-forkserver", "--multiprocessing-tracker"
# Roles on the command lines while main, its daemon and its worker run. A fork has the command line of what it is a copy of.
PROCESSES = {
    "fork": {"": 3},
    "spawn": {"": 1, SPAWNED: 2, TRACKER: 1},
    "forkserver": {"": 1, SERVER: 3, TRACKER: 1},
}


def roles(run):
    found = collections.Counter()
    for _, command in run.members():
        words = [word for word in command.split() if word.startswith("--multiprocessing")]
        found[words[0] if words else ""] += 1
    return found


def run_once(program, method):
    """Its lines, its processes by their roles while both children were at work, and complaints about its end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DAEMONSCOPE_")}
    with tempfile.TemporaryFile() as err:
        run = guard.Run([program, method], environment, subprocess.PIPE, err)
        said, at_work = [], None
        with run.process.stdout as lines:
            for line in lines:
                said.append(line.decode().rstrip())
                if at_work is None and {"daemon: tick 1", "worker: step 1"} <= set(said):
                    at_work = roles(run)
        found = [] if run.process.wait() == 0 else [f"exit status {run.process.returncode}"]
        found += run.leftovers(PATIENCE)
        errors = err.seek(0) or err.read().decode("utf-8", "replace")
    return said, at_work, found + ([f"on stderr: {errors}"] if errors else [])


def wrong_words(said):
    worker = [f"worker: step {n}" for n in range(1, 6)]
    main = [line for line in said if line.startswith("main ends")]
    if [line for line in said if line.startswith("worker: ")] != worker:
        return ["the worker was not waited for"]
    if len(main) != 1 or said.index(main[0]) > said.index(worker[-1]):
        return ["main's code did not end before the worker's"]
    return ["the daemon was waited for"] if "daemon: tick 1000" in said else []


def complaints(program, method):
    for _ in range(TRIES):
        said, at_work, found = run_once(program, method)
        found += wrong_words(said)
        if found or at_work == PROCESSES[method]:
            break
    else:
        found = [f"processes at work: {dict(at_work or {})}, expected: {PROCESSES[method]}"]
    return found and [*found, "It said:", *said]


def main():
    program, method = sys.argv[1:]
    found = complaints(program, method)
    print("\n".join(found) if found else f"{method}: as expected")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(guard.guarded(main))
