# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of calls, exceptions and callables, and how it is written: without running a line of the program's code."""

import os
import sys

FOLDER = __file__.rpartition("/")[0] + "/"

TEXT_LIMIT = 4096
ITEM_LIMIT = 1024
LIST_LIMIT = 12288
OBJECTS_LIMIT = 40000

_LIBRARY = os.path.dirname(os.__file__) + "/"
_PACKAGES = ("/site-packages/", "/dist-packages/")

try:
    _START_FOLDER = os.getcwd() + "/"
except OSError:
    _START_FOLDER = ""

# From 3.11 on a bare `raise` does not put the raising frame back into a traceback that was shortened before.
CUTS_ARE_COMPLETE = sys.version_info >= (3, 11)


_places = {}  # file name of code: its path as JSON without the quotes; None: the hook's; "": the library's

_FUNCTION = type(lambda: None)
_LINE_ROOM = 16  # for a line's number in the limit of a string


class _Escapes(dict):
    """How a character is written in a JSON string, found out when it is first met."""

    def __missing__(self, code):
        if 32 <= code < 127:
            text = code
        elif code < 0x10000:
            text = "\\u%04x" % code
        else:
            text = "\\u%04x\\u%04x" % (0xD7C0 + (code >> 10), 0xDC00 | code & 0x3FF)
        if len(self) < 1000:
            self[code] = text
        return text


_escapes = _Escapes()


def _quote(text):
    """Write a string as JSON in ASCII. The library's C module for it is not loaded: that takes longer than this."""
    if '"' in text or "\\" in text or "\n" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if not (text.isascii() and text.isprintable()):
        text = text.translate(_escapes)
    return '"' + text + '"'


