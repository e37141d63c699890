"""Delivery of what need not arrive in order: status callbacks, and webhooks that are sent a second time.

Without a plan everything arrives once, in order, after the answer that belongs to it. With one, twice, late,
shuffled, or never: as on a bad day of the real network.
Never does: change what a letter says.
"""

import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal["webhook", "recording", "status"]


@dataclass(frozen=True)
class Letter:
    """One request waiting to be sent."""

    kind: Kind
    send: Callable[[], None]


class Post:
    """Letters on their way. `moment()` is called whenever one might arrive, `deliver()` when all must."""

    def __init__(
        self,
        *,
        duplicates: bool = False,
        shuffle: random.Random | None = None,
        hold: bool = False,
        threads: bool = False,
        never: Collection[Kind] = (),
    ) -> None:
        self.duplicates = duplicates
        self.shuffle = shuffle
        self.hold = hold
        self.threads = threads
        self.never = frozenset(never)
        self._waiting: list[Letter] = []
        self._running: list[threading.Thread] = []
        self._faults: list[BaseException] = []
        self._lock = threading.Lock()

    def put(self, letter: Letter) -> None:
        """Take a letter; callbacks are doubled here when everything is sent twice."""
        if letter.kind in self.never:
            return
        with self._lock:
            self._waiting += [letter] * (2 if self.duplicates and letter.kind != "webhook" else 1)

    def moment(self, *, early: bool = False) -> None:
        """Something may arrive now. `early`: before the answer it belongs to, which only disorder does."""
        if self.hold or (early and self.shuffle is None):
            return
        self._send(self._take(everything=self.shuffle is None))

    def deliver(self) -> None:
        """Everything arrives. Raises the first fault that a thread met."""
        while letters := self._take(everything=True):
            self._send(letters)
        for thread in self._running:
            thread.join()
        self._running.clear()
        if self._faults:
            raise self._faults.pop(0)

    def waiting(self) -> int:
        """How many letters are on their way."""
        return len(self._waiting)

    def _take(self, *, everything: bool) -> list[Letter]:
        with self._lock:
            if self.shuffle is None:
                taken, self._waiting = self._waiting, []
                return taken
            self.shuffle.shuffle(self._waiting)
            number = len(self._waiting) if everything else self.shuffle.randint(0, len(self._waiting))
            taken, self._waiting = self._waiting[:number], self._waiting[number:]
            return taken

    def _send(self, letters: list[Letter]) -> None:
        for letter in letters:
            if self.threads:
                thread = threading.Thread(target=self._run, args=(letter,), daemon=True)
                self._running.append(thread)
                thread.start()
            else:
                letter.send()

    def _run(self, letter: Letter) -> None:
        try:
            letter.send()
        except Exception as fault:  # handed to the thread that calls deliver()
            self._faults.append(fault)
