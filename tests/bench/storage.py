# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to keep output and events, and to open a recording."""

import statistics
import subprocess

from measuring import table


def _lines(bench, program, *arguments):
    """Run a program that prints "NAME SECONDS" several times for each name; the medians, by name."""
    command = [str(bench.programs / program), str(bench.folder), *arguments]
    times = {}
    for line in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        name, seconds = line.split()
        times.setdefault(name, []).append(float(seconds))
    return {name: statistics.median(values) for name, values in times.items()}


def append(bench):
    """Events appended and read back."""
    count = 1_000_000
    medians = _lines(bench, "bench_append", str(count))
    writes = {name: medians[name] for name in ("append", "write-each", "write-buffered")}
    table("events appended, each safe at once, against a write(2) of the same bytes for each (time)", "write-each", writes)
    print(f"  events appended in a second          {count / medians['append']:12,.0f}  goal: at least 2,000,000")
    reads = {name: medians[name] for name in ("read-back", "scan")}
    table("events read back and decoded, against reading every byte of the file (time)", "scan", reads)
    print(f"  events read back in a second         {count / medians['read-back']:12,.0f}")


def opening(bench):
    """A recording of a million events opened."""
    medians = _lines(bench, "bench_open", "1000000")
    room = medians.pop("process-bytes")
    goals = {"open": "less than 20"}
    table("1,000,000 events opened (read, checked, folded), against reading every byte (time)", "scan", medians, goals)
    print(f"  bytes of the tree for a process that was forked and ended {room:8,.0f}")


def output(bench):
    """Output in writes of several sizes. The recorder stands where cat stands: between the program and its destination."""
    for size, mebibytes in ((16, 4), (4096, 256), (65536, 256)):
        writer = [str(bench.fixtures / "writer"), str(size), str(mebibytes)]
        pipeline = " ".join(writer)
        recorded = " ".join(bench.record(writer))
        light = " ".join(bench.record(writer, "--no-ptrace"))
        copy = bench.folder / "copy"
        commands = [
            ("writer | cat >/dev/null", f"{pipeline} | cat >/dev/null"),
            ("writer | tee FILE >/dev/null", f"rm -f {copy}; {pipeline} | tee {copy} >/dev/null"),
            ("record writer >/dev/null", f"{recorded} >/dev/null"),
            ("record --no-ptrace writer >/dev/null", f"{light} >/dev/null"),
            ("writer | cat | cat >/dev/null", f"{pipeline} | cat | cat >/dev/null"),
            ("record writer | cat >/dev/null", f"{recorded} | cat >/dev/null"),
        ]
        costs = bench.race([(name, ["sh", "-c", command]) for name, command in commands], 7)
        baseline = commands[0][0]
        goals = {"record writer >/dev/null": "at least 0.6"} if size == 4096 else None
        # Throughput: the inverse of time.
        rates = {name: 1 / cost.wall for name, cost in costs.items()}
        table(f"output: {mebibytes} MiB in writes of {size} bytes (throughput; larger is better)", baseline, rates, goals)
    (bench.folder / "copy").unlink(missing_ok=True)
