"""Times as officers see them: so coarse that no telephone company's list of calls can be matched with them. PURE.

A call's hour becomes a day and a part of the day in Indian time; its age becomes days, weeks or months.
Never does: show an hour or a minute of a call. (Times of what officers did are exact: `indian`.)
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from models.calendar import INDIA

# The hour at which a part of the day begins. What comes before the first still belongs to the night before.
PARTS = ((5, "morning"), (12, "afternoon"), (16, "evening"), (20, "night"))


@dataclass(frozen=True)
class PartOfDay:
    """A day and "morning", "afternoon", "evening" or "night"; the night lasts until five."""

    day: date
    part: str


@dataclass(frozen=True)
class Age:
    """How long ago, in one unit: "today", "yesterday" (n is 0 and 1), "days", "weeks", "months"."""

    unit: str
    n: int


def part_of_day(at: datetime) -> PartOfDay:
    """The part of the Indian day in which `at` (aware) lies."""
    local = indian(at)
    begun = [part for hour, part in PARTS if local.hour >= hour]
    return PartOfDay(local.date(), begun[-1]) if begun else PartOfDay(local.date() - timedelta(days=1), "night")


def age(at: datetime, present: datetime) -> Age:
    """How long before `present` it was, by Indian days."""
    days = max(0, (part_of_day(present).day - part_of_day(at).day).days)
    if days < 2:
        return Age(("today", "yesterday")[days], days)
    if days < 14:
        return Age("days", days)
    return Age("weeks", days // 7) if days < 61 else Age("months", days // 30)


def indian(at: datetime) -> datetime:
    """An aware time on Indian clocks."""
    return at.astimezone(INDIA)


def minutes_since(at: datetime, present: datetime) -> int:
    """Whole minutes from `at` to `present`, at least 0; for our own machines' signs of life, not for calls."""
    return max(0, int((present.astimezone(UTC) - at.astimezone(UTC)).total_seconds() // 60))
