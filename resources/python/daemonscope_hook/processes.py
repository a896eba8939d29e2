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
from daemonscope_hook.facts import (
    argv_member,
    call_site,
    callable_name,
    class_name,
    cut_frames,
    dress,
    error_fields,
    module_of,
)
from daemonscope_hook.wire import complain, emit, is_foreign, is_over, members, number, quote

_process = None  # the library's module
_daemon_properties = ()

original_join = None
wrapped_join = None
before_end = None  # called before proc_end is sent; exits.py has something to say then
children = {}  # pid of a started child: its object's id

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
    return object_id(_process._current_process)


def _shown(name):
    """Name as text; the constructor takes anything."""
    return name if isinstance(name, str) else repr(name) if type(name) in _PLAIN_VALUES else type(name).__name__


def name_of(process):
    """Name of a process object as text."""
    return _shown(facts_of(process).get("_name"))


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
            if found in _daemon_properties:
                return stored, False
            return (stored if hasattr(type(found), "__get__") else truth(found)), True
    return stored, False


def report(event, process, make_members, *args):
    """Send an event about a process object; an error in finding out its members must not reach the program."""
    if is_over():
        return
    try:
        emit(event, ',"obj":"%s"%s' % (object_id(process), make_members(process, *args)))
    except Exception as error:
        _failed(event, error)


def _failed(event, error):
    """The members of an event could not be found out: report that, unless the error is the program's."""
    if is_foreign(error):
        raise
    complain("report " + event, error)


def by_whom():
    """Who acts, and from where, as members."""
    return ',"by":"%s"%s' % (object_id(_process._current_process), call_site(sys._getframe(1)))


# What every start and join goes through is written in few and long functions, looks into objects directly and makes its
# members as text: a function, a string or a dictionary that is used by a process that forks costs a copy of the page that
# it lies on (see wire.emit).


def _target_of(process, facts):
    """Name of what an object will run, as JSON."""
    target = facts.get("_target")
    if target is None and type(process).run is not _process.BaseProcess.run:
        return quote(class_name(type(process)) + ".run")
    return "null" if target is None else quote(callable_name(target))


def _say_new(process, is_explicit, frame):
    """Send proc_new."""
    try:
        facts = attributes_of(process, "__dict__")
        name = facts.get("_name")
        daemon, is_shadowed = daemon_flag(process)
        emit(
            "proc_new",
            ',"obj":"%s","name":%s,"cls":%s,"daemon":%s,"how":"%s","target":%s,"by":"%s"%s%s'
            % (
                object_id(process),
                quote(name if type(name) is str else _shown(name)),
                quote(class_name(type(process))),
                "true" if daemon else "false",
                "explicit" if is_explicit else "inherited",
                _target_of(process, facts),
                object_id(_process._current_process),
                call_site(frame),
                ',"shadowed":true' if is_shadowed else "",
            ),
        )
    except Exception as error:
        _failed("proc_new", error)


def _wrap_init(original):
    def __init__(self, *args, **kwargs):
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            cut_frames(error)
            raise
        if _process is not None:
            _say_new(self, kwargs.get("daemon") is not None, sys._getframe(1))

    return dress(__init__, original)


def _say_start(process, begun, frame):
    """Send start_call, or with the time at which it began start_ok."""
    event = "start_call" if begun is None else "start_ok"
    try:
        facts = attributes_of(process, "__dict__")
        obj = object_id(process)
        if begun is None:
            name = facts.get("_name")
            text = ',"obj":"%s","name":%s,"daemon":%s,"by":"%s"%s' % (
                obj,
                quote(name if type(name) is str else _shown(name)),
                "true" if daemon_flag(process)[0] else "false",
                object_id(_process._current_process),
                call_site(frame),
            )
        else:
            popen = facts.get("_popen")
            child = getattr(popen, "pid", None)
            child = child if isinstance(child, int) else None
            children[child] = obj
            method = getattr(popen, "method", None)
            text = ',"obj":"%s","child":%s,"method":%s,"ns":%d' % (
                obj,
                number(child),
                quote(method) if isinstance(method, str) else "null",
                monotonic_ns() - begun,
            )
        emit(event, text)
    except Exception as error:
        _failed(event, error)


