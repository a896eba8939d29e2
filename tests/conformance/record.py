#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the expected files of the programs in python/ anew: what python3 answers with each start method.

usage: record.py [--python PATH] [NAME ...]

The reference is CPython 3.11. What the programs v38_… and v13_… ask, CPython 3.8 and 3.13 answer: --python38 and
--python313. A program is run twice; if its two answers differ, nothing is written for it.
"""

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
METHODS = ("fork", "spawn", "forkserver")

sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE / "python"))
from oracle import plain_signals  # noqa: E402


def answer(python, program, method):
    environment = dict(os.environ, MPM=method, PYTHONDONTWRITEBYTECODE="1")
    environment.pop("PYTHONUNBUFFERED", None)  # what is lost with a buffer is part of the answer
    run = subprocess.run([python, program], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         timeout=300, check=True, text=True, preexec_fn=plain_signals)
    return run.stdout


def pyenv(version):
    return str(pathlib.Path.home() / ".pyenv" / "versions" / version / "bin" / "python3")


def check_version(python, wanted):
    version = subprocess.run([python, "--version"], stdout=subprocess.PIPE, check=True, text=True).stdout.split()[1]
    if not version.startswith(wanted + "."):
        sys.exit(f"record.py: {python} is Python {version}; to be asked is {wanted}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--python38", default=pyenv("3.8.18"))
    parser.add_argument("--python313", default=pyenv("3.13.0"))
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    unsteady = False
    for program in sorted((HERE / "python").glob("[a-z][0-9][0-9]_*.py")):
        if chosen.names and program.stem not in chosen.names:
            continue
        python, version = {"v38": (chosen.python38, "3.8"), "v13": (chosen.python313, "3.13")}.get(
            program.stem[:3], (chosen.python, "3.11"))
        check_version(python, version)
        for method in METHODS:
            first, second = (answer(python, program, method) for _ in range(2))
            if first != second:
                print(f"{program.stem} {method}: two runs differ\n--- first\n{first}--- second\n{second}")
                unsteady = True
                continue
            (HERE / "expected" / f"{program.stem}.{method}.txt").write_text(first)
            print(f"{program.stem} {method}: {first.count(chr(10))} lines")
    return 1 if unsteady else 0


if __name__ == "__main__":
    sys.exit(main())
