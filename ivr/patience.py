"""gunicorn's threads, with an end to patience: who does not send a whole request in time is cut off.

A thread reads a request to its end before it does anything else. Without this a few clients that send a byte now and
then would hold every thread, and calls would go unanswered. A buffering proxy in front does the same and more.
Never does: cut off an answer; only the reading side is closed.
"""

import contextlib
import socket
import threading
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

REQUEST_SECONDS = 5.0  # the provider sends a request within milliseconds, a proxy whole ones


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A ThreadWorker that closes the reading side of connections whose request takes too long to arrive."""

    def init_process(self) -> None:
        """In the new process: one thread looks at the clock for all connections."""
        self._deadlines: dict[Any, float] = {}
        threading.Thread(target=self._watch, name="patience", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it."""
        self._deadlines[conn] = time.monotonic() + REQUEST_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._deadlines.pop(conn, None)

    def _watch(self) -> None:
        while True:
            time.sleep(1)
            moment = time.monotonic()
            for conn, deadline in list(self._deadlines.items()):
                if deadline < moment:
                    with contextlib.suppress(OSError):  # it may have ended just now
                        conn.sock.shutdown(socket.SHUT_RD)