def quote(text, limit=TEXT_LIMIT, keep_end=False):
    """Write a string as JSON in ASCII, cut so that it takes at most `limit` bytes and the quotes.

    No method of the program's runs: of another class of strings only the characters are taken, of what is no string the
    class.
    """
    if type(text) is not str:
        text = str.__str__(text) if issubclass(type(text), str) else type(text).__name__
    room = limit
    piece = text
    while True:
        if len(text) > room:
            piece = "..." + text[-(room - 3) :] if keep_end else text[: room - 3] + "..."
        quoted = _quote(piece)
        excess = len(quoted) - 2 - limit
        if excess <= 0:
            return quoted
        # A character can take up to 12 bytes, so cut in proportion, and look again.
        room = min(len(piece) * limit // len(quoted), len(piece) - 1)
        if room < 16:
            return '"..."'


def _encode_list(items):
    """Write a list of strings or of flat objects; return the JSON and the number of items that found no room."""
    parts = []
    used = 0
    for item in items:
        if type(item) is dict:
            part = "{" + ",".join([_quote(key) + ":" + _encode(value, ITEM_LIMIT) for key, value in item.items()]) + "}"
            limit = OBJECTS_LIMIT // 2  # two such lists must fit in one packet
        else:
            part = quote(item, ITEM_LIMIT)
            limit = LIST_LIMIT
        used += len(part) + 1
        if used > limit:
            break
        parts.append(part)
    return "[" + ",".join(parts) + "]", len(items) - len(parts)


def _encode(value, limit=TEXT_LIMIT):
    """Write a single value."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return quote(value, limit)
    if isinstance(value, int):
        value = int.__index__(value)
        return repr(value) if -(1 << 63) <= value < 1 << 63 else "null"
    if isinstance(value, float):
        return float.__repr__(value) if value - value == 0 else "null"  # infinity and NaN have no JSON
    return quote(type(value).__name__, limit)


def number(value):
    """Write a number of the program's, if that is what it is, in 64 bits and finite; else null."""
    if type(value) is int:
        return "%d" % value if -(1 << 63) <= value < 1 << 63 else "null"
    if isinstance(value, int):
        return number(int.__index__(value))
    return _encode(value) if type(value) is float else "null"


def members(**fields):
    """Write fields of an event with their limits, each with a comma before it."""
    more = 0
    parts = []
    for key, value in fields.items():
        if type(value) is list:
            text, left_out = _encode_list(value)
            more += left_out
        elif key == "tb":
            text = quote(value, 4 * TEXT_LIMIT, keep_end=True)
        else:
            text = _encode(value)
        parts.append(',"' + key + '":' + text)
    if more:
        parts.append(',"more":%d' % more)
    return "".join(parts)


def _place_of(path):
    """Find out where a file's code belongs."""
    if path.startswith(FOLDER):
        place = None
    elif path.startswith("<frozen ") or (path.startswith(_LIBRARY) and not any(part in path for part in _PACKAGES)):
        place = ""
    else:
        # Up to 3.8 the main script's name is as it was typed.
        shown = path if path[:1] in ("/", "<") else _START_FOLDER + path
        place = quote(shown, TEXT_LIMIT - _LINE_ROOM)[1:-1]
    if len(_places) > 1000:  # a program can make up file names without end
        _places.clear()
    _places[path] = place
    return place


def call_site(frame):
    """Find who called: the program's nearest line (`src`) and the library function it went through (`via`), as text."""
    via = ""
    while frame is not None:
        code = frame.f_code
        path = code.co_filename
        place = _places[path] if path in _places else _place_of(path)
        if place:
            return ',"src":"%s:%d"%s' % (place, frame.f_lineno or 0, via)
        if place is not None and not via:
            module = frame.f_globals.get("__name__")
            module = module.rpartition(".")[2] if isinstance(module, str) else "?"
            via = ',"via":' + quote(module + "." + code.co_name)
        frame = frame.f_back
    return via


_argv = ("", "")  # the words of sys.argv as they were, and as a member: they seldom change, and every child tells them


def argv_member():
    """Write sys.argv."""
    global _argv
    words = getattr(sys, "argv", None)
    if type(words) is not list and type(words) is not tuple:  # another class could run code of the program
        words = list.copy(words) if issubclass(type(words), list) else ()
    try:
        joined = "\0".join(words)  # compares them all, without asking a class of the program's
        if joined == _argv[0] != "":
            return _argv[1]
    except TypeError:  # not all of them are text
        joined = ""
    text = members(argv=[word for word in words if issubclass(type(word), str)])
    _argv = (joined, text)
    return text


def module_of(frame):
    """Name of the module whose code runs in a frame."""
    name = frame.f_globals.get("__name__") if frame is not None else None
    return name if type(name) is str else ""  # another class could run code of the program when it is compared


def class_name(cls):
    """Class with its module, the module left out when it is built in."""
    module = type.__getattribute__(cls, "__module__")
    name = type.__getattribute__(cls, "__qualname__")
    return name if module == "builtins" or not isinstance(module, str) else module + "." + name


def callable_name(target):
    """Name of something that will be called. Only types that cannot run code of the program are looked into."""
    if target is None:
        return None
    kind = type(target)
    if kind is _FUNCTION:
        module = target.__module__
        return module + "." + target.__qualname__ if isinstance(module, str) else target.__qualname__
    if kind.__name__ == "partial" and kind.__module__ == "functools":
        return callable_name(target.func)
    if issubclass(kind, type):
        return class_name(target)
    if kind.__module__ == "builtins" and kind.__name__ in ("builtin_function_or_method", "method"):
        module = getattr(target, "__module__", None)
        name = getattr(target, "__qualname__", None) or target.__name__
        return module + "." + name if isinstance(module, str) else name
    return class_name(kind)


def error_fields(error):
    """Class and text of an exception. The text is made by the exception itself, as printing it would."""
    try:
        text = str(error)
    except Exception:
        text = "<no text>"
    return {"exc": class_name(type(error)), "msg": text}


def cut_trace(trace):
    """Take the hook's frames out of a traceback; return its new head."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(FOLDER):
        trace = trace.tb_next
    entry = trace
    while entry is not None:
        following = entry.tb_next
        kept = following
        while kept is not None and kept.tb_frame.f_code.co_filename.startswith(FOLDER):
            kept = kept.tb_next
        if kept is not following:
            entry.tb_next = kept
        entry = kept
    return trace


def cut_frames(error):
    """Take the hook's frames out of an exception that is about to be raised again with a bare `raise`.

    Before 3.11 the frame that raises comes back as the head; older.py hides it where tracebacks are printed.
    """
    error.__traceback__ = cut_trace(error.__traceback__)


def dress(wrapper, original):
    """Make a wrapper look like what it wraps."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        setattr(wrapper, name, getattr(original, name))
    wrapper.__wrapped__ = original
    return wrapper
