# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hook at interpreter start: says that the interpreter is there, and lies in wait for what matters.

Everything that concerns multiprocessing and threads is loaded only when the program imports them. The hook's modules
are in sys.modules only while one of them is being loaded, so that they can import each other by name.
"""

import sys
from _frozen_importlib_external import SourceFileLoader
from os import environ, getcwd, getpgrp, getppid, getsid

_FOLDER = __file__.rpartition("/")[0] + "/"
_PACKAGE = "daemonscope_hook"
_ModuleType = type(sys)

# C modules that the hook needs and a bare interpreter does not have loaded.
_BORROWED = ["_socket", "fcntl", "atexit"]

# Module that is watched for, and the part of the hook that patches it.
_watched = {
    "threading": "threads",
    "multiprocessing.process": "processes",
    "multiprocessing.util": "exits",
    "multiprocessing.popen_fork": "exits",
}

# Part that must be there before another one is loaded.
_needed = {"wire": "facts", "processes": "objects", "exits": "processes"}

_modules = {}
_lent = {}  # modules that stay the hook's until the program imports them

role = "main"
own_id = [""]  # id of the process object that this process is, if it is a child made by multiprocessing
main_ended = False
audit_handlers = {}


def load(name):
    """Return a module of the hook, loading it when it is not there yet."""
    module = _modules.get(name)
    if module is None:
        if name in _needed:
            load(_needed[name])
        full_name = _PACKAGE + "." + name
        module = _ModuleType(full_name)
        module.__file__ = path = _FOLDER + name + ".py"
        module.__package__ = _PACKAGE
        code = SourceFileLoader(full_name, path).get_code(full_name)
        shown = {_PACKAGE: _package, **{_PACKAGE + "." + key: value for key, value in _modules.items()}}
        hidden = {key: sys.modules[key] for key in shown if key in sys.modules}
        sys.modules.update(shown)
        try:
            exec(code, module.__dict__)
        finally:
            for key in shown:
                sys.modules.pop(key, None)
            sys.modules.update(hidden)
        _modules[name] = module
        setattr(_package, name, module)
    return module


_package = _ModuleType(_PACKAGE)
_package.__path__ = []


def patch(module):
    """Put the hook into a module of the library that has just been loaded."""
    name = module.__name__
    part = _watched.get(name)
    try:
        load(part).install(module)
    except Exception as error:
        wire = load("wire")
        if wire.is_foreign(error):
            raise
        wire.complain("patch " + name, error)


class _Loader:
    """Stands in for a watched module's loader until the module is loaded."""

    def __init__(self, real):
        self._real = real

    def __getattr__(self, name):
        return getattr(self._real, name)

    def create_module(self, spec):
        """Leave the making of the module to the real loader."""
        return self._real.create_module(spec)

    def exec_module(self, module):
        """Give the real loader its place back, let it load, then patch."""
        module.__spec__.loader = module.__loader__ = self._real
        self._real.exec_module(module)
        patch(module)


class _Lender:
    """Loads a module that the hook has loaded already and that must not be loaded twice: gives the same one."""

    def __init__(self, module):
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec):
        """Give the module instead of making one."""
        return self._module

    def exec_module(self, module):
        """Leave the module as it was."""
        module.__spec__ = self._spec


class _Finder:
    """Notices the import of a watched module. Every other import costs it one look into a dictionary."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Find a watched module as the other finders do, and take its loader's place."""
        if name not in _watched:
            return None
        if name in _lent:
            del _watched[name]
            return type(_lent[name].__spec__)(name, _Lender(_lent[name]))
        for finder in list(sys.meta_path):
            if finder is not _Finder and hasattr(finder, "find_spec"):
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    if hasattr(spec.loader, "exec_module"):
                        spec.loader = _Loader(spec.loader)
                    return spec
        return None


def watch(name, part):
    """Have a part of the hook patch a module: now if it is loaded, else when it will be."""
    _watched[name] = part
    module = sys.modules.get(name)
    if module is not None:
        patch(module)


def _command_line():
    """The command line as it was executed; sys.argv does not exist yet."""
    words = getattr(sys, "orig_argv", None)
    if words is None:  # before 3.10
        from os import fsdecode

        with open("/proc/self/cmdline", "rb") as file:
            words = [fsdecode(word) for word in file.read().split(b"\0")[:-1]]
    return list(words)


