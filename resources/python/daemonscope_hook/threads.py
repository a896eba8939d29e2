# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in `threading`: a thread tells of its own beginning and end, and of the end of the main code.

The functions chosen are those that the library calls in the new thread outside of the program's code, so nothing of
the hook lies below a frame of the program when an exception passes.
"""

import sys
from _thread import get_ident

from daemonscope_hook import runtime
from daemonscope_hook.facts import callable_name, class_name, dress
from daemonscope_hook.runtime import own_id
from daemonscope_hook.wire import emit

_threading = None
_names = {}  # of that module

_reversed = list.__reversed__


def _is_reported(thread):
    """Tell whether an object is an ordinary thread, running now in itself."""
    return (
        _threading is not None
        and type(thread) not in (_threading._MainThread, _threading._DummyThread)
        and thread is not _threading._main_thread
        and thread.__dict__.get("_ident") == get_ident()
    )


def _common(thread):
    """The fields of both events."""
    facts = thread.__dict__
    return {"name": str(facts.get("_name")), "tid": facts.get("_native_id"), "ident": facts.get("_ident")}


def _say_begin(thread):
    target = callable_name(thread.__dict__.get("_target"))
    if target is None and type(thread).run is not _threading.Thread.run:
        target = class_name(type(thread)) + ".run"
    emit("thread", daemon=bool(thread.__dict__.get("_daemonic")), target=target, **_common(thread))


def _wrap_begin(original):
    def _set_native_id(self):
        original(self)
        if self is not _names.get("_main_thread") and _is_reported(self):
            _say_begin(self)

    return dress(_set_native_id, original)


def _wrap_end(original):
    def _delete(self):
        if _is_reported(self):
            emit("thread_end", **_common(self))
        original(self)

    return dress(_delete, original)


class _ShutdownCalls(list):
    """The library's list of things to do when the main thread has ended.

    threading._shutdown() goes through it from its end as the first thing it does, so this is the exact moment, and
    without a frame of ours around the wait for threads that follows.
    """

    def __reversed__(self):
        if not own_id[0]:  # in a child of multiprocessing the function is called by the bootstrap code, too
            caller = sys._getframe(1)
            if caller.f_code is _shutdown_code and caller.f_back is None:
                runtime.say_main_end(exact=True)
        return _reversed(self)


_shutdown_code = None


def let_go():
    """Hold nothing of the library any more; see processes.py."""
    global _threading, _names, _shutdown_code
    _threading = _shutdown_code = None
    _names = {}


def install(module):
    """Patch `threading`."""
    global _threading, _names, _shutdown_code
    if _threading is module:
        return
    _threading = module
    _names = vars(module)
    _shutdown_code = module._shutdown.__code__
    thread = module.Thread
    thread._set_native_id = _wrap_begin(thread._set_native_id)
    if sys.version_info >= (3, 11):
        thread._delete = _wrap_end(thread._delete)
    else:
        runtime.load("older").install_threads(module, _is_reported, _common)
    if sys.version_info >= (3, 9):
        module._threading_atexits = _ShutdownCalls(module._threading_atexits)
        reversed(module._threading_atexits)  # what was looked up once is at hand in every forked child
