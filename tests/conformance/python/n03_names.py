# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""N01: odd names, and how repr() writes them: every character there is."""

import multiprocessing as mp
import os
import zlib

from oracle import noop, out, setup


def tidied(process):
    return repr(process).replace(f"parent={os.getpid()}", "parent=MAIN").replace(f"pid={process.pid}", "pid=CHILD")


def tell_of_self():
    out("in the child", f"[{mp.current_process().name}]")


if __name__ == "__main__":
    setup()
    p = mp.Process(target=tell_of_self, name="")
    out("'' in the constructor", p.name)
    p.name = ""
    out("'' set", f"[{p.name}]")
    out("'' set: repr", tidied(p))
    p.start()
    p.join()
    q = mp.Process(target=noop, name="a\x01\x7f\u00e9\n\r")
    out("control characters", tidied(q))
    for label, name in (("quotes", "'\""), ("single", "it's"), ("backslash", "a\\b\tc"), ("spaces", "\u00a0\u2003\u200b"),
                        ("beyond", "\U0001f600\U000e0001"), ("soft", "\u00ad")):
        q.name = name
        out(label, tidied(q))
    everything = "".join(repr(chr(code)) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    out("every character", f"{zlib.crc32(everything.encode()):08x}")
    q.name = os.fsdecode(b"\xff\xc3(\xed\xa0\x80")
    out("bytes that are not UTF-8", tidied(q))
