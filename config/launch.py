"""Starts processes that cannot outlive the one that started them, not even when that one is killed.

The kernel does the work (`PR_SET_PDEATHSIG`, Linux). It must be asked from inside the new process, after a change of
user and before `exec`; this file is therefore also the script that runs there, and imports the standard library only.
"""

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2  # access(2) honours the capability too, and setuid(2) leaves it
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION = 0x20080522


class Account(NamedTuple):
    """The system account that a process runs as."""

    uid: int
    gid: int


def launch(
    argv: Sequence[str | os.PathLike[str]],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    **popen: Any,
) -> subprocess.Popen[bytes]:
    """Starts `argv` in a session of its own; it receives `death_signal` when this process ends in whatever way.

    `account` is honoured for root only: the process runs as that account, yet can reach a folder that only root can.
    Everything else goes to `subprocess.Popen`. A program that cannot be started exits with 127, and says why.
    """
    here = str(Path(__file__).resolve())
    uid, gid = account if account and os.geteuid() == 0 else (-1, -1)
    shim = [sys.executable, "-I", "-S", here, str(os.getpid()), str(int(death_signal)), str(uid), str(gid)]
    command = [*shim, *(os.fspath(word) for word in argv)]
    answer: queue.SimpleQueue[subprocess.Popen[bytes] | BaseException] = queue.SimpleQueue()
    _launcher().put((command, popen, answer))
    started = answer.get()
    if isinstance(started, BaseException):
        raise started
    return started


_requests: queue.SimpleQueue[Any] | None = None
_thread: threading.Thread | None = None
_guard = threading.Lock()


def _launcher() -> queue.SimpleQueue[Any]:
    """Gives the queue of the one thread that starts processes.

    The kernel sends the death signal when the *thread* that started a process ends, so that it must be one that lives
    as long as we do.
    """
    global _requests, _thread
    with _guard:
        if _thread is None or not _thread.is_alive():  # not alive: we are a fork
            _requests = queue.SimpleQueue()
            _thread = threading.Thread(target=_serve, args=(_requests,), name="launcher", daemon=True)
            _thread.start()
        assert _requests is not None  # noqa: S101 - for the reader and the type checker
        return _requests


def _serve(requests: queue.SimpleQueue[Any]) -> None:
    while True:
        command, popen, answer = requests.get()
        try:
            answer.put(subprocess.Popen(command, start_new_session=True, **popen))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            answer.put(error)


def _become(parent: int, death_signal: int, uid: int, gid: int, argv: list[str]) -> None:
    """Runs inside the new process: takes on the account, asks for the death signal, and turns into `argv`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if uid >= 0:
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        _keep_reaching_every_folder(libc)
    libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        sys.exit(127)


def _keep_reaching_every_folder(libc: ctypes.CDLL) -> None:
    """Keeps CAP_DAC_OVERRIDE past `exec`, so that a checkout below a private folder (/root) works.

    Opening that folder to everybody would do it too, and would stay. Where the capability is not to be had, whoever
    needs it fails with its own message.
    """
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, effective_permitted_inheritable) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    _become(*(int(number) for number in sys.argv[1:5]), sys.argv[5:])
