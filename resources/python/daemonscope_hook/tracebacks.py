# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in `traceback`: hears of a child's exception, and keeps the hook's frames out of what is shown."""

import sys

from daemonscope_hook.facts import CUTS_ARE_COMPLETE, FOLDER, dress, error_fields, module_of
from daemonscope_hook.wire import emit


def _without_hook(entries):
    """Pass on the (frame, line) pairs that are not ours."""
    for entry in entries:
        if not entry[0].f_code.co_filename.startswith(FOLDER):
            yield entry


def _wrap_walk(original):
    def walk(start):
        if start is None and sys.version_info < (3, 14):
            return original(start)  # it counts frames back from its caller, and only when it is iterated
        return _without_hook(original(start))

    return dress(walk, original)


def _wrap_print_exc(original, format_exception):
    def print_exc(*args, **kwargs):
        original(*args, **kwargs)
        if module_of(sys._getframe(1)) == "multiprocessing.process":
            # The library has caught an exception of the target, and has just shown it.
            error = sys.exc_info()[1]
            text = "".join(format_exception(type(error), error, error.__traceback__))
            emit("exception", tb=text, **error_fields(error))

    return dress(print_exc, original)


def install(module):
    """Patch `traceback`."""
    if hasattr(module.print_exc, "__wrapped__"):
        return
    module.print_exc = _wrap_print_exc(module.print_exc, module.format_exception)
    module.walk_stack = _wrap_walk(module.walk_stack)
    if not CUTS_ARE_COMPLETE:
        module.walk_tb = _wrap_walk(module.walk_tb)
