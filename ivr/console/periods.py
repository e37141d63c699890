"""Weeks, fortnights and months as the police count them: Indian days, weeks from Monday. PURE.

What is not over yet ends with yesterday: a page that is asked for every minute must not show when a tip came.
Never does: read a clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.calendar import INDIA

_FIRST = date(2024, 1, 1)  # a Monday: fortnights are counted from it, so that they are the same for everybody

# What the address says -> how many periods can be looked back on; the first is meant where none is said.
SPANS = {"week": (8, 13, 26), "fortnight": (6, 13), "month": (6, 12)}


@dataclass(frozen=True)
class Period:
    """From `first` to the day before `end`. `is_running`: it is not over, and only its days until yesterday count."""

    first: date
    end: date
    is_running: bool = False

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


def periods(by: str, span: int, today: date) -> tuple[Period, ...]:
    """The last `span` periods that have a day behind them, the oldest first."""
    begins, ends = _SHAPES[by]
    first = begins(today)
    if first == today:
        first = begins(today - timedelta(days=1))
    found: list[Period] = []
    for _ in range(span):
        end = ends(first)
        found.append(Period(first, end, is_running=end > today))
        first = begins(first - timedelta(days=1))
    return tuple(reversed(found))


def ended(over: Sequence[Period]) -> int:
    """How many of them are over: all, or all but the last."""
    return sum(not period.is_running for period in over)


def midnight(day: date) -> datetime:
    """When an Indian day begins, in UTC."""
    return datetime.combine(day, time(), INDIA).astimezone(UTC)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _fortnight(day: date) -> date:
    return day - timedelta(days=(day - _FIRST).days % 14)


def _month(day: date) -> date:
    return day.replace(day=1)


def _next_month(first: date) -> date:
    return _month(first + timedelta(days=31))


_SHAPES: dict[str, tuple[Callable[[date], date], Callable[[date], date]]] = {
    "week": (_monday, lambda first: first + timedelta(days=7)),
    "fortnight": (_fortnight, lambda first: first + timedelta(days=14)),
    "month": (_month, _next_month),
}
