"""Many things done one after the other, each on its own: one that fails holds up none behind it.

Never does: hide a failure (the first one is raised when all had their turn), or go on when the database is gone.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workers.pipeline import problem_of

T = TypeVar("T")
log = logging.getLogger(__name__)


class EachAlone:
    """Call it for each thing, then end() once. `what`: a word for the things, for the log."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._failed = 0
        self._first: Exception | None = None

    def __call__(self, do: Callable[[], T]) -> T | None:
        """What it returned; None when it failed."""
        try:
            return do()
        except (OperationalError, InterfaceError, PoolTimeout):
            raise
        except Exception as fault:
            self._failed += 1
            self._first = self._first or fault
            return None

    def end(self) -> None:
        """Say how many failed, and raise the first failure."""
        if self._first is not None:
            log.warning("%d %s are left for the next round: %s", self._failed, self._what, problem_of(self._first))
            raise self._first
