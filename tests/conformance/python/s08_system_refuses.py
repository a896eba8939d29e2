# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEP 3151: what the system refuses with, by its number; a start at the limit of processes."""

import errno
import multiprocessing as mp
import os
import resource

from oracle import noop, out, part, rerun, say, setup

if __name__ == "__main__":
    setup()
    if not part():
        for number in sorted(errno.errorcode):
            error = OSError(number, os.strerror(number))
            out(number, f"{type(error).__name__}: {error}")
        out("with a path", str(OSError(errno.ENOENT, os.strerror(errno.ENOENT), "it's")))
        for line in rerun("start").out.splitlines():
            say(line)
    else:
        p = mp.Process(target=noop)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            p.start()
            out("start", "returned")
        except OSError as error:
            out("start", f"{type(error).__name__}: {error}")
        out("is_alive", p.is_alive())
        out("exitcode", p.exitcode)
        out("active", mp.active_children())
