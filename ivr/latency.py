"""How long webhooks took, counted by all web processes together, for /metrics.

Each process adds to a small file of its own that it keeps mapped into memory; whoever is asked adds up all files.
Counting costs about a microsecond and never waits for another process.
Never does: know who called, or hold anything but counts.
"""

import logging
import mmap
import os
import struct
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

# Upper bounds in seconds; one more bucket holds what took longer.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_CELLS = len(BUCKETS) + 1
_SUM_AT = 8 * _CELLS
_SIZE = _SUM_AT + 8
_SUFFIX = ".latency"


class Latencies:
    """The counts of one installation, in one folder. `record` in every web process, `totals` in any of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._pid = 0
        self._cells: tuple[memoryview[int], memoryview[float]] | None = None  # the counts, the seconds

    def record(self, seconds: float) -> None:
        """Count one webhook. Never raises: a full disk must not cost a call."""
        with self._lock:
            if self._pid != os.getpid():  # on first use, and again after a fork
                self._open()
            if self._cells is not None:
                counts, sum_of_seconds = self._cells
                counts[bisect_left(BUCKETS, seconds)] += 1
                sum_of_seconds[0] += seconds

    def totals(self) -> tuple[list[int], float]:
        """How many webhooks fell into each bucket (not cumulative; the last took longest), and all their seconds."""
        counts, seconds = [0] * _CELLS, 0.0
        for file in sorted(self.folder.glob(f"*{_SUFFIX}")):
            data = file.read_bytes()
            if len(data) == _SIZE:
                for bucket, n in enumerate(struct.unpack_from(f"={_CELLS}Q", data)):
                    counts[bucket] += n
                seconds += struct.unpack_from("=d", data, _SUM_AT)[0]
        return counts, seconds

    def clear(self) -> None:
        """Begin again from zero: when the web server starts, before its processes do."""
        for file in self.folder.glob(f"*{_SUFFIX}"):
            file.unlink(missing_ok=True)

    def _open(self) -> None:
        self._pid, self._cells = os.getpid(), None
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.folder / f"{self._pid}{_SUFFIX}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.truncate(descriptor, _SIZE)
                os.pwrite(descriptor, os.pread(descriptor, _SIZE, 0), 0)  # now, not when a full disk would be fatal
                cells = memoryview(mmap.mmap(descriptor, _SIZE))
                self._cells = cells[:_SUM_AT].cast("Q"), cells[_SUM_AT:].cast("d")
            finally:
                os.close(descriptor)
        except OSError as fault:
            log.warning("webhook times are not counted: %s", fault.strerror)


class TimedWebhooks:
    """A WSGI application around another that records how long POSTs to some first path segments took."""

    def __init__(self, app: "WSGIApplication", latencies: Latencies, prefixes: Callable[[], Iterable[str]]) -> None:
        self._app = app
        self._latencies = latencies
        self._find_prefixes = prefixes
        self._prefixes: tuple[str, ...] | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, and record."""
        if environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        if self._prefixes is None:
            self._prefixes = tuple(self._find_prefixes())
        if not environ["PATH_INFO"].startswith(self._prefixes):
            return self._app(environ, start_response)
        begun = perf_counter()
        try:
            return self._app(environ, start_response)
        finally:
            self._latencies.record(perf_counter() - begun)
