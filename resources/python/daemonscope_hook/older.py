# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only Python 3.8 to 3.10 need.

There an exception that passes through a wrapper keeps the wrapper's frame in its traceback, whatever the wrapper does.
So the frames are taken out where tracebacks are shown: by the interpreter (announced by audit events), by threads, and
by the module `traceback` (see tracebacks.py).
"""

import sys

from daemonscope_hook import runtime
from daemonscope_hook.facts import cut_trace, dress
from daemonscope_hook.wire import emit


def cut_all(error):
    """Take the hook's frames out of an exception and of all that it was caused by."""
    waiting = [error]
    seen = set()
    while waiting:
        error = waiting.pop()
        if not isinstance(error, BaseException) or id(error) in seen:
            continue
        seen.add(id(error))
        if error.__traceback__ is not None:
            error.__traceback__ = cut_trace(error.__traceback__)
        waiting += [error.__cause__, error.__context__]


def _on_excepthook(args):
    """The interpreter is about to show the exception that ended the program."""
    cut_trace(args[3])
    cut_all(args[2])


def _on_unraisable(args):
    """The interpreter is about to show an exception that nobody can catch."""
    cut_trace(args[1].exc_traceback)
    cut_all(args[1].exc_value)


HANDLERS = {"sys.excepthook": _on_excepthook, "sys.unraisablehook": _on_unraisable}


def _wrap_excepthook_maker(original):
    def _make_invoke_excepthook():
        invoke = original()

        def invoke_excepthook(thread):
            error = sys.exc_info()[1]
            cut_all(error)
            return invoke(thread)

        return dress(invoke_excepthook, invoke)

    return dress(_make_invoke_excepthook, original)


def _wrap_thread(original, is_reported, common):
    def _bootstrap_inner(self):
        try:
            original(self)
        finally:
            if is_reported(self):
                emit("thread_end", **common(self))

    return dress(_bootstrap_inner, original)


def install_threads(module, is_reported, common):
    """Patch `threading` where 3.11 and newer have better places."""
    thread = module.Thread
    # No frame of it shows: the library's own function catches every exception of the thread's code.
    thread._bootstrap_inner = _wrap_thread(thread._bootstrap_inner, is_reported, common)
    module._make_invoke_excepthook = _wrap_excepthook_maker(module._make_invoke_excepthook)
    if sys.version_info < (3, 9):
        _watch_main_thread(module)
    runtime.watch("traceback", "tracebacks")


def _watch_main_thread(module):
    """In 3.8 the shutdown function calls this method of the main thread's object first, and waits after it."""
    main_thread = module._main_thread
    original = main_thread._stop
    shutdown_code = module._shutdown.__code__

    def _stop():
        caller = sys._getframe(1)
        if caller.f_code is shutdown_code and caller.f_back is None:
            runtime.say_main_end(exact=True)
        return original()

    main_thread._stop = _stop
