#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the conformance programs with what CPython 3.11 was observed to do, line by line.

usage: check.py PROGRAMS NAME [--method METHOD]   one program, with all three start methods at a time
       check.py PROGRAMS --list                   that programs, expected files, differences and docs/conformance.md
                                                  know of each other
       check.py PROGRAMS --write-docs             writes the tables of programs and differences in docs/conformance.md
       check.py --self-test                       that what ought to fail does

PROGRAMS is the executable `conformance`. Where the engine rightly differs from Python, differences.json says so:
each entry turns one line of the expected text into another (or into several), or takes it away, and gives the reason. What comes out
must be what the engine prints. So a difference that is not listed fails, and one that is listed and not there, too.

A machine may be so busy that something takes longer than a program waits for. A program that does not answer as
expected is therefore run once more with all its times stretched; what is really different is different then, too.
"""

import argparse
import difflib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import guard

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "conformance.md"
METHODS = ("fork", "spawn", "forkserver")
STRETCHES = ("1", "4")
LIMIT = 120  # seconds for a program, times the stretch
PATIENCE = 20  # seconds for what is left of it to end
BEGIN, END = "<!-- differences: begin -->", "<!-- differences: end -->"
PROGRAMS_BEGIN, PROGRAMS_END = "<!-- programs: begin -->", "<!-- programs: end -->"
SUBJECTS = {  # of the programs, by the letter that their names begin with
    "a": "whether a child lives", "c": "close", "d": "the daemon flag", "e": "the exit sequence", "f": "output",
    "h": "threads", "i": "Ctrl-C", "j": "joins", "k": "the authentication key", "l": "children and the parent",
    "m": "start methods", "n": "names", "o": "the death of main", "q": "queues", "s": "start",
    "t": "terminate and signals", "v": "where CPython changed its mind: the profiles of 3.8 and 3.13", "w": "the sentinel",
    "x": "exit codes, and how objects show themselves",
}


def load_differences():
    listed = json.loads((HERE / "differences.json").read_text())
    for entry in listed["differences"]:
        if entry["reason"] not in listed["reasons"]:
            sys.exit(f"differences.json: there is no reason {entry['reason']}")
        entry["methods"] = METHODS if entry["method"] == "*" else tuple(entry["method"].split())
        if not set(entry["methods"]) <= set(METHODS):
            sys.exit(f"differences.json: {entry['program']}: {entry['method']} is no start method")
    unused = set(listed["reasons"]) - {entry["reason"] for entry in listed["differences"]}
    if unused:
        sys.exit(f"differences.json: no difference has the reason {', '.join(sorted(unused))}")
    return listed


def expected_lines(name, method, differences):
    """What the engine has to print: Python's lines, with the listed differences. And complaints about those."""
    lines = (HERE / "expected" / f"{name}.{method}.txt").read_text().splitlines()
    return with_differences(lines, f"{name}, {method}", [entry for entry in differences
                                                         if entry["program"] == name and method in entry["methods"]])


def with_differences(lines, label, differences):
    """The lines changed as the differences say; and complaints about differences that do not fit exactly one line."""
    lines, complaints = list(lines), []
    for entry in differences:
        matching = [i for i, line in enumerate(lines) if line.partition(" = ")[0] == entry["key"]
                    and entry.get("python") in (None, line.partition(" = ")[2])]
        if len(matching) != 1:
            complaints.append(f"differences.json: {label}: {len(matching)} lines fit {entry['key']!r}")
            continue
        new = [f"{entry['key']} = {value}" for value in engine_values(entry)]
        if new == [lines[matching[0]]]:
            complaints.append(f"differences.json: {label}: {entry['key']!r} is no difference")
        lines[matching[0]:matching[0] + 1] = new
    return lines, complaints


def engine_values(entry):
    """The values of the lines that the engine prints instead of one of Python's: none, one or several."""
    value = entry["engine"]
    return [] if value is None else value if isinstance(value, list) else [value]


