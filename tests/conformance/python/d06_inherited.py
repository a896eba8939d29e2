# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""D06: the flag is inherited from the maker when the object is made, not when it is started."""

import multiprocessing as mp

from oracle import attempt, noop, out, setup


def tell(label):
    out(label + ": own flag", mp.current_process().daemon)
    out(label + ": new object", mp.Process().daemon)
    out(label + ": new object, no", mp.Process(daemon=False).daemon)
    out(label + ": new object, yes", mp.Process(daemon=True).daemon)
    out(label + ": no, start", attempt(mp.Process(daemon=False).start))


if __name__ == "__main__":
    setup()
    mp.current_process().daemon = True
    made = mp.Process(target=tell, args=("made while main was daemon",))
    mp.current_process().daemon = False
    out("main is no daemon again, object", made.daemon)
    made.start()
    made.join()
    out("exit code", made.exitcode)
    for flag in (True, False):
        p = mp.Process(target=tell, args=("daemon" if flag else "plain",), daemon=flag)
        p.start()
        p.join()
    last = mp.Process(target=noop)
    last.daemon = True
    out("set before start, next object", mp.Process().daemon)
