# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""C01: the key of a closed object can be read and set."""

import multiprocessing as mp

from oracle import attempt, noop, out, setup


def set_key(p, key):
    p.authkey = key


if __name__ == "__main__":
    setup()
    main = mp.current_process()
    ended, fresh = mp.Process(target=noop), mp.Process(target=noop)
    ended.start()
    ended.join()
    for label, p in (("ended", ended), ("never started", fresh)):
        p.close()
        out(f"{label}, closed: pid", attempt(lambda: p.pid))
        out(f"{label}, closed: has main's key", attempt(lambda: p.authkey == main.authkey))
        out(f"{label}, closed: set", attempt(set_key, p, b"secret"))
        out(f"{label}, closed: has the new key", attempt(lambda: p.authkey == b"secret"))
    out("main has the new key", main.authkey == b"secret")