def _role_of(words):
    """Tell the library's helper interpreters from all others by the code that they are given with -c."""
    position = 1
    while position + 1 < len(words) and words[position].startswith("-"):
        if words[position] == "-c":
            for module, found in (("spawn", "spawned"), ("forkserver", "forkserver"), ("resource_tracker", "tracker")):
                if words[position + 1].startswith("from multiprocessing.%s import " % module):
                    return found
            break
        position += 2 if words[position] in ("-X", "-W") else 1
    return "main"


def _say_start():
    """Send interp_start."""
    words = _command_line()
    global role
    role = _role_of(words)
    try:
        cwd = getcwd()
    except OSError:
        cwd = None
    load("wire").emit(
        "interp_start",
        v=1,
        runtime="python",
        ver="%d.%d.%d" % sys.version_info[:3],
        impl=sys.implementation.name,
        ppid=getppid(),
        pgid=getpgrp(),
        sid=getsid(0),
        role=role,
        orig_argv=words,
        exe=sys.executable or "",
        cwd=cwd,
        optimize=sys.flags.optimize,
    )


def _apply_options():
    """Do what DAEMONSCOPE_OPTIONS asks for."""
    if "lines" in environ.get("DAEMONSCOPE_OPTIONS", "").split(","):
        out = sys.stdout
        if out is not None and not (out.line_buffering or out.write_through):
            out.reconfigure(line_buffering=True)


def say_main_end(exact):
    """Send main_end, once, unless this is a child of multiprocessing: its code ends elsewhere."""
    global main_ended
    if not main_ended and not own_id[0] and role == "main":
        main_ended = True
        load("wire").emit("main_end", exact=exact)


def _at_exit():
    """Registered before all others, so run after all others."""
    say_main_end(exact=False)
    if "processes" in _modules:
        _modules["processes"].say_skipped()
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    wire = load("wire")
    wire.emit("interp_exit", **(load("facts").error_fields(error) if isinstance(error, BaseException) else {}))
    audit_handlers.clear()
    wire.end()
    for module in _modules.values():
        if hasattr(module, "let_go"):
            module.let_go()


def _say_forked():
    """In a child of a fork that was not expected to be told of."""
    global main_ended
    main_ended = False
    try:
        # A process start is told by `boot`; subprocess forks here only to run preexec_fn, and then executes.
        caller = load("facts").module_of(sys._getframe(2))
        if caller in ("multiprocessing.popen_fork", "multiprocessing.forkserver", "subprocess"):
            return
        fields = {"ppid": getppid()}
        if "processes" in _modules:
            fields["by"] = _modules["objects"].current_id()
        load("wire").emit("forked", **fields)
    except Exception as error:
        if load("wire").is_foreign(error):
            raise
        load("wire").complain("fork", error)


def _audit(event, args):
    """See what the interpreter announces. Called very often, for events of no interest nearly always."""
    handler = audit_handlers.get(event)
    if handler is not None:
        handler(args)


def start(this_module):
    """Begin to report. Called once, from sitecustomize, with this module, which is in no list yet."""
    is_main = getattr(sys.modules.get("_thread"), "_is_main_interpreter", None)
    if is_main is not None and not is_main():
        return
    _modules["runtime"] = _package.runtime = this_module
    loaded_before = set(sys.modules)
    import atexit

    wire = load("wire")
    if sys.version_info < (3, 10) and "atexit" not in loaded_before:
        # A second copy of it would forget what the first was given.
        _lent["atexit"] = atexit
        _watched["atexit"] = None
    for name in _BORROWED:
        if name not in loaded_before:
            sys.modules.pop(name, None)
    wire.open_line(environ["DAEMONSCOPE_SOCKET"])
    atexit.register(_at_exit)
    _attempt("interp_start", _say_start, wire)
    _attempt("options", _apply_options, wire)
    _attempt("watch", _begin_watch, wire)


def _attempt(where, step, wire):
    """Do one step of the start; one that fails is reported and does not keep the others from being done."""
    try:
        step()
    except Exception as error:
        if wire.is_foreign(error):
            raise
        wire.complain(where, error)


def _begin_watch():
    """Put everything in place that sees what the program does from now on."""
    load("facts")  # which the modules below import
    audit_handlers.update(load("calls").HANDLERS)
    if sys.version_info < (3, 11):
        audit_handlers.update(load("older").HANDLERS)
    load("wire").begin_after_fork(_say_forked)
    sys.addaudithook(_audit)
    sys.meta_path.insert(0, _Finder)
    for name in list(_watched):
        if name in sys.modules:
            patch(sys.modules[name])
