# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the benchmarks measure: contenders in turn, medians, ratios, and the goal of a ratio beside it."""

import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

TWO_CORES = "two cores"
ONE_CORE = "one core"


class Cost:
    """What a run took, in seconds: wall time, and CPU time of all its processes."""

    def __init__(self, wall, cpu):
        self.wall = wall
        self.cpu = cpu


class Bench:
    """The programs that are measured, and a folder for what they write."""

    def __init__(self, build, folder):
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(folder)
        self.fixtures = self.build / "tests" / "fixtures"
        self.programs = self.build / "tests" / "bench"
        self.hook = str(pathlib.Path(__file__).resolve().parents[2] / "resources" / "python")
        self.recorder = str(self.build / "bin" / "daemonscope-recorder")
        # A machine may have a start script in the place of its interpreter; it is Python that is measured.
        text = subprocess.check_output(["python3", "-c", "import sys; print(sys.executable)"], text=True)
        self.python = os.path.realpath(text.strip())
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.environment = {**kept, "XDG_RUNTIME_DIR": str(folder)}  # with Python as it is by itself, which keeps bytecode
        self.recording = str(self.folder / "bench.dscope")

    def record(self, command, *options):
        """The command under the recorder."""
        return [self.recorder, "--force", "-o", self.recording, "--output=pipe", *options, "--", *command]

    def hooked(self, command):
        """The command with the hook and its receiver alone."""
        return [str(self.programs / "bench_hooked"), self.recording, self.hook, *command]

    def light(self, command):
        """The command with the hook and the light witness: without ptrace and output capture."""
        return [self.recorder, "--force", "-o", self.recording, "--no-ptrace", "--output=inherit", "--", *command]

    def bare(self, command):
        """The command under a ptrace loop that only continues."""
        return [str(self.programs / "bench_bareloop"), *command]

    @staticmethod
    def strace(command, *options):
        """The command under strace."""
        return ["strace", "-f", "-qq", *options, "-e", "trace=process", "-o", "/dev/null", *command]

    def cost(self, command, cores=TWO_CORES, prepare=None):
        """Run a command once."""
        if prepare:
            subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pathlib.Path(self.recording).unlink(missing_ok=True)  # what is overwritten costs time, too
        pin = (lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})) if cores == ONE_CORE else None
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        done = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=pin,
            check=False,
        )
        wall = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"bench: {command} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def race(self, commands, rounds, cores=TWO_CORES, prepare=None):
        """Run (name, command) in turn, forwards and backwards; the median of their costs, by name."""
        costs = {name: [] for name, _ in commands}
        for number in range(rounds):
            for name, command in commands if number % 2 == 0 else reversed(commands):
                costs[name].append(self.cost(command, cores, prepare))
        return {
            name: Cost(statistics.median(cost.wall for cost in each), statistics.median(cost.cpu for cost in each))
            for name, each in costs.items()
        }


def missing(what, *programs):
    """Tell that a benchmark can't run here for want of a program."""
    for program in programs:
        if not shutil.which(str(program)):
            print(f"\n{what}: skipped, as there is no {program} here")
            return True
    return False


def table(title, baseline, values, goals=None):
    """Print numbers as ratios to that of the baseline; goals: {name: text}."""
    print(f"\n{title}")
    for name, value in values.items():
        note = "  (baseline)" if name == baseline else f"  goal: {goals[name]}" if goals and name in goals else ""
        print(f"  {name:<38}{value / values[baseline]:8.2f}{note}", flush=True)


def costs_table(title, baseline, costs, goals=None):
    """Print costs as ratios of wall and CPU time to those of the baseline."""
    print(f"\n{title}\n  {'':<38}{'wall':>8}{'CPU':>8}")
    for name, cost in costs.items():
        note = "  (baseline)" if name == baseline else f"  goal: {goals[name]}" if goals and name in goals else ""
        wall, cpu = cost.wall / costs[baseline].wall, cost.cpu / costs[baseline].cpu
        print(f"  {name:<38}{wall:8.2f}{cpu:8.2f}{note}", flush=True)
