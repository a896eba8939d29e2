#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when an include points the wrong way through the house (docs/architecture.md)."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What each room may include of the others, besides itself.
MAY_KNOW = {
    "core/os": set(),
    "core/event": {"core/os"},
    "core/engine": {"core/os", "core/event"},
    "core/scenario": {"core/os", "core/event", "core/engine"},
    "core/recording": {"core/os", "core/event"},
    "core/capture": {"core/os", "core/event", "core/recording"},
    "core/lifecycle": {"core/os", "core/event", "core/recording"},
    "ui/theme": set(),
    "ui/model": {"core/os", "core/event", "core/scenario", "core/recording", "core/lifecycle"},
    "ui/view": {"core/os", "core/event", "core/recording", "core/lifecycle", "ui/model", "ui/theme"},
    "ui/window": {"core/os", "core/event", "core/scenario", "core/recording", "core/lifecycle", "ui/model", "ui/theme", "ui/view"},
    "ui/picture": {"core/os"},
    "app/cli": {"core/os", "core/event", "core/scenario", "core/recording", "core/lifecycle", "ui/model", "ui/theme", "ui/view", "ui/window", "ui/picture"},
    "app/engine": {"core/os", "core/engine", "core/scenario"},
    "app/recorder": {"core/os", "core/event", "core/recording", "core/capture"},
}
WIDGETS = {"QWidget", "QApplication", "QTreeView", "QAbstractScrollArea", "QAbstractItemView", "QMainWindow", "QLabel",
           "QStyle", "QtWidgets", "QtCharts", "QChart", "QChartView"}
# Only core/os holds raw descriptors, pids, wait statuses and signals; and core/engine, which is about them.
RAW_POSIX = re.compile(r"(?<![\w.>:])(?:::)?(ptrace|waitpid|wait4|kill|fork|pipe2?|execve?|tgkill)\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    for room in MAY_KNOW:
        if path.startswith(room + "/"):
            return room
    return None


def target_of(include):
    """The room that a quoted include leads to: written from core/ ("os/…") or from the top ("ui/model/…")."""
    return room_of(include) or room_of("core/" + include) or room_of("app/" + include)


def complaints(path, text):
    room = room_of(path)
    if room is None:
        return
    for kind, include in INCLUDE.findall(text):
        name = include.split("/")[-1]
        if kind == "<":
            if room.startswith("core/") and re.match(r"Q[A-Z]|Qt", name):
                yield f"{path}: core has no Qt, but it includes <{include}>"
            if room == "ui/model" and name in WIDGETS:
                yield f"{path}: a model knows no widget, but it includes <{include}>"
            continue
        target = target_of(include)
        if target and target != room and target not in MAY_KNOW[room]:
            yield f"{path}: {room} must not know {target}, but it includes \"{include}\""
    if room not in ("core/os", "core/engine"):
        code = re.sub(r"//[^\n]*", "", text)
        for match in RAW_POSIX.finditer(re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', code)):
            yield f"{path}: raw POSIX belongs into core/os, but it calls {match.group(1)}()"


def self_test():
    bad = [
        ("core/event/x.cpp", "#include <QString>\n"),
        ("core/lifecycle/x.cpp", '#include "capture/tracer.h"\n'),
        ("core/capture/x.h", '#include "lifecycle/process.h"\n'),
        ("core/os/x.h", '#include "event/event.h"\n'),
        ("ui/model/x.h", "#include <QWidget>\n"),
        ("ui/model/x.h", '#include "ui/view/panel.h"\n'),
        ("ui/view/x.h", '#include "ui/window/mainwindow.h"\n'),
        ("core/capture/x.cpp", "    ::kill(pid, 9);\n"),
        ("core/scenario/x.cpp", "    fork();\n"),
        ("core/engine/x.cpp", '#include "scenario/steps.h"\n'),
    ]
    good = [
        ("core/event/x.cpp", '#include <string>\n#include "os/signal.h"\n'),
        ("ui/view/x.h", '#include <QWidget>\n#include "ui/model/viewstate.h"\n'),
        ("core/engine/x.cpp", "    ::kill(pid, 9);\n"),
        ("core/scenario/x.cpp", '#include "engine/process.h"\n'),
        ("core/capture/x.cpp", 'say("kill(2)"); // kill(pid)\nobject.kill(1);\n'),
    ]
    failures = [f"not caught: {case}" for case in bad if not list(complaints(*case))]
    failures += [f"wrongly caught: {case}" for case in good if list(complaints(*case))]
    return failures


def main():
    if "--self-test" in sys.argv:
        found = self_test()
    else:
        files = [p for folder in ("core", "ui", "app") for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cpp")]
        found = [c for p in sorted(files) for c in complaints(p.relative_to(ROOT).as_posix(), p.read_text())]
        if not files:
            found = ["no files to check"]
    print("\n".join(found) if found else "layering: every include points the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
