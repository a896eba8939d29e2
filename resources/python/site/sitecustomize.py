# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Way into an interpreter: starts the hook, then makes itself forgotten.

Python imports a module of this name at its start, and finds this one because its folder stands first in PYTHONPATH.
Whatever sitecustomize it hides (the distribution's, or the user's own) is run after it and takes its place.
"""

import sys


def _start_hook(folder):
    """Load and start the hook. A hook that cannot start must not be noticed, so every error ends here."""
    try:
        from os import environ

        if not environ.get("DAEMONSCOPE_SOCKET"):
            return
        from _frozen_importlib_external import SourceFileLoader

        name = "daemonscope_hook.runtime"
        path = folder.rpartition("/")[0] + "/daemonscope_hook/runtime.py"
        module = type(sys)(name)
        module.__file__ = path
        exec(SourceFileLoader(name, path).get_code(name), module.__dict__)
        module.start(module)
    except Exception:
        pass


def _leave_path(folder):
    """Take our folder out of sys.path: the program shall see the path it would have had."""
    sys.path[:] = [entry for entry in sys.path if entry.rstrip("/") != folder]
    for entry in (folder, folder + "/"):
        sys.path_importer_cache.pop(entry, None)


def _run_hidden():
    """Run the sitecustomize that this module hides, under its own name and from its own place.

    If there is none, say so exactly as the import system would: `site` expects that.
    """
    from _frozen_importlib import _load_unlocked

    for finder in list(sys.meta_path):
        find_spec = getattr(finder, "find_spec", None)
        spec = find_spec("sitecustomize", None) if find_spec else None
        if spec is not None:
            _load_unlocked(spec)
            return
    raise ModuleNotFoundError("No module named 'sitecustomize'", name="sitecustomize")


_folder = __file__.rpartition("/")[0]
_leave_path(_folder)
_start_hook(_folder)
_run_hidden()
