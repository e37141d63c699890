"""Ways in which the telephone company's API fails, to be planned by tests and by the demo.

Never does: fail by itself; an outage is planned for so many requests or seconds.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "404",  # not found, or not ready yet
    "401",  # the credentials are refused
    "429",  # too many requests, with Retry-After
    "500",  # a failure over there; nothing was done
    "timeout",  # the connection is held and nothing comes
    "cut",  # the body ends half way and the connection closes
    "wrong length",  # a shorter body with a matching Content-Length: only the WAV header tells
    "html",  # 200 with a web page, as a captive portal or proxy sends
    "huge",  # Content-Length of 10 GB
    "endless",  # no Content-Length and no end
]


@dataclass
class Outage:
    """One planned failure: for `times` requests, or for `seconds`, or (neither) until it is lifted."""

    kind: Kind
    times: int | None = None
    until: float | None = None
    method: str | None = None
    path: str = ""  # any path that contains this

    def concerns(self, method: str, path: str) -> bool:
        """Whether a request meets this outage."""
        return (self.method in (None, method)) and self.path in path and self.times != 0


class Outages:
    """What is planned. Safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._planned: list[Outage] = []
        self._lock = threading.Lock()

    def plan(
        self,
        kind: Kind,
        *,
        times: int | None = None,
        seconds: float | None = None,
        method: str | None = None,
        path: str = "/Recordings/",
    ) -> Outage:
        """Let requests fail from now on; the outages planned first come first."""
        outage = Outage(kind, times, None if seconds is None else self._clock() + seconds, method, path)
        with self._lock:
            self._planned.append(outage)
        return outage

    def lift(self) -> None:
        """Everything works again."""
        with self._lock:
            self._planned.clear()

    def meets(self, method: str, path: str) -> Kind | None:
        """The failure this request meets, used up by it."""
        with self._lock:
            now = self._clock()
            self._planned = [one for one in self._planned if one.until is None or now < one.until]
            for outage in self._planned:
                if outage.concerns(method, path):
                    if outage.times is not None:
                        outage.times -= 1
                    return outage.kind
        return None
