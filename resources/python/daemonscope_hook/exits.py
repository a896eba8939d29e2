# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is patched in `multiprocessing.util` and `multiprocessing.popen_fork`: the exit sequence, signals, exit codes.

The exit function announces each of its steps to functions that it has as default arguments. Those defaults are
replaced; the function itself, its place among the atexit handlers and its frames stay as they are.
"""

import sys

from daemonscope_hook import objects, processes
from daemonscope_hook.facts import cut_frames, dress, number
from daemonscope_hook.processes import exit_step
from daemonscope_hook.wire import complain, emit, is_foreign, tell


_util = None
_exit_code = None

_joining = None  # the process object that the sequence waits for


def say_signal(pid, signal):
    """Report that the library is about to send a signal to a child of this process."""
    fields = {"child": pid, "sig": signal, "at_exit": processes.is_exiting()}
    obj = processes.children.get(pid)
    if obj is not None:
        fields["obj"] = obj
    emit("signal", **fields)


def _begin():
    """The sequence has begun, and has something to do: say what."""
    daemons, plain, more = [], [], 0
    for process in sorted(list(processes._process._children), key=_age):
        popen = objects.facts_of(process).get("_popen")
        if popen is None or getattr(popen, "returncode", None) is not None:
            continue
        entry = {
            "obj": objects.object_id(process),
            "name": objects.name_of(process),
            "child": objects.child_of(process),
        }
        there = daemons if objects.daemon_flag(process)[0] else plain
        if len(there) < 100:
            there.append(entry)
        else:
            more += 1
    fields = {"more": more} if more else {}
    emit("exit_begin", by=objects.current_id(), daemons=daemons, plain=plain, **fields)


def _age(process):
    """Children in the order in which their objects were made."""
    return objects.facts_of(process).get("_identity") or ()


def _finish_join():
    """The wait that was announced last is over."""
    global _joining
    process, _joining = _joining, None
    if process is not None:
        processes._process.BaseProcess.join = processes.wrapped_join
        processes.returned_at_exit(process)


def _step(event, frame, name):
    """Report a step that concerns one child, which the exit function holds in its variable `p`."""
    global _joining
    process = frame.f_locals.get("p")
    fields = {"name": name if isinstance(name, str) else repr(name)}
    if isinstance(process, processes._process.BaseProcess):
        fields["obj"] = objects.object_id(process)
        fields["child"] = objects.child_of(process)
        if event == "exit_join":
            # An interrupt of this wait is common, and its traceback must not show a frame of the hook. So the wait
            # goes without the wrapper; the next step ends it.
            _joining = process
            processes._process.BaseProcess.join = processes.original_join
    emit(event, **fields)


def _announce(message, args, frame):
    """Turn what the exit function says of itself into events."""
    if frame.f_code is not _exit_code:
        return
    try:
        if _joining is not None:
            _finish_join()
        if message == "process shutting down":
            _begin()
        elif message.startswith("running "):
            emit("exit_phase", phase="remaining" if message.startswith("running the remaining") else "finalizers")
        elif message.startswith("calling terminate() for daemon"):
            _step("exit_terminate", frame, *args)
        elif message.startswith("calling join() for process"):
            _step("exit_join", frame, *args)
    except Exception as error:
        if is_foreign(error):
            raise
        complain("exit sequence", error)


def _wrap_log(original, level):
    """Wrap `info` or `debug` as the exit function sees it."""
    # From 3.13 on the record shows the caller of this function, so the original must not be called from here.
    constants = original.__code__.co_consts
    tells_caller = "stacklevel" in constants or ("stacklevel",) in constants

    def log(message, *args):
        if args or not exit_step(message) or _joining is not None:
            _announce(message, args, sys._getframe(1))
        if not tells_caller:
            original(message, *args)
        elif _util is not None and _util._logger:
            _util._logger.log(level, message, *args, stacklevel=2)

    return dress(log, original)


def _wrap_finalizers(original):
    def _run_finalizers(*args, **kwargs):
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            cut_frames(error)
            raise
        if not args and not kwargs and not exit_step("over"):
            emit("exit_end")
        return result

    return dress(_run_finalizers, original)


def _install_util(util):
    global _util, _exit_code
    if _util is util:
        return
    _util = util
    processes.watch_exit(util)
    function = util._exit_function
    _exit_code = function.__code__
    names = _exit_code.co_varnames[: _exit_code.co_argcount]
    values = dict(zip(names[-len(function.__defaults__) :], function.__defaults__))
    values["info"] = _wrap_log(values["info"], util.INFO)
    values["debug"] = _wrap_log(values["debug"], util.DEBUG)
    values["_run_finalizers"] = _wrap_finalizers(values["_run_finalizers"])
    function.__defaults__ = tuple(values.values())


class _ReturnCode:
    """Stands on the class for the attribute `returncode` of its instances, and hears of every assignment.

    Without a __get__ the instance's own value is what a look-up finds, at its usual speed. Unlike a wrapper of `poll`
    this leaves no frame below a wait.
    """

    def __set__(self, popen, value):
        popen.__dict__["returncode"] = value
        if isinstance(value, int):
            child = popen.__dict__.get("pid")
            obj = processes.children.pop(child, None)
            text = '"e":"reaped","child":%s,"code":%s' % (number(child), number(value))
            tell(text if obj is None else '%s,"obj":"%s"' % (text, obj))

    def __delete__(self, popen):
        del popen.__dict__["returncode"]


def let_go():
    """Hold nothing of the library any more; see processes.py."""
    global _util, _exit_code, _joining
    _util = _exit_code = _joining = None


def install(module):
    """Patch one of the two modules."""
    if module.__name__ == "multiprocessing.util":
        _install_util(module)
    elif "returncode" not in module.Popen.__dict__:
        module.Popen.returncode = _ReturnCode()
