# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""T02: the daemon child of a terminated child is nobody's to terminate: it lives on."""

import multiprocessing as mp

from oracle import STRETCH, nap, out, say, setup


def grandchild(lives, go, done):
    lives.set()
    go.wait()
    say(f"grandchild lives on, daemon {mp.current_process().daemon}")
    done.set()


def child(up, lives, go, done):
    mp.Process(target=grandchild, args=(lives, go, done), daemon=True).start()
    lives.wait()
    up.set()
    nap(60)


if __name__ == "__main__":
    setup()
    up, lives, go, done = (mp.Event() for _ in range(4))
    p = mp.Process(target=child, args=(up, lives, go, done))
    p.start()
    up.wait()
    p.terminate()
    p.join()
    out("child: exit code", p.exitcode)
    go.set()
    out("grandchild has answered", done.wait(20 * STRETCH))
