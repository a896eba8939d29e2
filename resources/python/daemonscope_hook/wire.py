# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way out: one packet for each event, over a socket that must never hold up or break the program.

The format is described in docs/hook-protocol.md. There is no lock and no thread here, so a fork at any moment and from
any thread cannot leave this module in a state that blocks. References to library functions are taken when the module is
loaded, before the program can replace them.
"""

import sys
from os import getpid, register_at_fork, sysconf
from time import monotonic_ns

import _socket
from _json import encode_basestring_ascii as _quote
from fcntl import F_DUPFD_CLOEXEC, fcntl

FOLDER = __file__.rpartition("/")[0] + "/"

PACKET_LIMIT = 49152
TEXT_LIMIT = 4096
ITEM_LIMIT = 1024
LIST_LIMIT = 12288
OBJECTS_LIMIT = 40000

_SEND_TIMEOUT_US = 100_000  # how long a full socket may hold up the program, once ...
_PATIENCE_NS = 1_000_000_000  # ... in this time
_RETRY_NS = 200_000_000  # least time between two tries to connect
_NOSIGNAL = _socket.MSG_NOSIGNAL
_KIND = _socket.SOCK_SEQPACKET | _socket.SOCK_NONBLOCK
_HIGH_FD = 1000  # programs count their descriptors from below; ours stays out of their way
_FD_RESERVE = 24


def is_foreign(error):
    """Tell whether an exception was raised by code that is not the hook's.

    A signal handler of the program can run, and raise, between any two of our instructions; such an exception belongs
    to the program and must reach it.
    """
    trace = error.__traceback__
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return not trace.tb_frame.f_code.co_filename.startswith(FOLDER)


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


def _low_floor():
    """Lowest descriptor number that the connection may take where the soft limit is below the usual number."""
    return max(min(sysconf("SC_OPEN_MAX"), _HIGH_FD + _FD_RESERVE) - _FD_RESERVE, 3)


def _time_value(microseconds):
    """A C `struct timeval` for setsockopt."""
    size = 8 if sys.maxsize > 1 << 32 else 4
    return (0).to_bytes(size, sys.byteorder) + microseconds.to_bytes(size, sys.byteorder)


class Sender:
    """The connection of this process to the receiver, made when first needed and made again when it breaks."""

    def __init__(self, address):
        self.address = address
        self.patient_from = 0  # before this time nothing may wait for the receiver
        self.retry_from = 0
        self.closed = False
        self.socket = None
        self.peer = None
        self.begin()

    def begin(self):
        """Start counting for a process that has said nothing yet.

        A parent's connection is given up, for its hang-up must mean the parent alone.
        """
        if self.socket is not None:
            self.drop()
        self.pid = getpid()
        self.lost = 0
        # The iterator's step is a single C call, so threads need no lock to draw numbers.
        self.next_number = iter(range(1, 1 << 62)).__next__

    def drop(self):
        """Close the connection, unless the number has become somebody else's: then only forget it."""
        connection, self.socket = self.socket, None
        if connection is not None:
            if self._is_ours(connection):
                connection.close()
            else:
                connection.detach()

    def close(self):
        """Say no more. The descriptor stays open, so that the hang-up comes with the death and not before."""
        self.closed = True
        connection, self.socket = self.socket, None
        if connection is not None:
            connection.detach()

    def _is_ours(self, connection):
        """Tell whether the descriptor is still the socket that was opened under it: no other leads to the receiver."""
        try:
            return connection.getpeername() == self.peer
        except OSError as error:
            if is_foreign(error):
                raise
            return False

    def _connect(self, now):
        """Open the connection at a high number; None if there is no receiver, which is asked again only later."""
        if now < self.retry_from:
            return None
        low = high = None
        try:
            low = _socket.socket(_socket.AF_UNIX, _KIND)
            try:
                number = fcntl(low.fileno(), F_DUPFD_CLOEXEC, _HIGH_FD)
            except OSError as error:
                if is_foreign(error):
                    raise
                number = fcntl(low.fileno(), F_DUPFD_CLOEXEC, _low_floor())
            high = _socket.socket(_socket.AF_UNIX, _KIND, 0, number)
            low.close()
            try:
                high.connect(self.address)
            except BlockingIOError as error:
                if is_foreign(error) or now < self.patient_from:
                    raise
                self._connect_patiently(high)
            peer = high.getpeername()
        except OSError as error:
            for made in (low, high):
                if made is not None:
                    made.close()
            if is_foreign(error):
                raise
            self.retry_from = monotonic_ns() + _RETRY_NS
            return None
        self.peer = peer
        self.socket = high
        return high

    def _connect_patiently(self, connection):
        """Connect when the receiver's queue of connections is full, and wait for room for some time."""
        connection.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDTIMEO, _time_value(_SEND_TIMEOUT_US))
        connection.settimeout(None)
        try:
            connection.connect(self.address)
        except BlockingIOError:
            self.patient_from = monotonic_ns() + _PATIENCE_NS
            raise
        connection.settimeout(0.0)

    def _send_patiently(self, connection, packet):
        """Send when the receiver's buffer is full: wait for room for some time, once in a while."""
        if monotonic_ns() < self.patient_from:
            return False
        connection.settimeout(_SEND_TIMEOUT_US / 1e6)
        try:
            connection.send(packet, _socket.MSG_NOSIGNAL)
        except (BlockingIOError, _socket.timeout) as error:
            if is_foreign(error):
                raise
            self.patient_from = monotonic_ns() + _PATIENCE_NS
            return False
        finally:
            connection.settimeout(0.0)
        return True

    def send(self, text, now):
        """Send one event, on a new connection if need be, or count it as lost."""
        for _ in range(2):  # a connection found broken is made anew once
            connection = self.socket
            if connection is not None and not self._is_ours(connection):
                self.drop()
                connection = None
            if connection is None:
                connection = self._connect(now)
                if connection is None:
                    break
            lost = self.lost
            packet = (text[:-1] + ',"lost":%d}' % lost if lost else text).encode("ascii")
            if len(packet) > PACKET_LIMIT:
                break
            try:
                try:
                    connection.send(packet, _NOSIGNAL)
                except BlockingIOError as error:
                    if is_foreign(error):
                        raise
                    if not self._send_patiently(connection, packet):
                        break
            except OSError as error:
                if is_foreign(error):
                    raise
                self.drop()
                continue
            self.lost -= lost
            return
        self.lost += 1


