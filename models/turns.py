"""Whose turn it is to write into one SQLite file: a fair queue of threads and processes in front of SQLite's own lock.

SQLite has no queue: who finds the file locked sleeps for ever longer pauses and asks again, so that under load most of
the time is slept away and a few wait for seconds. Here everybody waits in the kernel and is woken when it is free.
SQLite's lock stays what keeps data whole: a writer that does not queue up (a worker, sqlite3 in a shell) does no harm.
Never does: outlive its process (the kernel lets go of a dead process's turn), or keep anything in its file.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """The queue in front of one database file; `path` is a file beside it, made when first needed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._mine = threading.Lock()  # among this process's threads: one flock serves a whole process
        self._file = -1
        self._pid = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and hold it. OSError when the file cannot be made."""
        with self._mine:
            if self._pid != os.getpid():  # a forked process must not share its parent's turn
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                self._pid = os.getpid()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