def run(programs, name, method, stretch, patience):
    """Lines that the engine's program prints; and what went wrong, if something did."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DAEMONSCOPE_")}
    environment.update(MPM=method, ORACLE_SLOW=stretch)
    trouble = ""
    # Files, as a pipe would have us wait for whoever is left behind with it.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = guard.Run([programs, name], environment, out, err)
        process = started.process
        try:
            if process.wait(LIMIT * float(stretch)) != 0:
                trouble = f"exit status {process.returncode}"
        except subprocess.TimeoutExpired:
            trouble = f"did not end within {LIMIT * float(stretch):g} seconds"
            process.kill()
            process.wait()
        trouble = "\n".join([trouble, *started.leftovers(patience)]).strip()
        lines, errors = (file.seek(0) or file.read().decode("utf-8", "replace") for file in (out, err))
    return lines.splitlines(), f"{trouble}\n{errors}".strip() if trouble else ""


def check_method(programs, name, method, differences, patience=PATIENCE):
    """Complaints about one program with one start method."""
    expected, complaints = expected_lines(name, method, differences)
    if complaints:
        return complaints
    for stretch in STRETCHES:
        got, trouble = run(programs, name, method, stretch, patience)
        if got == expected and not trouble:
            return []
        diff = difflib.unified_diff(expected, got, "expected", "engine", lineterm="", n=1)
        complaints = [f"{name}, {method}, times {stretch}: {trouble}".rstrip(": "), *diff]
        print("\n".join(complaints), flush=True)
    return complaints


def check_program(programs, name, methods, differences):
    found = {}
    threads = [threading.Thread(target=lambda m=m: found.update({m: check_method(programs, name, m, differences)}))
               for m in methods]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for method in methods:
        complaints = found.get(method, ["the check itself failed"])
        print(f"{name}, {method}: {'as expected' if not complaints else 'NOT as expected'}")
        if complaints and complaints[0].startswith("differences.json"):
            print("\n".join(complaints))
    return not any(found.get(m, [True]) for m in methods)


def documented_programs(known):
    """The part of docs/conformance.md that lists the programs."""
    lines = ["| letter | about | programs |", "|---|---|---|"]
    for letter in sorted({name[0] for name in known}):
        names = ", ".join(f"`{name}`" for name in sorted(known) if name[0] == letter)
        lines.append(f"| `{letter.upper()}` | {SUBJECTS[letter]} | {names} |")
    return "\n".join(lines)


def documented(listed):
    """The part of docs/conformance.md about the differences."""
    text = []
    for reason, meaning in listed["reasons"].items():
        text += [f"### {meaning['title']}", "", meaning["text"], "", "| program | start method | line | Python 3.11 | engine |",
                 "|---|---|---|---|---|"]
        for entry in listed["differences"]:
            if entry["reason"] != reason:
                continue
            cells = [f"`{entry['program']}`", "all" if entry["method"] == "*" else entry["method"].replace(" ", ", "),
                     entry["key"], shown(python_value(entry)),
                     "<br>".join(map(shown, engine_values(entry))) or "(no such line)"]
            text.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        text.append("")
    return "\n".join(text).rstrip("\n")


def python_value(entry):
    path = HERE / "expected" / f"{entry['program']}.{entry['methods'][0]}.txt"
    values = [line.partition(" = ")[2] for line in path.read_text().splitlines() if line.partition(" = ")[0] == entry["key"]]
    return entry.get("python", values[0] if values else "")


def shown(value):
    return f"`{value if len(value) <= 100 else value[:99] + '…'}`" if value else "(empty)"


def known_programs(programs):
    return set(subprocess.run([programs], stdout=subprocess.PIPE, text=True, check=True).stdout.split())


def check_lists(programs, listed):
    known = known_programs(programs)
    complaints = [f"check.py: nothing says what the letter of {name} is about" for name in sorted(known) if name[0] not in SUBJECTS]
    complaints += [f"check.py: no program has the letter {letter}" for letter in sorted(set(SUBJECTS) - {n[0] for n in known})]
    if complaints:
        print("\n".join(complaints))
        return False
    for method in METHODS:
        expected = {path.name[:-len(f".{method}.txt")] for path in (HERE / "expected").glob(f"*.{method}.txt")}
        complaints += [f"{name}: no expected/{name}.{method}.txt" for name in sorted(known - expected)]
        complaints += [f"expected/{name}.{method}.txt: no such program" for name in sorted(expected - known)]
    complaints += [f"differences.json: no program {entry['program']}" for entry in listed["differences"]
                   if entry["program"] not in known]
    twins = {path.stem for path in (HERE / "python").glob("[a-z][0-9][0-9]_*.py")}
    complaints += [f"python/{name}.py has no twin" for name in sorted(twins - known)]
    document = DOCUMENT.read_text()
    for what, begin, end, text in parts(known, listed):
        if between(document, begin, end) != text.strip():
            complaints.append(f"docs/conformance.md does not show the {what} as they are: run check.py PROGRAMS --write-docs")
    for name in sorted(known):
        if f"`{name}`" in between(document, "## What does not apply", "## Differences"):
            complaints.append(f"docs/conformance.md says that {name} does not apply, but it is there")
    print("\n".join(complaints) if complaints else f"{len(known)} programs, {len(listed['differences'])} differences: in order")
    return not complaints


def parts(known, listed):
    """What of the document is made here: what it is, what is before and after it, and its text."""
    return (("programs", PROGRAMS_BEGIN, PROGRAMS_END, documented_programs(known)),
            ("differences", BEGIN, END, documented(listed)))


def between(document, begin, end):
    """What stands there; nothing if the marks do not."""
    return document.partition(begin)[2].partition(end)[0].strip() if end in document else ""


def write_document(programs, listed):
    document = DOCUMENT.read_text()
    for _, begin, end, text in parts(known_programs(programs), listed):
        head, _, rest = document.partition(begin)
        document = f"{head}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}"
    DOCUMENT.write_text(document)
    return True


def self_test():
    """Whether what ought to fail does fail."""
    def entry(key, engine, **more):
        return {"key": key, "engine": engine, **more}
    lines = ["a = 1", "b = 2", "b = 3"]
    good = ([entry("a", "x")], [entry("a", None)], [entry("b", ["p", "q"], python="3")])
    wanted = (["a = x", "b = 2", "b = 3"], ["b = 2", "b = 3"], ["a = 1", "b = 2", "b = p", "b = q"])
    bad = ([entry("c", "x")], [entry("b", "x")], [entry("a", "1")], [entry("a", "x"), entry("a", "x")])
    failed = [g for g, w in zip(good, wanted) if with_differences(lines, "-", g) != (w, [])]
    failed += [b for b in bad if not with_differences(lines, "-", b)[1]]
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "program"
        name = guard.SHARED / f"{guard.PREFIX}check-{os.getpid()}"
        for text, is_good in (("exit 0", True), ("exit 3", False), ("echo too much", False), ("sleep 60 &", False),
                              ("setsid sleep 60 &", False), ("(setsid setsid sleep 60 &)", False),
                              ("touch $TMPDIR/a", False), (f"touch {name}", False)):
            write_program(program, f"cat '{HERE}/expected/s07_start_returns.fork.txt'\n{text}")
            if bool(check_method(str(program), "s07_start_returns", "fork", [], patience=1)) == is_good:
                failed.append(text)
        if name.exists():
            failed.append("what was left behind is still there")
        # Somebody kills the check: nothing of what it runs may go on.
        for victim in ("the check", "its child"):
            write_program(program, f"(setsid sleep 600 &)\nsetsid sleep 600 &\necho >{folder}/up\nsleep 600")
            failed += [f"after {victim} was killed: {left}" for left in killed_check(program, folder, victim)]
    print(f"check.py: takes the wrong for the right: {failed}" if failed else "check.py: what ought to fail fails")
    return not failed


def write_program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def killed_check(program, folder, victim):
    """What runs on or lies about when a check of `program`, which says by the file `up` that it does, is killed by SIGKILL."""
    up = pathlib.Path(folder) / "up"
    up.unlink(missing_ok=True)
    mark = f"CHECK_OF={folder}"
    check = subprocess.Popen([sys.executable, __file__, str(program), "s07_start_returns", "--method", "fork"],
                             env={**os.environ, "CHECK_OF": folder, "TMPDIR": folder}, stdout=subprocess.DEVNULL)

    def left():
        found = []
        for pid in guard.processes():
            try:
                if mark.encode() in pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    found.append(pid)
            except OSError:
                continue
        return found

    while not up.exists() and check.poll() is None:
        time.sleep(0.02)
    inner = [pid for pid, parent in guard.processes().items() if parent == check.pid]
    os.kill(check.pid if victim == "the check" else inner[0], signal.SIGKILL)
    check.wait()
    end = time.monotonic() + PATIENCE
    while (found := left()) and time.monotonic() < end:
        time.sleep(0.02)
    guard.kill(found)
    own = {program, up}
    return [*found, *(str(path) for path in pathlib.Path(folder).iterdir() if path not in own)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("programs", nargs="?")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--method", choices=METHODS)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    given = parser.parse_args()
    listed = load_differences()
    if given.self_test:
        return self_test()
    if not given.programs or not (given.list or given.name or given.write_docs):
        parser.error("what is to be checked?")
    if given.write_docs:
        return write_document(given.programs, listed)
    if given.list:
        return check_lists(given.programs, listed)
    return check_program(given.programs, given.name, (given.method,) if given.method else METHODS, listed["differences"])


if __name__ == "__main__":
    sys.exit(guard.guarded(lambda: 0 if main() else 1))
