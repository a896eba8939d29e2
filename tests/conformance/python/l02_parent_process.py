# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""L02: what a child knows of its parent."""

import multiprocessing as mp
import os
import tempfile

from oracle import STRETCH, attempt, out, setup, wait_until


def tell_of_parent(creator):
    parent = mp.parent_process()
    out("name", parent.name)
    out("daemon", parent.daemon)
    out("is_alive", parent.is_alive())
    parent.join(0.1)
    out("join(0.1)", "alive" if parent.is_alive() else "gone")
    out("pid is the maker's", parent.pid == creator)
    out("kernel's parent is the maker", os.getppid() == creator)
    out("exitcode", parent.exitcode)
    out("terminate", attempt(parent.terminate))
    out("kill", attempt(parent.kill))


def child(creator):
    tell_of_parent(creator)
    g = mp.Process(target=tell_of_parent, args=(os.getpid(),))
    mp.current_process().name = "renamed after making it"
    g.start()
    g.join()


def watch(ready, path):
    ready.set()
    mp.parent_process().join(60 * STRETCH)
    with open(path + ".new", "w") as file:
        file.write(str(mp.parent_process().is_alive()))
    os.rename(path + ".new", path)


def doomed(path):
    ready = mp.Event()
    mp.Process(target=watch, args=(ready, path)).start()
    ready.wait()
    os._exit(0)


if __name__ == "__main__":
    setup()
    out("of main", mp.parent_process())
    mp.current_process().name = "first name"
    p = mp.Process(target=child, args=(os.getpid(),))
    mp.current_process().name = "second name"
    p.start()
    p.join()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "seen")
        q = mp.Process(target=doomed, args=(path,))
        q.start()
        q.join()
        out("orphan: was written", wait_until(lambda: os.path.exists(path)))
        with open(path) as file:
            out("orphan: parent is_alive", file.read())
