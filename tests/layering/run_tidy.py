#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs clang-tidy over the sources of the dev build. Files that have not changed since they passed are skipped."""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "dev"


def sources(folders):
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    files = {pathlib.Path(c["file"]) for c in commands}
    return sorted(f for f in files if f.is_relative_to(ROOT) and f.relative_to(ROOT).parts[0] in folders and f.exists())


def stamp_of(file):
    """Changes with the file, with any header of the project, and with the configuration."""
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    for header in sorted(p for folder in ("core", "ui", "app") for p in (ROOT / folder).rglob("*.h")):
        digest.update(header.read_bytes())
    digest.update(file.read_bytes())
    return digest.hexdigest()


def check(file):
    stamp = BUILD / "tidy" / (file.relative_to(ROOT).as_posix().replace("/", "_") + ".ok")
    wanted = stamp_of(file)
    if stamp.exists() and stamp.read_text() == wanted:
        return file, 0, ""
    run = subprocess.run(["clang-tidy-14", "--quiet", "-p", str(BUILD), str(file)], capture_output=True, text=True)
    if run.returncode == 0 and "warning:" not in run.stdout:
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)
    return file, run.returncode or int("warning:" in run.stdout), run.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("folders", nargs="*", default=["core", "app"])
    options = parser.parse_args()
    failed = 0
    files = sources(options.folders)
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for file, status, output in pool.map(check, files):
            if status:
                failed += 1
                print(f"--- {file.relative_to(ROOT)}\n{output}")
    print(f"clang-tidy: {len(files)} files, {failed} with findings")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
