# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in `multiprocessing.process` beside starts and joins: what is done to a process object or its process."""

import sys

from daemonscope_hook import objects
from daemonscope_hook.facts import call_site, cut_frames, dress, error_fields, module_of
from daemonscope_hook.objects import by_whom, child_of, facts_of, name_of, report, truth
from daemonscope_hook.texts import members, number


def _state_of(process):
    """State of an object as far as its properties are concerned."""
    facts = facts_of(process)
    if process is getattr(objects.library, "_current_process", None):
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


def _sending_members(process):
    return ',"child":%s%s' % (number(child_of(process)), by_whom())


def _wrap_sending(original):
    """Wrap terminate, kill and interrupt."""
    event = original.__name__

    def wrapper(self, *args, **kwargs):
        try:
            report(event, self, _sending_members)
            return original(self, *args, **kwargs)
        except BaseException as error:
            cut_frames(error)
            raise

    return dress(wrapper, original)


def _close_members(process, error):
    text = members(ok=error is None) + call_site(sys._getframe(1))
    return text + members(**error_fields(error)) if error is not None else text


def _wrap_close(original):
    def close(self, *args, **kwargs):
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            report("close", self, _close_members, error)
            cut_frames(error)
            raise
        report("close", self, _close_members, None)
        return result

    return dress(close, original)


def install(base, init_code):
    """Patch the library's base class."""
    base.close = _wrap_close(base.close)
    for method in ("terminate", "kill", "interrupt"):
        if method in base.__dict__:
            setattr(base, method, _wrap_sending(base.__dict__[method]))
    daemon, name = base.daemon, base.name
    base.daemon = property(daemon.fget, _wrap_daemon_setter(daemon.fset, init_code), daemon.fdel, daemon.__doc__)
    base.name = property(name.fget, _wrap_name_setter(name.fset), name.fdel, name.__doc__)
