# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""J02: a process's own object in its own hands, and a sibling's."""

import multiprocessing as mp
import os

from oracle import METHOD, attempt, out, setup


def tell_of_self():
    me = mp.current_process()
    out("self: join", attempt(me.join))
    out("self: is_alive", attempt(me.is_alive))
    out("self: exitcode", me.exitcode)
    out("self: pid is own", me.pid == os.getpid())
    out("self: terminate", attempt(me.terminate))
    out("self: kill", attempt(me.kill))
    out("self: sentinel", attempt(lambda: me.sentinel))
    out("self: start", attempt(me.start))
    out("self: close", attempt(me.close))
    out("self: pid after close", attempt(lambda: me.pid))
    out("self: is_alive after close", attempt(me.is_alive))
    out("self: name after close", me.name)


def wait_for(never):
    never.wait()


def tell_of_sibling():
    out("sibling: join", attempt(sibling.join))
    out("sibling: is_alive", attempt(sibling.is_alive))
    out("sibling: exitcode", sibling.exitcode)
    out("sibling: close", attempt(sibling.close))
    out("sibling: terminate", attempt(sibling.terminate))


if __name__ == "__main__":
    setup()
    p = mp.Process(target=tell_of_self, name="S")
    p.start()
    p.join()
    out("self: exit code", p.exitcode)
    never = mp.Event()
    sibling = mp.Process(target=wait_for, args=(never,), name="sibling")
    sibling.start()
    if METHOD == "fork":
        other = mp.Process(target=tell_of_sibling)
        other.start()
        other.join()
    else:
        sibling.terminate()
    sibling.join()
    out("sibling: exit code at the parent", sibling.exitcode)
