"""The overview's finished tables, kept in the process for the Indian day on which they were made.

A page that is asked for again is not counted anew, and says the same until the night.
Never does: keep a number that is not rounded, more than MOST tables, or anything over the day.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock

from ivr.console.tables import Tables

MOST = 200


class Kept:
    """By who sees what: the tables of one day, those that were asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._day = date.min
        self._tables: OrderedDict[Hashable, Tables] = OrderedDict()

    def tables(self, day: date, asked: Hashable, make: Callable[[], Tables]) -> Tables:
        """What was made of this on this day; made now if it was not."""
        with self._lock:
            if day != self._day:
                self._day = day
                self._tables.clear()
            if (found := self._tables.get(asked)) is not None:
                self._tables.move_to_end(asked)
                return found
        made = make()  # nobody else waits for it
        with self._lock:
            if day != self._day:  # midnight came
                return made
            made = self._tables.setdefault(asked, made)  # two may have asked at once: both are told the same
            while len(self._tables) > MOST:
                self._tables.popitem(last=False)
        return made
