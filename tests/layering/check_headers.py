#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails for files without SPDX lines, headers without a guard, and files that have grown beyond one job."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUFFIXES = {".h", ".cpp", ".py", ".sh", ".cmake"}
NAMES = {"CMakeLists.txt", "dev", "run"}
FOLDERS = ("app", "cmake", "core", "resources", "tests", "ui", ".ci")
MAX_LINES = 400
MAX_HEADER_LINES = 150
# Files that may be longer, each with the reason.
LONGER = {}


def complaints(path):
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text()
    lines = text.count("\n")
    head = text[:600]
    if "SPDX-License-Identifier: GPL-3.0-or-later" not in head or "SPDX-FileCopyrightText:" not in head:
        yield f"{name}: has no SPDX lines"
    if path.suffix == ".h" and "#pragma once" not in text:
        yield f"{name}: has no #pragma once"
    limit = MAX_HEADER_LINES if path.suffix == ".h" else MAX_LINES
    if path.suffix in {".h", ".cpp", ".py"} and lines > LONGER.get(name, limit):
        yield f"{name}: {lines} lines, more than {LONGER.get(name, limit)}; is it one job?"


def main():
    files = [ROOT / "dev"] + [p for folder in FOLDERS for p in (ROOT / folder).rglob("*")
                              if p.is_file() and "__pycache__" not in p.parts
                              and (p.suffix in SUFFIXES or p.name in NAMES)]
    found = [c for p in sorted(files) for c in complaints(p)]
    print("\n".join(found) if found else f"headers: {len(files)} files are in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
