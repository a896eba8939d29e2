# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hook costs a Python program."""

import statistics

from measuring import ONE_CORE, TWO_CORES, Cost, costs_table

# Says what the starts and joins took, without the start of the interpreter: wall time, CPU time and page faults, its
# children's included.
STARTS = """
import multiprocessing, os, resource, sys, time
def nothing(): pass
def used():
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts), sum(part.ru_minflt for part in parts)
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    def cycle():
        process = context.Process(target=nothing)
        process.start()
        process.join()
    cycle()  # helpers start in the first
    wall, (cpu, faults) = time.monotonic(), used()
    for _ in range(int(sys.argv[2])):
        cycle()
    wall, after = time.monotonic() - wall, used()
    with open(sys.argv[3], "w") as file: print(wall, after[0] - cpu, after[1] - faults, file=file)
"""

WITHOUT = "without the hook"
HOOKED = "with the hook"
LIGHT = "with the light witness, too"
ALL = "with all witnesses"


def _variants(bench, command):
    return [
        (WITHOUT, command),
        (HOOKED, bench.hooked(command)),
        (LIGHT, bench.light(command)),
        (ALL, bench.record(command)),
    ]


def _starts(bench, method, starts, rounds, goals, cores=ONE_CORE):
    """Start and join of an empty process, measured by the program itself; the recorder is not counted.

    Each run is compared with the one without the hook of the same round, for how fast the machine is changes with time.
    Page faults do not: they are most of what a fork costs.
    """
    script = bench.folder / "starts.py"
    script.write_text(STARTS)
    said = bench.folder / "starts.txt"
    command = [bench.python, str(script), method, str(starts), str(said)]
    variants = _variants(bench, command)
    costs = {name: [] for name, _ in variants}
    for number in range(rounds):
        for name, variant in variants if number % 2 == 0 else reversed(variants):
            bench.cost(variant, cores)
            costs[name].append(tuple(map(float, said.read_text().split())))
    ratios = {}
    for name, each in costs.items():
        pairs = list(zip(each, costs[WITHOUT]))
        ratios[name] = Cost(*(statistics.median(one[part] / base[part] for one, base in pairs) for part in (0, 1)))
    note = "; CPU without the fork server's children" if method == "forkserver" else ""
    costs_table(f"Python: start and join ({method}){note}; {cores}", WITHOUT, ratios, goals)
    if method == "forkserver":
        return
    faults = {name: statistics.median(faults for _, _, faults in each) / starts for name, each in costs.items()}
    print(f"  page faults for each: {faults[WITHOUT]:.0f} without the hook, {faults[HOOKED]:.0f} with it", flush=True)


def hook(bench):
    """Starts with each method, the interpreter's start, and the import of multiprocessing."""
    goal = {HOOKED: "CPU at most 1.35"}
    _starts(bench, "fork", 60, 21, goal, TWO_CORES)
    _starts(bench, "fork", 60, 21, goal)
    _starts(bench, "spawn", 10, 9, {HOOKED: "CPU at most 1.05"})
    _starts(bench, "forkserver", 30, 9, None)
    loop = 'for i in 1 2 3 4 5 6 7 8 9 10; do "$0" -c "$1"; done'
    for title, code in (
        ("Python: start of the interpreter", "pass"),
        ("Python: start and import of multiprocessing", "import multiprocessing.context"),
    ):
        command = ["sh", "-c", loop, bench.python, code]
        variants = _variants(bench, command)
        costs_table(f"{title}; one core", WITHOUT, bench.race(variants, 5, ONE_CORE))
