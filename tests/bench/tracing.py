# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tracing costs: programs untraced, recorded, under a bare ptrace loop, and under strace."""

import shutil

from measuring import ONE_CORE, TWO_CORES, costs_table, missing

FORKS = 10_000
EXECS = 300

UNTRACED = "untraced"
RECORD = "record"
NO_FILTER = "record --no-filter"
BARE = "bare ptrace loop (the limit)"
TO_BARE = "record to the bare loop"


def overhead(bench, title, command, rounds, prepare=None, goals=None, without_filter=False, with_strace=True):
    """A command on two cores and on one, with each of the tracers."""
    variants = [(UNTRACED, command), (RECORD, bench.record(command))]
    if without_filter:
        variants.append((NO_FILTER, bench.record(command, "--no-filter")))
    variants.append((BARE, bench.bare(command)))
    if with_strace and shutil.which("strace"):
        variants.append(("strace", bench.strace(command)))
        variants.append(("strace --seccomp-bpf", bench.strace(command, "--seccomp-bpf")))
    for cores in (TWO_CORES, ONE_CORE):
        costs = bench.race(variants, rounds, cores, prepare)
        costs_table(f"{title}; {cores}", UNTRACED, costs, goals if cores == ONE_CORE else None)
        record, bare = costs[RECORD], costs[BARE]
        goal = f"  goal: {goals[TO_BARE]}" if goals and TO_BARE in goals and cores == ONE_CORE else ""
        print(f"  {TO_BARE:<38}{record.wall / bare.wall:8.2f}{record.cpu / bare.cpu:8.2f}{goal}")


def forks(bench):
    """Short processes, one after the other."""
    command = [str(bench.fixtures / "children"), str(FORKS)]
    overhead(bench, f"fork-heavy: {FORKS:,} processes one after the other", command, 7, goals={TO_BARE: "at most 1.15"})


def execs(bench):
    """Short programs."""
    loop = f"i=0; while [ $i -lt {EXECS} ]; do /bin/true; i=$((i+1)); done"
    overhead(bench, f"exec-heavy: a shell that runs /bin/true {EXECS} times", ["sh", "-c", loop], 5)


def make(bench):
    """A build."""
    if missing("make", "make", "c++"):
        return
    project = bench.folder / "project"
    project.mkdir(exist_ok=True)
    names = [f"part{number}" for number in range(7)]
    for name in names:
        body = f'int {name}() {{ std::map<std::string, int> m; m["{name}"] = 1; return m.size(); }}'
        (project / f"{name}.cpp").write_text(f"#include <map>\n#include <string>\n{body}\n")
    (project / "main.cpp").write_text("int main() { return 0; }\n")
    objects = " ".join(f"{name}.o" for name in ["main", *names])
    rules = f"program: {objects}\n\tc++ -o $@ $^\n%.o: %.cpp\n\tc++ -c -o $@ $<\nclean:\n\trm -f *.o program\n"
    (project / "Makefile").write_text(rules)
    overhead(
        bench,
        "make -j4 of a small C++ project",
        ["make", "-s", "-C", str(project), "-j4"],
        3,
        prepare=["make", "-s", "-C", str(project), "clean"],
        goals={RECORD: "at most 1.06"},
    )


def threads(bench):
    """Threads that do nothing but system calls: what the filter costs where it stops nothing. strace stops at each."""
    goals = {RECORD: "at most 1.2", NO_FILTER: "at most 1.05"}
    command = [str(bench.programs / "bench_syscalls"), "8", "150000"]
    title = "8 threads bound by system calls"
    overhead(bench, title, command, 7, goals=goals, without_filter=True, with_strace=False)
    command = [str(bench.programs / "bench_syscalls"), "8", "1000"]
    overhead(bench, f"{title}, for a moment", command, 3)
