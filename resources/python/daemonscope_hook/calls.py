# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks, programs run, and signals sent by the program itself, as the interpreter's audit events announce them."""

import sys
from _thread import get_ident
from os import fsdecode, fspath

from daemonscope_hook import runtime
from daemonscope_hook.facts import call_site, module_of
from daemonscope_hook.wire import emit, is_foreign, told_in


def _caller():
    """The frame that caused the audit event: the one behind ours and those of the hook's audit functions."""
    frame = sys._getframe(1)
    while frame is not None and module_of(frame).startswith("daemonscope_hook."):
        frame = frame.f_back
    return frame


def _word(value):
    """One word of a command line; bytes and paths are allowed there."""
    try:
        return fsdecode(fspath(value))
    except Exception as error:
        if is_foreign(error):
            raise
        return type(value).__name__


def _words(value):
    """A command line: one string, or any sequence of words."""
    if isinstance(value, (list, tuple)):
        return [_word(item) for item in value]
    return [_word(value)]


def _on_fork(how):
    def on_fork(args):
        frame = sys._getframe(1).f_back  # behind the hook's one audit function
        module = module_of(frame)
        if module == "multiprocessing.popen_fork":  # most forks are; the child's `boot` tells of it
            told_in[0] = get_ident()
            return
        if told_in[0] == get_ident():
            told_in[0] = 0
        if not module.startswith("multiprocessing."):
            emit("os_fork", call_site(frame), how=how)

    return on_fork


def _on_subprocess(args):
    emit("popen", call_site(_caller()), how="subprocess", argv=_words(args[1]))


def _on_spawn(args):
    emit("popen", call_site(_caller()), how="posix_spawn", argv=_words(args[1]))


def _on_system(args):
    emit("popen", call_site(_caller()), how="system", argv=_words(args[0]))


def _on_exec(args):
    emit("os_exec", call_site(_caller()), path=_word(args[0]), argv=_words(args[1]))


def _on_kill(how):
    def on_kill(args):
        frame = _caller()
        if module_of(frame) == "multiprocessing.popen_fork" and frame.f_code.co_name == "_send_signal":
            runtime.load("exits").say_signal(*args)
        else:
            emit("os_kill", call_site(frame), pid=args[0], sig=args[1], how=how)

    return on_kill


HANDLERS = {
    "os.fork": _on_fork("fork"),
    "os.forkpty": _on_fork("forkpty"),
    "subprocess.Popen": _on_subprocess,
    "os.posix_spawn": _on_spawn,
    "os.system": _on_system,
    "os.exec": _on_exec,
    "os.kill": _on_kill("kill"),
    "os.killpg": _on_kill("killpg"),
}