def _wrap_start(original):
    def start(self, *args, **kwargs):
        pid = getpid()
        begun = monotonic_ns()
        try:
            if _process is not None:
                _say_start(self, None, sys._getframe(1))
            result = original(self, *args, **kwargs)
        except BaseException as error:
            if getpid() == pid:  # a child can leave its bootstrap code by this way, too
                report("start_refused", self, _refused_members, error)
            cut_frames(error)
            raise
        if _process is not None:
            _say_start(self, begun, None)
        return result

    return dress(start, original)


def _refused_members(process, error):
    return members(**error_fields(error)) + by_whom()


def is_awaited(process):
    """Tell whether a join has something to wait for: a child that was started and not yet seen to end."""
    popen = facts_of(process).get("_popen")
    return popen is not None and getattr(popen, "returncode", None) is None


def returned_at_exit(process):
    """Report the end of a wait of the exit sequence."""
    _say_join(process, None, None, ',"at_exit":true')


def _say_join(process, timeout, frame, more=""):
    """Send join_call, or without a frame join_ret."""
    event = "join_ret" if frame is None else "join_call"
    try:
        popen = attributes_of(process, "__dict__").get("_popen")
        obj = object_id(process)
        if frame is None:
            text = ',"obj":"%s","code":%s%s' % (obj, number(getattr(popen, "returncode", None)), more)
        else:
            text = ',"obj":"%s","child":%s,"timeout":%s,"by":"%s"%s' % (
                obj,
                number(getattr(popen, "pid", None)),
                number(timeout) if type(timeout) in (int, float) else "null",
                object_id(_process._current_process),
                call_site(frame),
            )
        emit(event, text)
    except Exception as error:
        _failed(event, error)


def _error_members(process, error):
    return members(**error_fields(error))


def _wrap_join(original):
    def join(self, *args, **kwargs):
        try:
            popen = attributes_of(self, "__dict__").get("_popen")
            is_waiting = popen is not None and getattr(popen, "returncode", None) is None and _process is not None
            if is_waiting:
                _say_join(self, args[0] if args else kwargs.get("timeout"), sys._getframe(1))
            result = original(self, *args, **kwargs)
        except BaseException as error:
            report("join_raised", self, _error_members, error)
            cut_frames(error)
            raise
        if is_waiting and _process is not None:
            _say_join(self, None, None)
        return result

    return dress(join, original)


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


def _say_boot(process, frame):
    """Send boot."""
    try:
        facts = attributes_of(process, "__dict__")
        name = facts.get("_name")
        method = "fork" if module_of(frame) == "multiprocessing.popen_fork" else runtime.role
        if method == "spawned":
            method = "spawn"
        emit(
            "boot",
            ',"obj":"%s","name":%s,"cls":%s,"daemon":%s,"ppid":%d,"parent":%s,"target":%s%s%s'
            % (
                object_id(process),
                quote(name if type(name) is str else _shown(name)),
                quote(class_name(type(process))),
                "true" if daemon_flag(process)[0] else "false",
                getppid(),
                number(facts.get("_parent_pid")),
                _target_of(process, facts),
                argv_member(),
                ',"method":"%s"' % method if method in ("fork", "spawn", "forkserver") else "",
            ),
        )
    except Exception as error:
        _failed("boot", error)


def _wrap_bootstrap(original):
    def _bootstrap(self, *args, **kwargs):
        runtime.booted = True
        children.clear()
        _say_boot(self, sys._getframe(1))
        code = original(self, *args, **kwargs)
        if before_end is not None:
            before_end()
        emit("proc_end", ',"code":%s' % number(code))
        return code

    return dress(_bootstrap, original)


def let_go():
    """Hold nothing of the library any more, so that the interpreter can take it apart in its usual order."""
    global _process, _daemon_properties, original_join, wrapped_join, before_end
    _process = original_join = wrapped_join = before_end = None
    _daemon_properties = ()
    children.clear()


def install(module):
    """Patch `multiprocessing.process`."""
    global _process, _daemon_properties, original_join, wrapped_join
    if _process is module:
        return
    _process = module
    argv_member()
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
    runtime.load("properties").install(base, init_code)
    _daemon_properties = (daemon, base.daemon)
    runtime.watch("traceback", "tracebacks")
