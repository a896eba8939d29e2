# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in `multiprocessing.process`: the life of process objects.

Methods are wrapped on the class. Nothing is added to an object, and neither target nor arguments are touched, so there
is nothing new to pickle. Each wrapper calls the original with what it was given, lets it raise what it raises, and
reports around it.
"""

from os import getpid, getppid
from sys import _getframe
from time import monotonic_ns

from daemonscope_hook import objects, runtime
from daemonscope_hook.facts import (
    argv_member,
    call_site,
    cut_frames,
    dress,
    error_fields,
    members,
    module_of,
    number,
    quote,
)
from daemonscope_hook.objects import (
    attributes_of,
    by_whom,
    describe,
    failed,
    is_awaited,
    object_id,
    report,
    shown,
    target_of,
)
from daemonscope_hook.runtime import own_id
from daemonscope_hook.wire import tell, told_in

_process = None  # the library's module
_library = {}  # its names
_util = {}  # the names of multiprocessing.util, once it is there

original_join = None
wrapped_join = None
children = {}  # pid of a started child: its object's id

# The exit sequence of this process or, when it is a fork's, of its parent
_exit_in = 0  # pid of the process
_is_exit_over = False
_is_exit_idle = False  # it has nothing to do

# A child that is forked says much that is known before, and finding it out costs it more than its parent (see wire.py).
_starting = None  # the process object that is about to start, its id, and the members of `boot` but for `ppid`


def _wrap_init(original):
    def __init__(self, *args, **kwargs):
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            cut_frames(error)
            raise
        if _process is None:
            return
        try:
            facts = attributes_of(self, "__dict__")
            name = facts.get("_name")
            cls, daemon, is_shadowed = describe(self, facts)
            tell(
                '"e":"proc_new","obj":"%s","name":%s,"cls":%s,"daemon":%s,"how":"%s","target":%s,"by":"%s"%s%s'
                % (
                    object_id(self),
                    quote(name if type(name) is str else shown(name)),
                    cls,
                    "true" if daemon else "false",
                    "explicit" if kwargs.get("daemon") is not None else "inherited",
                    target_of(self, facts),
                    own_id[0] or "%d:" % getpid(),
                    call_site(_getframe(1)),
                    ',"shadowed":true' if is_shadowed else "",
                )
            )
        except Exception as error:
            failed("proc_new", error)

    return dress(__init__, original)


def _boot_members(process, facts, obj, name, cls, daemon, method):
    """Members of `boot`, but for the parent that the kernel knows."""
    return '"obj":"%s","name":%s,"cls":%s,"daemon":%s,"parent":%s,"target":%s%s%s' % (
        obj,
        name,
        cls,
        daemon,
        number(facts.get("_parent_pid")),
        target_of(process, facts),
        argv_member(),
        ',"method":"%s"' % method if method in ("fork", "spawn", "forkserver") else "",
    )


def _wrap_start(original):
    def start(self, *args, **kwargs):
        global _starting
        pid = getpid()
        begun = monotonic_ns()
        obj = ""
        try:
            if _process is not None:
                try:
                    facts = attributes_of(self, "__dict__")
                    obj = object_id(self)
                    name = facts.get("_name")
                    name = quote(name if type(name) is str else shown(name))
                    cls, daemon, _ = describe(self, facts)
                    daemon = "true" if daemon else "false"
                    tell(
                        '"e":"start_call","obj":"%s","name":%s,"daemon":%s,"by":"%s"%s'
                        % (obj, name, daemon, own_id[0] or "%d:" % pid, call_site(_getframe(1)))
                    )
                    _starting = self, obj, _boot_members(self, facts, obj, name, cls, daemon, "fork")
                except Exception as error:
                    failed("start_call", error)
            result = original(self, *args, **kwargs)
        except BaseException as error:
            _starting = None
            if getpid() == pid:  # a child can leave its bootstrap code by this way, too
                report("start_refused", self, _refused_members, error)
            cut_frames(error)
            raise
        _starting = None
        told_in[0] = 0
        try:
            if _process is not None:
                popen = attributes_of(self, "__dict__").get("_popen")
                child = getattr(popen, "pid", None)
                child = child if isinstance(child, int) else None
                children[child] = obj
                method = getattr(popen, "method", None)
                method = quote(method) if isinstance(method, str) else "null"
                tell(
                    '"e":"start_ok","obj":"%s","child":%s,"method":%s,"ns":%d'
                    % (obj, number(child), method, monotonic_ns() - begun)
                )
        except Exception as error:
            failed("start_ok", error)
        return result

    return dress(start, original)


def _refused_members(process, error):
    return members(**error_fields(error)) + by_whom()


def returned_at_exit(process):
    """Report the end of a wait of the exit sequence."""
    code = getattr(attributes_of(process, "__dict__").get("_popen"), "returncode", None)
    tell('"e":"join_ret","obj":"%s","code":%s,"at_exit":true' % (object_id(process), number(code)))


def _error_members(process, error):
    return members(**error_fields(error))


def _wrap_join(original):
    def join(self, *args, **kwargs):
        obj = ""
        try:
            popen = attributes_of(self, "__dict__").get("_popen")
            if popen is not None and getattr(popen, "returncode", None) is None and _process is not None:
                timeout = args[0] if args else kwargs.get("timeout")
                try:
                    obj = object_id(self)
                    tell(
                        '"e":"join_call","obj":"%s","child":%s,"timeout":%s,"by":"%s"%s'
                        % (
                            obj,
                            number(getattr(popen, "pid", None)),
                            number(timeout) if type(timeout) in (int, float) else "null",
                            own_id[0] or "%d:" % getpid(),
                            call_site(_getframe(1)),
                        )
                    )
                except Exception as error:
                    failed("join_call", error)
            result = original(self, *args, **kwargs)
        except BaseException as error:
            report("join_raised", self, _error_members, error)
            cut_frames(error)
            raise
        try:
            if obj and _process is not None:
                tell('"e":"join_ret","obj":"%s","code":%s' % (obj, number(getattr(popen, "returncode", None))))
        except Exception as error:
            failed("join_ret", error)
        return result

    return dress(join, original)


def _say_boot(process, frame):
    """Send boot in a child that has nothing ready."""
    try:
        own_id[0] = obj = object_id(process)
        facts = attributes_of(process, "__dict__")
        name = facts.get("_name")
        name = quote(name if type(name) is str else shown(name))
        cls, daemon, _ = describe(process, facts)
        daemon = "true" if daemon else "false"
        method = "fork" if module_of(frame) == "multiprocessing.popen_fork" else runtime.role
        if method == "spawned":
            method = "spawn"
        tell('"e":"boot","ppid":%d,%s' % (getppid(), _boot_members(process, facts, obj, name, cls, daemon, method)))
    except Exception as error:
        failed("boot", error)


def _wrap_bootstrap(original):
    def _bootstrap(self, *args, **kwargs):
        ready = _starting
        if ready is not None and ready[0] is self:
            own_id[0] = ready[1]
            tell('"e":"boot","ppid":%d,%s' % (getppid(), ready[2]))
        else:
            _say_boot(self, _getframe(1))
        code = original(self, *args, **kwargs)
        if _util.get("_exiting") and not (_is_exit_idle and _exit_in == getpid() and not _library.get("_children")):
            say_skipped()
        tell('"e":"proc_end","code":%s' % ("0" if code == 0 and type(code) is int else number(code)))
        return code

    return dress(_bootstrap, original)


def exit_step(step):
    """Take note of a step of the exit sequence, which says so of itself; tell whether it has nothing to do."""
    global _exit_in, _is_exit_over, _is_exit_idle
    if step == "process shutting down":
        _exit_in = getpid()
        _is_exit_over = False
        _is_exit_idle = not _library.get("_children") and not _util.get("_finalizer_registry")
        if _is_exit_idle:
            tell('"e":"exit_begin","by":"%s","daemons":[],"plain":[],"idle":true' % (own_id[0] or "%d:" % getpid()))
    elif step == "over":
        _is_exit_over = True
    return _is_exit_idle and _exit_in == getpid()


def is_exiting():
    """Tell whether the exit sequence of this process is going on."""
    return _exit_in == getpid() and not _is_exit_over


def say_skipped():
    """At the end of a process: report that the exit sequence has passed over it, or over children that came later.

    The exit function does nothing when the mark "exiting" is set. A fork during the parent's exit sequence inherits the
    mark, and children may be started when the sequence is over.
    """
    try:
        if not _util.get("_exiting"):
            return
        if _exit_in != getpid() or _is_exit_over and any(map(is_awaited, list(_library["_children"]))):
            tell('"e":"exit_phase","phase":"skipped"')
    except Exception as error:
        failed("exit_phase", error)


def watch_exit(util):
    """Know `multiprocessing.util`, which has the exit sequence."""
    global _util
    _util = vars(util)


def let_go():
    """Hold nothing of the library any more, so that the interpreter can take it apart in its usual order."""
    global _process, _library, _util, _starting, original_join, wrapped_join
    _process = _starting = original_join = wrapped_join = None
    _library = _util = {}
    children.clear()


def install(module):
    """Patch `multiprocessing.process`."""
    global _process, _library, original_join, wrapped_join
    if _process is module:
        return
    _process = module
    _library = vars(module)
    argv_member()
    base = module.BaseProcess
    init_code = base.__init__.__code__
    original_join = base.join
    base.__init__ = _wrap_init(base.__init__)
    base.start = _wrap_start(base.start)
    base.join = wrapped_join = _wrap_join(base.join)
    base._bootstrap = _wrap_bootstrap(base._bootstrap)
    objects.install(module, init_code)
    runtime.watch("traceback", "tracebacks")
