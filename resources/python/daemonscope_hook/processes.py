# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in `multiprocessing.process`: the life of process objects.

Methods are wrapped on the class. Nothing is added to an object, and neither target nor arguments are touched, so there
is nothing new to pickle. Each wrapper calls the original with what it was given, lets it raise what it raises, and
reports around it.
"""

import sys
from os import getpid, getppid
from time import monotonic_ns

from daemonscope_hook import runtime
from daemonscope_hook.facts import call_site, callable_name, class_name, cut_frames, dress, error_fields, module_of
from daemonscope_hook.wire import complain, emit, is_foreign, is_over

_process = None  # the library's module
_daemon_properties = ()

original_join = None
wrapped_join = None
children = {}  # pid of a started child: its object's id

_PLAIN_VALUES = (bool, int, float, str, bytes, list, tuple, dict, set, type(None))


def facts_of(process):
    """The attributes of a process object, without asking its class; not all are there without super().__init__()."""
    return object.__getattribute__(process, "__dict__")


def object_id(process):
    """Name of a process object on the wire: creator's pid and number path."""
    facts = facts_of(process)
    identity = facts.get("_identity")
    if identity is None:
        return "%d:?" % getpid()
    if not identity:
        return "%d:" % getpid()
    return "%d:%s" % (facts.get("_parent_pid") or 0, ".".join(map(str, identity)))


def current_id():
    """Name of the object that this process is."""
    return object_id(_process._current_process)


def name_of(process):
    """Name as text; the constructor takes anything."""
    name = facts_of(process).get("_name")
    return name if isinstance(name, str) else repr(name) if type(name) in _PLAIN_VALUES else type(name).__name__


def child_of(process):
    """Pid of the process that an object has started, or None."""
    pid = getattr(facts_of(process).get("_popen"), "pid", None)
    return pid if isinstance(pid, int) else None


def _truth(value):
    """Truth of a flag. Only plain values are asked: others could run code of the program."""
    return bool(value) if type(value) in _PLAIN_VALUES else True


def daemon_flag(process):
    """The stored flag, or a constant that the class has put in the property's place; and whether the class did."""
    stored = _truth(facts_of(process).get("_config", {}).get("daemon", False))
    for cls in type.__getattribute__(type(process), "__mro__"):
        found = cls.__dict__.get("daemon", cls)
        if found is not cls:
            if found in _daemon_properties:
                return stored, False
            return (stored if hasattr(type(found), "__get__") else _truth(found)), True
    return stored, False


def target_of(process):
    """Name of what the process will run."""
    target = facts_of(process).get("_target")
    if target is None and type(process).run is not _process.BaseProcess.run:
        return class_name(type(process)) + ".run"
    return callable_name(target)


def _report(event, process, make_fields, *args):
    """Send an event about a process object; an error in finding out its fields must not reach the program."""
    if is_over():
        return
    try:
        emit(event, obj=object_id(process), **make_fields(process, *args))
    except Exception as error:
        if is_foreign(error):
            raise
        complain("report " + event, error)


def _by_whom():
    """Who acts, and from where."""
    return {"by": current_id(), **call_site(sys._getframe(1))}


def _new_fields(process, is_explicit):
    daemon, is_shadowed = daemon_flag(process)
    fields = {
        "name": name_of(process),
        "cls": class_name(type(process)),
        "daemon": daemon,
        "how": "explicit" if is_explicit else "inherited",
        "target": target_of(process),
        **_by_whom(),
    }
    if is_shadowed:
        fields["shadowed"] = True
    return fields


def _wrap_init(original):
    def __init__(self, *args, **kwargs):
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            cut_frames(error)
            raise
        _report("proc_new", self, _new_fields, kwargs.get("daemon") is not None)

    return dress(__init__, original)


def _start_fields(process):
    return {"name": name_of(process), "daemon": daemon_flag(process)[0], **_by_whom()}


def _started_fields(process, begun):
    child = child_of(process)
    children[child] = object_id(process)
    method = getattr(facts_of(process).get("_popen"), "method", None)
    return {"child": child, "method": method if isinstance(method, str) else None, "ns": monotonic_ns() - begun}


def _wrap_start(original):
    def start(self, *args, **kwargs):
        pid = getpid()
        begun = monotonic_ns()
        try:
            _report("start_call", self, _start_fields)
            result = original(self, *args, **kwargs)
        except BaseException as error:
            if getpid() == pid:  # a child can leave its bootstrap code by this way, too
                _report("start_refused", self, _refused_fields, error)
            cut_frames(error)
            raise
        _report("start_ok", self, _started_fields, begun)
        return result

    return dress(start, original)


def _refused_fields(process, error):
    return {**error_fields(error), **_by_whom()}


def _join_fields(process, args, kwargs):
    timeout = args[0] if args else kwargs.get("timeout")
    if timeout is not None and type(timeout) not in (int, float):
        timeout = None
    return {"child": child_of(process), "timeout": timeout, **_by_whom()}


def is_awaited(process):
    """Tell whether a join has something to wait for: a child that was started and not yet seen to end."""
    popen = facts_of(process).get("_popen")
    return popen is not None and getattr(popen, "returncode", None) is None


