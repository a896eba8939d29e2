# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Process objects: what is said of them, without running a line of the program's code, and what is done to them.

Starts and joins are in processes.py. Here is what is patched for the rest: their flag, their name, signals, the end.
"""

import sys
from os import getpid

from daemonscope_hook.facts import (
    call_site,
    callable_name,
    class_name,
    cut_frames,
    dress,
    error_fields,
    members,
    module_of,
    number,
    quote,
)
from daemonscope_hook.runtime import own_id
from daemonscope_hook.wire import complain, emit, is_foreign, is_over

library = None  # multiprocessing.process
daemon_properties = ()  # of its base class: its own, and the hook's

_usual = None, ""  # the class of most objects, if it is the library's, and its name as JSON; others may not be kept alive
_FUNCTION = type(lambda: None)
_PLAIN_VALUES = (bool, int, float, str, bytes, list, tuple, dict, set, type(None))

# The attributes of a process object, without asking its class: attributes_of(process, "__dict__"). Not all of them are
# there without super().__init__().
attributes_of = object.__getattribute__


def facts_of(process):
    """The attributes of a process object."""
    return attributes_of(process, "__dict__")


def object_id(process):
    """Name of a process object on the wire: creator's pid and number path."""
    facts = attributes_of(process, "__dict__")
    identity = facts.get("_identity")
    if identity:
        path = "%d" % identity[0] if len(identity) == 1 else ".".join(["%d" % step for step in identity])
        return "%d:%s" % (facts.get("_parent_pid") or 0, path)
    return "%d:?" % getpid() if identity is None else "%d:" % getpid()


def current_id():
    """Name of the object that this process is."""
    return own_id[0] or "%d:" % getpid()


def shown(name):
    """Name as text; the constructor takes anything."""
    return name if isinstance(name, str) else repr(name) if type(name) in _PLAIN_VALUES else type(name).__name__


def name_of(process):
    """Name of a process object as text."""
    return shown(facts_of(process).get("_name"))


def child_of(process):
    """Pid of the process that an object has started, or None."""
    pid = getattr(facts_of(process).get("_popen"), "pid", None)
    return pid if isinstance(pid, int) else None


def truth(value):
    """Truth of a flag. Only plain values are asked: others could run code of the program."""
    return bool(value) if type(value) in _PLAIN_VALUES else True


def daemon_flag(process):
    """The stored flag, or a constant that the class has put in the property's place; and whether the class did."""
    stored = attributes_of(process, "__dict__").get("_config", {}).get("daemon", False)
    if stored is not False and stored is not True:
        stored = truth(stored)
    for cls in type.__getattribute__(type(process), "__mro__"):
        found = cls.__dict__.get("daemon", cls)
        if found is not cls:
            if found in daemon_properties:
                return stored, False
            return (stored if hasattr(type(found), "__get__") else truth(found)), True
    return stored, False


def let_go():
    """Hold nothing of the library any more; see processes.py."""
    global library, daemon_properties, _usual
    library = None
    daemon_properties = ()
    _usual = None, ""


def describe(process, facts):
    """Name of an object's class as JSON, its daemon flag, and whether the class has something else in the flag's place."""
    global _usual
    cls = type(process)
    flag = facts.get("_config", {}).get("daemon", False)
    if cls is _usual[0] and (flag is False or flag is True):
        return _usual[1], flag, False
    flag, is_shadowed = daemon_flag(process)
    name = quote(class_name(cls))
    if name.startswith('"multiprocessing.context.') and not is_shadowed:
        _usual = cls, name
    return name, flag, is_shadowed


def target_of(process, facts):
    """Name of what an object will run, as JSON."""
    target = facts.get("_target")
    if type(target) is _FUNCTION and type(target.__module__) is str:  # most are
        return quote(target.__module__ + "." + target.__qualname__)
    if target is None and type(process).run is not library.BaseProcess.run:
        return quote(class_name(type(process)) + ".run")
    return "null" if target is None else quote(callable_name(target))


def is_awaited(process):
    """Tell whether a join has something to wait for: a child that was started and not yet seen to end."""
    popen = facts_of(process).get("_popen")
    return popen is not None and getattr(popen, "returncode", None) is None


def by_whom():
    """Who acts, and from where, as members."""
    return ',"by":"%s"%s' % (current_id(), call_site(sys._getframe(1)))


def report(event, process, make_members, *args):
    """Send an event about a process object; an error in finding out its members must not reach the program."""
    if is_over():
        return
    try:
        emit(event, ',"obj":"%s"%s' % (object_id(process), make_members(process, *args)))
    except Exception as error:
        failed(event, error)


def failed(event, error):
    """The members of an event could not be found out: report that, unless the error is the program's."""
    if is_foreign(error):
        raise
    complain("report " + event, error)


def _state_of(process):
    """State of an object as far as its properties are concerned."""
    facts = facts_of(process)
    if process is getattr(library, "_current_process", None):
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


def install(module, init_code):
    """Patch the library's base class, but for starts and joins. `init_code`: of its constructor, as it was."""
    global library, daemon_properties
    library = module
    base = module.BaseProcess
    base.close = _wrap_close(base.close)
    for method in ("terminate", "kill", "interrupt"):
        if method in base.__dict__:
            setattr(base, method, _wrap_sending(base.__dict__[method]))
    daemon, name = base.daemon, base.name
    base.daemon = property(daemon.fget, _wrap_daemon_setter(daemon.fset, init_code), daemon.fdel, daemon.__doc__)
    daemon_properties = (daemon, base.daemon)
    base.name = property(name.fget, _wrap_name_setter(name.fset), name.fdel, name.__doc__)
