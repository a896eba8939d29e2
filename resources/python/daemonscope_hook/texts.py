# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How values are written as JSON: in ASCII, within limits, and without running a line of the program's code."""

from _json import encode_basestring_ascii as _quote

TEXT_LIMIT = 4096
ITEM_LIMIT = 1024
LIST_LIMIT = 12288
OBJECTS_LIMIT = 40000


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
