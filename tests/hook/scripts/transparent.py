# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that must say the same with and without the hook, byte for byte: transparent.py CASE."""

import atexit
import inspect
import logging
import multiprocessing as mp
import os
import signal
import sys
import threading
import time
import traceback
import warnings

fork = mp.get_context("fork")


def fail():
    raise ValueError("in the child")


def deep(level):
    if level:
        deep(level - 1)
    raise KeyError("deep")


def run(target, *args, **kwargs):
    process = fork.Process(target=target, args=args, **kwargs)
    process.start()
    process.join()
    print(process.name, process.exitcode, flush=True)
    return process


def refused_child():
    fork.Process(target=fail).start()


def case_child_traceback():
    run(fail)
    run(deep, 5)


def case_main_traceback():
    run(fail)
    raise RuntimeError("in main")


def case_chained():
    try:
        fork.Process(target=fail).join()
    except AssertionError as error:
        raise RuntimeError("outer") from error


def case_refused():
    run(refused_child, daemon=True)
    mp.current_process().daemon = True
    fork.Process(target=fail).start()


def case_setter():
    process = run(int)
    try:
        process.daemon = True
    except AssertionError:
        print(traceback.format_exc())
    process.name = 5


def case_logged():
    logging.basicConfig(format="%(levelname)s %(message)s")
    try:
        fork.Process(target=fail).terminate()
    except AttributeError:
        logging.exception("logged")
    try:
        fork.Process(1)
    except AssertionError:
        traceback.print_exc()
    fork.Process(None, None, None, (), {}, True)


def case_twice():
    process = run(int)
    process.start()


def case_closed():
    process = run(int)
    process.close()
    process.join()


def case_thread_refused():
    mp.current_process().daemon = True
    thread = threading.Thread(target=fork.Process(target=fail).start)
    thread.start()
    thread.join()


def case_stack():
    run(traceback.print_stack)
    thread = threading.Thread(target=traceback.print_stack)
    thread.start()
    thread.join()


def interrupt_self():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)


def case_interrupt_child():
    run(interrupt_self)


def interrupt_parent():
    wait_until_waiting(os.getppid())
    os.kill(os.getppid(), signal.SIGINT)


def wait_until_waiting(pid):
    """Return when a process has slept at a single place for a while: it waits for us."""
    asleep = 0
    while asleep < 20:
        with open("/proc/%d/stat" % pid) as file:
            asleep = asleep + 1 if file.read().rpartition(")")[2].split()[0] == "S" else 0
        time.sleep(0.01)


def case_interrupt_join():
    process = fork.Process(target=interrupt_parent)
    process.start()
    process.join()


def case_interrupt_exit():
    process = fork.Process(target=interrupt_parent)
    process.start()
    print("main ends", flush=True)


def case_interrupt_threads():
    """^C while the interpreter waits for a thread."""
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt():
        wait_until_waiting(main)
        os.kill(main, signal.SIGINT)
        time.sleep(0.5)
        os._exit(9)

    main = os.getpid()
    threading.Thread(target=interrupt).start()


def case_exits():
    for value in (None, 0, 7, True, 300, -1, "text", 1.5, (1, 2)):
        run(sys.exit, value)
    run(os._exit, 5)
    sys.exit("main leaves")


def case_escape():
    """An exit code too large lets the child escape into its parent's code."""
    process = fork.Process(target=sys.exit, args=(2**31,))
    try:
        process.start()
    except BaseException:
        traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    process.join()
    print("parent", process.exitcode)


def case_atexit_order():
    atexit.register(print, "registered first")
    process = run(int)
    atexit.register(print, "registered after a start")
    fork.Process(target=time.sleep, args=(600,), daemon=True).start()
    fork.Process(target=time.sleep, args=(0.05,)).start()
    print(len(mp.active_children()), process.is_alive())


def case_log():
    logger = mp.log_to_stderr()
    logger.handlers[0].setFormatter(logging.Formatter("%(levelname)s %(funcName)s %(filename)s %(lineno)d %(message)s"))
    logger.setLevel(logging.DEBUG)
    run(int)
    print(mp.util.is_exiting())


def case_alarm():
    """A signal handler that raises must reach the program, whatever is running."""

    def on_alarm(*_):
        raise TimeoutError("alarm")

    signal.signal(signal.SIGALRM, on_alarm)
    process = fork.Process(target=int)
    for _ in range(40):
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.002)
            while True:
                process.name = "x"
        except TimeoutError:
            pass
    print("40 alarms")


def case_subclass():
    class Odd(fork.Process):
        daemon = True

        def __init__(self):
            pass

    class Slots(fork.Process):
        __slots__ = ("extra",)

        def run(self):
            print("slots", self.name, flush=True)

    process = Slots()
    process.start()
    process.join()
    print(process.exitcode, sorted(vars(process)))
    Odd().start()


def case_look():
    print([name for name in sys.modules if "daemonscope" in name or name in ("_socket", "_json", "fcntl")])
    print([path for path in sys.path if "python/site" in path], sys.modules.get("sitecustomize") is not None)
    for function in (mp.Process.__init__, mp.Process.start, mp.Process.join, mp.Process.terminate, traceback.print_exc):
        print(inspect.signature(function), function.__name__, function.__qualname__, function.__module__)
    for prop in (mp.Process.daemon, mp.Process.name):
        print(type(prop), prop.__doc__)
    print(mp.process.__loader__, mp.process.__spec__.loader.name, type(threading.__loader__))
    print(sorted(name for name in os.listdir("/proc/self/fd") if int(name) < 100))
    process = fork.Process(target=int)
    print(sorted(vars(process)), repr(process).replace(str(os.getpid()), "PID"))
    print(signal.getsignal(signal.SIGCHLD), signal.getsignal(signal.SIGPIPE), threading.active_count())


def case_warnings():
    warnings.simplefilter("always")
    run(int)
    print(warnings.filters[0])


def case_fork():
    print("before", flush=True)
    pid = os.fork()
    if pid == 0:
        raise OSError("raw child")
    print(os.waitpid(pid, 0)[1])


def case_pool_error():
    with fork.Pool(1) as pool:
        pool.apply(fail)


def case_finalizer():
    from multiprocessing import util

    util.Finalize(None, fail, exitpriority=5)


def case_late_start():
    """A process that outlives the library's exit sequence is let go of in the interpreter's own last moments."""
    from multiprocessing import util

    def start():
        fork.Process(target=time.sleep, args=(0.1,)).start()

    atexit.register(start)
    util.get_logger()  # which makes the library's handler the newest one, so that it runs before ours


def case_unhandled():
    class Bad:
        def __del__(self):
            fork.Process(target=int).join()

    Bad()


if __name__ == "__main__":
    globals()["case_" + sys.argv[1]]()
