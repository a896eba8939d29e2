# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way out: one packet for each event, over a socket that must never hold up or break the program.

The format is described in docs/hook-protocol.md. There is no lock and no thread here, so a fork at any moment and from
any thread cannot leave this module in a state that blocks. References to library functions are taken when the module is
loaded, before the program can replace them.

After a fork each page of memory that parent or child write is copied, which costs more than what is done with it, and
Python writes to every object that it uses: it counts references. So what is done at every start uses few objects. It
is written in few and long functions, makes its text without an encoder, and has its state in globals, for looking up an
attribute for the first time in a process writes, too.
"""

import sys
from _thread import get_ident
from os import dup2, getpid, register_at_fork, sysconf
from time import monotonic_ns

import _socket
from daemonscope_hook.facts import FOLDER, members
from fcntl import F_DUPFD_CLOEXEC, fcntl

PACKET_LIMIT = 49152
_SEND_TIMEOUT_US = 100_000  # how long a full socket may hold up the program, once ...
_PATIENCE_NS = 1_000_000_000  # ... in this time
_RETRY_NS = 200_000_000  # least time between two tries to connect
_NOSIGNAL = _socket.MSG_NOSIGNAL
_Socket = _socket.socket
_UNIX = _socket.AF_UNIX
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


def _low_floor():
    """Lowest descriptor number that the connection may take where the soft limit is below the usual number."""
    return max(min(sysconf("SC_OPEN_MAX"), _HIGH_FD + _FD_RESERVE) - _FD_RESERVE, 3)


def _time_value(microseconds):
    """A C `struct timeval` for setsockopt."""
    size = 8 if sys.maxsize > 1 << 32 else 4
    return (0).to_bytes(size, sys.byteorder) + microseconds.to_bytes(size, sys.byteorder)


# The connection, made when first needed and made again when it breaks.
_address = None  # None: nothing is said, or nothing any more
_connection = None
_peer = None  # name of the receiver's end
_pid = 0  # process that the connection and the counts are of; 0: not known any more
_numbers = iter(range(1, 1 << 62))  # its step is a single C call, so threads need no lock to draw numbers
_used = 0  # numbers that were drawn before this process began
_lost = 0
_patient_from = 0  # before this time nothing may wait for the receiver
_retry_from = 0  # before this time no new connection is tried
_is_waiting = False  # the connection's time-out is changed for the moment
_complained = set()
told_in = [0]  # thread that is about to fork a process that tells of its birth
_say_forked = None


def _is_ours(connection):
    """Tell whether the descriptor is still the socket that was opened under it: no other leads to the receiver."""
    try:
        return connection.getpeername() == _peer
    except OSError as error:
        if is_foreign(error):
            raise
        return False


def _drop():
    """Close the connection, unless the number has become somebody else's: then only forget it."""
    global _connection
    connection, _connection = _connection, None
    if connection is not None:
        if _is_ours(connection):
            connection.close()
        else:
            connection.detach()


def _begin(pid, now):
    """Start counting for a forked process, which has said nothing yet, on a connection of its own.

    The parent's is given up, for its hang-up must mean the parent alone: the new one takes its place and its number.
    """
    global _connection, _pid, _used, _lost
    _used = next(_numbers)
    _lost = 0
    inherited, _connection, _pid = _connection, None, pid
    if inherited is None:
        return
    if _is_waiting or not _is_ours(inherited):
        _connection = inherited
        _drop()
        return
    own = None
    try:
        own = _Socket(_UNIX, _KIND)
        dup2(own.fileno(), inherited.fileno(), False)
        own.close()
    except OSError as error:
        for each in (own, inherited):
            if each is not None:
                each.close()
        if is_foreign(error):
            raise
        return
    _connect(inherited, now)


def _open(now):
    """Open a connection at a high number, or leave it at none, if there is no receiver or it was asked just before."""
    global _retry_from
    if now < _retry_from:
        return
    low = high = None
    try:
        low = _Socket(_UNIX, _KIND)
        try:
            number = fcntl(low.fileno(), F_DUPFD_CLOEXEC, _HIGH_FD)
        except OSError as error:
            if is_foreign(error):
                raise
            number = fcntl(low.fileno(), F_DUPFD_CLOEXEC, _low_floor())
        high = _Socket(_UNIX, _KIND, 0, number)
        low.close()
    except OSError as error:
        for made in (low, high):
            if made is not None:
                made.close()
        if is_foreign(error):
            raise
        _retry_from = monotonic_ns() + _RETRY_NS
        return
    _connect(high, now)


