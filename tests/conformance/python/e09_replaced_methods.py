# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""E09: the exit sequence sends its own SIGTERM, but joins by the object's own join()."""

import multiprocessing as mp

from oracle import nap, out, part, rerun, say, setup


class Replaced(mp.Process):
    def terminate(self):
        say("my terminate")

    def join(self, timeout=None):
        say("my join None" if timeout is None else "my join with timeout")
        super().join(timeout)


def plain():
    nap(0.6)
    say("plain ended")


if __name__ == "__main__":
    setup()
    if part() is None:
        for each in ("plain", "daemon"):
            ran = rerun(each)
            out(each + ": rc", ran.rc)
            for line in ran.out.splitlines():
                # A daemon that is dead when the list is made again is not joined.
                if each == "plain" or not line.startswith("my join"):
                    out(each, line)
    else:
        if part() == "plain":
            Replaced(target=plain).start()
        else:
            Replaced(target=nap, args=(60,), daemon=True).start()
        say("main ends")
