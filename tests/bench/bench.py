#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench.py BUILD_DIR [NAME…]: what daemonscope costs, as ratios against a named baseline that runs side by side.

The contenders of a benchmark run in turn, forwards and backwards, and the median of each one's costs is compared, as
the machine may have other things to do. A ratio of 1.30 means: takes 1.30 times as much as the baseline. A goal is
printed beside its ratio; nothing fails when it is missed. On one core, CPU time is what to look at.
"""

import shutil
import subprocess
import sys
import tempfile
import time

from engine import engine
from measuring import Bench
from python_hook import hook
from storage import append, opening, output
from tracing import execs, forks, make, threads


def window(bench, name):
    """A benchmark of the window's, which prints its ratios itself."""
    program = bench.programs / f"bench_{name}"
    if not program.exists():
        print(f"\n{name}: skipped, as it was not built")
        return
    print(f"\n{name}", flush=True)
    subprocess.run([str(program)], env={**bench.environment, "QT_QPA_PLATFORM": "offscreen"}, check=False)


def diagram(bench):
    """Laying out the diagram."""
    window(bench, "diagram")


def timeline(bench):
    """Drawing the timeline."""
    window(bench, "timeline")


BENCHES = {
    "forks": forks,
    "execs": execs,
    "make": make,
    "threads": threads,
    "hook": hook,
    "output": output,
    "append": append,
    "opening": opening,
    "engine": engine,
    "diagram": diagram,
    "timeline": timeline,
}


def main():
    """Run the benchmarks that are named, or all."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wanted = sys.argv[2:] or list(BENCHES)
    for name in wanted:
        if name not in BENCHES:
            sys.exit(f"bench: there is no benchmark '{name}'; there are {', '.join(BENCHES)}")
    print("costs as ratios to a baseline of the same run; smaller is better, where nothing else is said")
    if not shutil.which("strace"):
        print("strace is not installed: its lines are missing")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daemonscope-bench-") as folder:
        bench = Bench(sys.argv[1], folder)
        for name in wanted:
            start = time.monotonic()
            BENCHES[name](bench)
            print(f"  ({name} took {time.monotonic() - start:.0f} s)", flush=True)
    print(f"\nall in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
