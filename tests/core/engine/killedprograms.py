#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills an engine's program at any instant, and looks at what is left: processes, sockets, files, shared memory.

usage: killedprograms.py BUSYPROGRAM fork|spawn|forkserver

SIGKILL for main alone (its children see that, and end), and for the whole group. An instant is a line that the program
says and a little more, by a seed; so it is where something happens, on whatever machine.

DAEMONSCOPE_REPEAT says how often each of the two, DAEMONSCOPE_SEED gives other instants.
"""

import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "conformance"))
import guard  # noqa: E402

PATIENCE = 60  # seconds for what is left to end by itself
LINES = 44  # that the program says when nobody kills it
ENOUGH = 5  # rounds, for some of them to find the program at work
MOST_LATER = 0.004  # seconds after a line, about what the program needs for the next one


def take_lines(stream, count):
    """Whether the program said so many lines before its end."""
    return all(stream.readline() for _ in range(count))


def kill_group(run, still):
    """Its processes and their shared memory, counted while all stand still, if they are to."""
    found = [], set()
    if still:
        os.killpg(run.process.pid, signal.SIGSTOP)
        found = run.members(), run.shared_files()
    os.killpg(run.process.pid, signal.SIGKILL)
    return found


def kill_main(run):
    """Its children, as far as they have not seen it yet, and their shared memory."""
    os.kill(run.process.pid, signal.SIGKILL)
    return run.members(), run.shared_files()


def round_of(program, method, kill, instant, later):
    """(Whether it was killed, how many processes were seen then, what is wrong afterwards.)"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DAEMONSCOPE_")}
    with tempfile.TemporaryFile() as err:
        run = guard.Run([program, method], environment, subprocess.PIPE, err)
        with run.process.stdout as stream:
            alive = take_lines(stream, instant)
            end = time.monotonic() + later
            while time.monotonic() < end:
                pass  # a sleep would be longer
            at_work, shared = kill(run) if alive else ([], set())
            drain = threading.Thread(target=stream.read, daemon=True)  # or orphans would wait for a reader
            drain.start()
            status = run.process.wait()
            found = run.leftovers(PATIENCE)
            drain.join()
        found += [f"it left behind: {path}" for path in shared if os.path.exists(path)]
        errors = err.seek(0) or err.read().decode("utf-8", "replace")
    if status not in (0, -signal.SIGKILL):
        found.append(f"it ended with {status}")
    return status == -signal.SIGKILL, len(at_work), found and [*found, errors]


def main():
    program, method = sys.argv[1:]
    seed = int(os.environ.get("DAEMONSCOPE_SEED", "20"))
    rounds = int(os.environ.get("DAEMONSCOPE_REPEAT", "10"))
    chance = random.Random(f"{seed} {method}")
    wrong = False
    for victim in ("main", "group"):
        seen = []
        for turn in range(rounds):
            instant, later = chance.randint(0, LINES), chance.random() * MOST_LATER
            kill = kill_main if victim == "main" else lambda run, still=turn % 2 == 0: kill_group(run, still)
            killed, count, found = round_of(program, method, kill, instant, later)
            seen += [count] if killed else []
            if found:
                wrong = True
                print(f"{method}, {victim} killed {later * 1000:.2f} ms after line {instant} (seed {seed}):", *found, sep="\n  ")
        print(f"{method}: {victim} killed {len(seen)} times, up to {max(seen, default=0)} processes seen then", flush=True)
        if rounds >= ENOUGH and (not seen or (victim == "group" and max(seen) < 2)):
            wrong = True
            print("no kill came while the program was at work")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(guard.guarded(main))
