# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine costs beside a plain fork and beside CPython."""

import statistics
import subprocess

from measuring import table

ROUNDS = 5  # of both in turn, as the machine may have other things to do

PYTHON_STARTS = """
import multiprocessing, sys, time
def nothing(): pass
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    starts, times = int(sys.argv[2]), []
    for number in range(6):
        begin = time.monotonic_ns()
        for _ in range(starts):
            process = context.Process(target=nothing)
            process.start()
            process.join()
        if number:  # helpers start in the first
            times.append((time.monotonic_ns() - begin) / starts)
    print(sorted(times)[len(times) // 2])
"""


def engine(bench):
    """Start and join with each start method, and CPython's beside it."""
    program = str(bench.programs / "bench_engine")

    def measure(*options):
        text = subprocess.run([program, *options], check=True, text=True, stdout=subprocess.PIPE, env=bench.environment).stdout
        return {name: float(value) for name, value in (line.split("\t") for line in text.splitlines())}

    silent, reporting, large = measure(), measure("--report"), measure("--memory")
    table("C++ engine: start and join of an empty process", "plain fork", silent)
    table("C++ engine, in a program that holds 64 MiB", "plain fork", large)
    table("C++ engine, reporting to a receiver", "plain fork", reporting)
    script = bench.folder / "starts.py"
    script.write_text(PYTHON_STARTS)
    print("\nCPython's start and join, as a multiple of the engine's")
    for method, starts, goal in ("fork", 100, 10), ("spawn", 10, 20), ("forkserver", 30, 20):
        ratios = []
        for _ in range(ROUNDS):
            nanoseconds = float(subprocess.check_output([bench.python, str(script), method, str(starts)], text=True))
            name = "engine " + method
            ratios.append(nanoseconds / measure("--only", name)[name])
        print(f"  {method:<38}{statistics.median(ratios):8.2f}  goal: at least {goal}", flush=True)
