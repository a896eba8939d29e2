# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in the properties of process objects: their daemon flag and their name, as they are set."""

import sys

from daemonscope_hook import processes
from daemonscope_hook.facts import call_site, cut_frames, dress, error_fields, module_of
from daemonscope_hook.processes import by_whom, facts_of, name_of, report, truth
from daemonscope_hook.wire import members


def _state_of(process):
    """State of an object as far as its properties are concerned."""
    facts = facts_of(process)
    if process is getattr(processes._process, "_current_process", None):
        return "self"
    if facts.get("_closed"):
        return "closed"
    return "new" if facts.get("_popen") is None else "started"


def _flag_members(process, state, old, new, error):
    text = members(name=name_of(process), old=old, new=truth(new), ok=error is None, state=state)
    return text + (members(**error_fields(error)) if error is not None else "") + by_whom()


def _wrap_daemon_setter(original, init_code):
    def daemon(self, daemonic):
        if sys._getframe(1).f_code is init_code:  # `proc_new` tells it
            original(self, daemonic)
            return
        try:
            old = truth(facts_of(self).get("_config", {}).get("daemon", False))
            state = _state_of(self)
            original(self, daemonic)
        except BaseException as error:
            report("daemon_set", self, _flag_members, state, old, daemonic, error)
            cut_frames(error)
            raise
        report("daemon_set", self, _flag_members, state, old, daemonic, None)

    return dress(daemon, original)


def _wrap_name_setter(original):
    def name(self, name):
        try:
            old = name_of(self)
            original(self, name)
        except BaseException as error:
            cut_frames(error)
            raise
        if module_of(sys._getframe(1)) != "multiprocessing.spawn":  # a new interpreter's preparation for its object
            report("name_set", self, _rename_members, old)

    return dress(name, original)


def _rename_members(process, old):
    return members(old=old, name=name_of(process)) + call_site(sys._getframe(1))


def install(base, init_code):
    """Patch the properties of the library's base class."""
    daemon, name = base.daemon, base.name
    base.daemon = property(daemon.fget, _wrap_daemon_setter(daemon.fset, init_code), daemon.fdel, daemon.__doc__)
    base.name = property(name.fget, _wrap_name_setter(name.fset), name.fdel, name.__doc__)