_sender = None
_complained = set()


def open_line(address):
    """Decide where events go. Nothing is opened before the first event."""
    global _sender
    _sender = Sender(address)


def emit(event, text="", **fields):
    """Report one event: `text`, members in JSON with a comma before each, and `fields`. Never raises an error of its own.

    After a fork each page that is touched is copied, which costs more than what is done with it. So few objects are
    touched here, and what is reported at every start comes as text: it needs no encoder.
    """
    sender = _sender
    if sender is None or sender.closed:
        return
    try:
        now = monotonic_ns()
        pid = getpid()
        if pid != sender.pid:  # a fork that did not run the interpreter's fork handlers
            sender.begin()
        if fields:
            text += members(**fields)
        text = '{"e":"%s","t":%d,"p":%d,"s":%d%s}' % (event, now, pid, sender.next_number(), text)
        connection = sender.socket
        if connection is not None and not sender.lost and len(text) <= PACKET_LIMIT:
            try:
                if connection.getpeername() == sender.peer:
                    connection.send(text.encode("ascii"), _NOSIGNAL)
                    return
            except OSError as error:  # nothing was sent, so it can be tried again
                if is_foreign(error):
                    raise
        sender.send(text, now)
    except Exception as error:
        if is_foreign(error):
            raise
        complain("send " + event, error)


def complain(where, error):
    """Report, once for each place, that a part of the hook does not work here."""
    if where not in _complained:
        _complained.add(where)
        emit("hook_error", where=where, exc=type(error).__name__, msg=str(error))


def is_over():
    """Tell whether this interpreter has said its last word."""
    return _sender is None or _sender.closed


def begin_after_fork():
    """Have every forked child begin anew before anything is sent from it. Called once, when the line is open."""
    register_at_fork(after_in_child=_sender.begin)


def end():
    """Stop reporting for good: the interpreter is about to fall apart."""
    if _sender is not None:
        _sender.close()