def _connect(made, now):
    """Make a socket the connection, if there is a receiver."""
    global _connection, _peer, _retry_from
    try:
        try:
            made.connect(_address)
        except BlockingIOError as error:
            if is_foreign(error) or now < _patient_from:
                raise
            _connect_patiently(made)
        _peer = made.getpeername()
        _connection = made
    except OSError as error:
        made.close()
        if is_foreign(error):
            raise
        _retry_from = monotonic_ns() + _RETRY_NS


def _connect_patiently(made):
    """Connect when the receiver's queue of connections is full, and wait for room for some time."""
    global _patient_from
    made.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDTIMEO, _time_value(_SEND_TIMEOUT_US))
    made.settimeout(None)
    try:
        made.connect(_address)
    except BlockingIOError:
        _patient_from = monotonic_ns() + _PATIENCE_NS
        raise
    made.settimeout(0.0)


def _send_patiently(connection, packet):
    """Send when the receiver's buffer is full: wait for room for some time, once in a while."""
    global _patient_from, _is_waiting
    if monotonic_ns() < _patient_from:
        return False
    _is_waiting = True
    connection.settimeout(_SEND_TIMEOUT_US / 1e6)
    try:
        connection.send(packet, _NOSIGNAL)
    except (BlockingIOError, _socket.timeout) as error:
        if is_foreign(error):
            raise
        _patient_from = monotonic_ns() + _PATIENCE_NS
        return False
    finally:
        connection.settimeout(0.0)
        _is_waiting = False
    return True


def _send(text, now):
    """Send one record, on a new connection if need be, or count it as lost."""
    global _lost
    for _ in range(2):  # a connection found broken is made anew once
        if _connection is not None and not _is_ours(_connection):
            _drop()
        if _connection is None:
            _open(now)
        connection = _connection
        if connection is None:
            break
        lost = _lost
        packet = (text[:-1] + ',"lost":%d}' % lost if lost else text).encode("ascii")
        if len(packet) > PACKET_LIMIT:
            break
        try:
            try:
                connection.send(packet, _NOSIGNAL)
            except BlockingIOError as error:
                if is_foreign(error):
                    raise
                if not _send_patiently(connection, packet):
                    break
        except OSError as error:
            if is_foreign(error):
                raise
            _drop()
            continue
        _lost -= lost
        return
    _lost += 1


def tell(text):
    """Report one event, given as members in JSON, the name in `e` among them. Never raises an error of its own."""
    if _address is None:
        return
    try:
        now = monotonic_ns()
        pid = getpid()
        if pid != _pid:
            _begin(pid, now)
        text = '{"t":%d,"p":%d,"s":%d,%s}' % (now, pid, next(_numbers) - _used, text)
        connection = _connection
        if connection is not None and not _lost and len(text) <= PACKET_LIMIT:
            try:
                if connection.getpeername() == _peer:
                    connection.send(text.encode("ascii"), _NOSIGNAL)
                    return
            except OSError as error:  # nothing was sent, so it can be tried again
                if is_foreign(error):
                    raise
        _send(text, now)
    except Exception as error:
        if is_foreign(error):
            raise
        complain("send", error)


def emit(event, text="", **fields):
    """Report one event: `text`, members in JSON with a comma before each, and `fields`."""
    if _address is None:
        return
    try:
        text = '"e":"' + event + '"' + text + members(**fields)
    except Exception as error:
        if is_foreign(error):
            raise
        complain("send " + event, error)
    else:
        tell(text)


def complain(where, error):
    """Report, once for each place, that a part of the hook does not work here."""
    if where not in _complained:
        _complained.add(where)
        emit("hook_error", where=where, exc=type(error).__name__, msg=str(error))


def open_line(address):
    """Decide where events go. Nothing is opened before the first event."""
    global _address, _pid
    _address = address
    _pid = getpid()


def _after_fork():
    """In a forked child, before anything else runs there."""
    global _pid
    _pid = 0  # connection and counts are another's, even if a process in a new namespace has the same number
    if told_in[0] != get_ident():
        _say_forked()


def begin_after_fork(say_forked):
    """Have every forked child begin anew, and tell of its birth if nothing else does. Called once."""
    global _say_forked
    _say_forked = say_forked
    register_at_fork(after_in_child=_after_fork)


def is_over():
    """Tell whether this interpreter has said its last word."""
    return _address is None


def end():
    """Stop reporting for good: the interpreter is about to fall apart.

    The descriptor stays open, so that the hang-up comes with the death and not before.
    """
    global _address, _connection
    _address = None
    connection, _connection = _connection, None
    if connection is not None:
        connection.detach()