def _returned_fields(process):
    return {"code": getattr(facts_of(process).get("_popen"), "returncode", None)}


def returned_at_exit(process):
    """Report the end of a wait of the exit sequence."""
    _report("join_ret", process, lambda process: {**_returned_fields(process), "at_exit": True})


def _error_only(process, error):
    return error_fields(error)


def _wrap_join(original):
    def join(self, *args, **kwargs):
        try:
            is_waiting = is_awaited(self)
            if is_waiting:
                _report("join_call", self, _join_fields, args, kwargs)
            result = original(self, *args, **kwargs)
        except BaseException as error:
            _report("join_raised", self, _error_only, error)
            cut_frames(error)
            raise
        if is_waiting:
            _report("join_ret", self, _returned_fields)
        return result

    return dress(join, original)


def _sending_fields(process):
    return {"child": child_of(process), **_by_whom()}


def _wrap_sending(original):
    """Wrap terminate, kill and interrupt."""
    event = original.__name__

    def wrapper(self, *args, **kwargs):
        try:
            _report(event, self, _sending_fields)
            return original(self, *args, **kwargs)
        except BaseException as error:
            cut_frames(error)
            raise

    return dress(wrapper, original)


def _close_fields(process, error):
    fields = {"ok": error is None, **call_site(sys._getframe(1))}
    return {**fields, **error_fields(error)} if error is not None else fields


def _wrap_close(original):
    def close(self, *args, **kwargs):
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            _report("close", self, _close_fields, error)
            cut_frames(error)
            raise
        _report("close", self, _close_fields, None)
        return result

    return dress(close, original)


def _state_of(process):
    """State of an object as far as its properties are concerned."""
    facts = facts_of(process)
    if process is getattr(_process, "_current_process", None):
        return "self"
    if facts.get("_closed"):
        return "closed"
    return "new" if facts.get("_popen") is None else "started"


def _flag_fields(process, state, old, new, error):
    fields = {"name": name_of(process), "old": old, "new": _truth(new), "ok": error is None, "state": state}
    if error is not None:
        fields.update(error_fields(error))
    return {**fields, **_by_whom()}


def _wrap_daemon_setter(original, init_code):
    def daemon(self, daemonic):
        if sys._getframe(1).f_code is init_code:  # `proc_new` tells it
            original(self, daemonic)
            return
        try:
            old = _truth(facts_of(self).get("_config", {}).get("daemon", False))
            state = _state_of(self)
            original(self, daemonic)
        except BaseException as error:
            _report("daemon_set", self, _flag_fields, state, old, daemonic, error)
            cut_frames(error)
            raise
        _report("daemon_set", self, _flag_fields, state, old, daemonic, None)

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
            _report("name_set", self, _rename_fields, old)

    return dress(name, original)


def _rename_fields(process, old):
    return {"old": old, "name": name_of(process), **call_site(sys._getframe(1))}


def _boot_fields(process, caller):
    fields = {
        "name": name_of(process),
        "cls": class_name(type(process)),
        "daemon": daemon_flag(process)[0],
        "ppid": getppid(),
        "parent": facts_of(process).get("_parent_pid"),
        "target": target_of(process),
        "argv": [word for word in getattr(sys, "argv", ()) if isinstance(word, str)],
    }
    method = "fork" if caller == "multiprocessing.popen_fork" else {"spawned": "spawn"}.get(runtime.role, runtime.role)
    if method in ("fork", "spawn", "forkserver"):
        fields["method"] = method
    return fields


def _wrap_bootstrap(original):
    def _bootstrap(self, *args, **kwargs):
        runtime.booted = True
        children.clear()
        _report("boot", self, _boot_fields, module_of(sys._getframe(1)))
        code = original(self, *args, **kwargs)
        runtime.say_skipped()
        emit("proc_end", code=code if isinstance(code, int) else None)
        return code

    return dress(_bootstrap, original)


def let_go():
    """Hold nothing of the library any more, so that the interpreter can take it apart in its usual order."""
    global _process, _daemon_properties, original_join, wrapped_join
    _process = original_join = wrapped_join = None
    _daemon_properties = ()
    children.clear()


def install(module):
    """Patch `multiprocessing.process`."""
    global _process, _daemon_properties, original_join, wrapped_join
    if _process is module:
        return
    _process = module
    base = module.BaseProcess
    init_code = base.__init__.__code__
    original_join = base.join
    daemon = base.daemon
    base.__init__ = _wrap_init(base.__init__)
    base.start = _wrap_start(base.start)
    base.join = wrapped_join = _wrap_join(base.join)
    base.close = _wrap_close(base.close)
    base._bootstrap = _wrap_bootstrap(base._bootstrap)
    for method in ("terminate", "kill", "interrupt"):
        if method in base.__dict__:
            setattr(base, method, _wrap_sending(base.__dict__[method]))
    base.daemon = property(daemon.fget, _wrap_daemon_setter(daemon.fset, init_code), daemon.fdel, daemon.__doc__)
    base.name = property(base.name.fget, _wrap_name_setter(base.name.fset), base.name.fdel, base.name.__doc__)
    _daemon_properties = (daemon, base.daemon)
    runtime.watch("traceback", "tracebacks")
