#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench.py BUILD_DIR [NAME…]: what daemonscope costs, as ratios against a named baseline that runs side by side.

The contenders of a benchmark run in turn, forwards and backwards, and the median of each one's times is compared, as
the machine may have other things to do. A ratio of 1.30 means: takes 1.30 times as long as the baseline.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FORKS = 10000


class Bench:
    def __init__(self, build, folder):
        self.build = build
        self.folder = folder
        self.fixtures = build / "tests" / "fixtures"
        self.recorder = str(build / "bin" / "daemonscope-recorder")
        # A machine may have a start script in the place of its interpreter; it is Python that is measured.
        self.python = os.path.realpath(subprocess.check_output(["python3", "-c", "import sys; print(sys.executable)"], text=True).strip())
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}

    def record(self, command, *options):
        return [self.recorder, "--force", "-o", str(self.folder / "bench.dscope"), "--output=pipe", *options, "--", *command]

    @staticmethod
    def strace(command):
        return ["strace", "-f", "-qq", "-e", "trace=process", "-o", "/dev/null", *command]

    def seconds(self, command, prepare=None, environment=None):
        if prepare:
            subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        begin = time.monotonic()
        done = subprocess.run(command, env={**self.environment, **(environment or {})}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        seconds = time.monotonic() - begin
        if done.returncode:
            sys.exit(f"bench: {command} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        return seconds

    def race(self, contenders, rounds):
        """Runs (name, callable) in turn; the medians of their times, by name."""
        times = {name: [] for name, _ in contenders}
        for number in range(rounds):
            for name, run in contenders if number % 2 == 0 else reversed(contenders):
                times[name].append(run())
        return {name: statistics.median(values) for name, values in times.items()}

    def commands(self, variants, rounds, prepare=None):
        return self.race([(name, lambda command=command: self.seconds(command, prepare)) for name, command in variants], rounds)


def table(title, baseline, medians, order=None):
    print(f"\n{title}")
    for name in order or medians:
        mark = "  (baseline)" if name == baseline else ""
        print(f"  {name:<38}{medians[name] / medians[baseline]:8.2f}{mark}", flush=True)


def overhead(bench, title, command, rounds, prepare=None):
    """A command untraced, recorded, and under strace."""
    variants = [("untraced", command), ("daemonscope record", bench.record(command))]
    if shutil.which("strace"):
        variants.append(("strace -f -e trace=process", bench.strace(command)))
    medians = bench.commands(variants, rounds, prepare)
    table(title, "untraced", medians)
    if len(variants) == 3:
        bare, recorded, straced = (medians[name] for name, _ in variants)
        if straced > bare:
            print(f"  record adds {100 * (recorded - bare) / (straced - bare):.0f} % of what strace adds")


def forks(bench):
    program = str(bench.fixtures / "children")
    overhead(bench, f"fork-heavy: {FORKS:,} processes one after the other", [program, str(FORKS)], 5)
    overhead(bench, f"fork-heavy: {FORKS:,} processes, 20 at a time", [program, str(FORKS), "20"], 3)


def execs(bench):
    overhead(bench, "exec-heavy: a shell that runs /bin/true 300 times",
             ["sh", "-c", "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done"], 5)


def make(bench):
    project = bench.folder / "project"
    project.mkdir()
    names = [f"part{number}" for number in range(8)]
    for name in names:
        (project / f"{name}.cpp").write_text(
            f"#include <map>\n#include <string>\nint {name}() {{ std::map<std::string, int> m; m[\"{name}\"] = 1; return m.size(); }}\n")
    (project / "main.cpp").write_text("int main() { return 0; }\n")
    objects = " ".join(f"{name}.o" for name in ["main", *names])
    (project / "Makefile").write_text(f"program: {objects}\n\tc++ -o $@ $^\n%.o: %.cpp\n\tc++ -c -o $@ $<\nclean:\n\trm -f *.o program\n")
    if not shutil.which("make") or not shutil.which("c++"):
        print("\nmake: skipped, as make or c++ is not installed")
        return
    overhead(bench, "make -j4 of a small C++ project", ["make", "-s", "-C", str(project), "-j4"], 3,
             prepare=["make", "-s", "-C", str(project), "clean"])


STARTS = """
import multiprocessing, sys
def nothing(): pass
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for _ in range(int(sys.argv[1])):
        child = context.Process(target=nothing)
        child.start()
        child.join()
"""


def hook(bench):
    """The hook with a receiver, but without ptrace and output capture: what the hook alone costs."""
    script = bench.folder / "starts.py"
    script.write_text(STARTS)

    def hooked(command):
        return [bench.recorder, "--force", "-o", str(bench.folder / "bench.dscope"), "--no-ptrace", "--output=inherit", "--", *command]

    for title, command, rounds in (
            ("Python: 200 starts and joins (fork)", [bench.python, str(script), "200"], 3),
            ("Python: start of the interpreter, 20 times",
             ["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \"$0\" -c pass; done", bench.python], 5),
            ("Python: start and import of multiprocessing, 10 times",
             ["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do \"$0\" -c 'import multiprocessing.context'; done", bench.python], 5)):
        medians = bench.commands([("without the hook", command), ("with the hook", hooked(command)),
                                  ("with all witnesses", bench.record(command))], rounds)
        table(title, "without the hook", medians)


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
    program = str(bench.build / "tests" / "bench" / "bench_engine")

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
    for method, starts in ("fork", 100), ("spawn", 10), ("forkserver", 30):
        nanoseconds = float(subprocess.check_output([bench.python, str(script), method, str(starts)], text=True))
        print(f"  {method:<38}{nanoseconds / silent['engine ' + method]:8.2f}", flush=True)


def append(bench):
    lines = subprocess.run([str(bench.build / "tests" / "bench" / "bench_append"), str(bench.folder)], check=True,
                           capture_output=True, text=True).stdout.split("\n")
    times = {}
    for line in filter(None, lines):
        name, seconds = line.split()
        times.setdefault(name, []).append(float(seconds))
    medians = {name: statistics.median(values) for name, values in times.items()}
    table("events appended, each safe at once, against the same bytes (time)", "write-each", medians,
          ["append", "write-each", "write-buffered"])
    table("events read back and decoded, against reading every byte of the file (time)", "scan", medians, ["read-back", "scan"])


def output(bench):
    for size, megabytes in ((4096, 256), (65536, 256)):
        writer = [str(bench.fixtures / "writer"), str(size), str(megabytes)]
        quoted = " ".join(writer)
        recorded = " ".join(bench.record(writer, "--no-ptrace"))
        traced = " ".join(bench.record(writer))
        medians = bench.commands([("writer | cat", ["sh", "-c", f"{quoted} | cat >/dev/null"]),
                                  ("record writer", ["sh", "-c", f"{traced} | cat >/dev/null"]),
                                  ("record --no-ptrace writer", ["sh", "-c", f"{recorded} | cat >/dev/null"])], 5)
        table(f"output: {megabytes} MiB in writes of {size} bytes", "writer | cat", medians)


def timeline(bench):
    program = bench.build / "tests" / "bench" / "bench_timeline"
    if not program.exists():
        print("\ntimeline: skipped, as it was not built")
        return
    print("\ntimeline", flush=True)
    subprocess.run([str(program)], env={**bench.environment, "QT_QPA_PLATFORM": "offscreen"}, check=False)


def main():
    benches = {"forks": forks, "execs": execs, "make": make, "hook": hook, "engine": engine, "append": append, "output": output, "timeline": timeline}
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wanted = sys.argv[2:] or list(benches)
    for name in wanted:
        if name not in benches:
            sys.exit(f"bench: there is no benchmark '{name}'; there are {', '.join(benches)}")
    print("times as ratios to a baseline of the same run; smaller is better")
    if not shutil.which("strace"):
        print("strace is not installed: its columns are missing")
    with tempfile.TemporaryDirectory(prefix="daemonscope-bench-") as folder:
        bench = Bench(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        for name in wanted:
            benches[name](bench)


if __name__ == "__main__":
    main()
