#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs clang-tidy over the sources of a unity build, a unit at a time: what all its files include is read only once.
Units that have not changed since they passed are skipped."""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A unit includes .cpp files, which is what makes it one.
CHECKS = "-bugprone-suspicious-include"


def units(build, folders):
    commands = json.loads((build / "compile_commands.json").read_text())
    roots = [build / folder for folder in folders] + [ROOT / folder for folder in folders]
    files = {pathlib.Path(c["file"]) for c in commands}
    return sorted(f for f in files if any(f.is_relative_to(root) for root in roots))


def members(unit):
    """The project's files that a unit is made of; itself, where it is a source of the project."""
    included = re.findall(r'#include "([^"]+\.cpp)"', unit.read_text()) if "Unity" in unit.parts else []
    return [pathlib.Path(name) for name in included] or [unit]


def stamp_of(unit):
    """Changes with the unit's files, with any header of the project, and with the configuration."""
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    for header in sorted(p for folder in ("core", "ui", "app") for p in (ROOT / folder).rglob("*.h")):
        digest.update(header.read_bytes())
    for file in members(unit):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def check(build, unit):
    stamp = build / "tidy" / (str(unit.relative_to(ROOT)).replace("/", "_") + ".ok")
    wanted = stamp_of(unit)
    if stamp.exists() and stamp.read_text() == wanted:
        return unit, 0, ""
    run = subprocess.run(["clang-tidy-14", "--quiet", f"--checks={CHECKS}", "-p", str(build), str(unit)],
                         capture_output=True, text=True)
    failed = run.returncode or int("warning:" in run.stdout)
    if not failed:
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)
    return unit, failed, run.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("folders", nargs="*", default=["core", "app"])
    options = parser.parse_args()
    build = options.build.resolve()
    failed = 0
    files = units(build, options.folders)
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for unit, status, output in pool.map(lambda unit: check(build, unit), files):
            if status:
                failed += 1
                print(f"--- {unit.relative_to(ROOT)}\n{output}")
    print(f"clang-tidy: {sum(len(members(unit)) for unit in files)} files in {len(files)} units, {failed} units with findings")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
