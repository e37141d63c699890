"""A first guess at category and place from the words heard in a tip: a thin use of interpret/. PURE.

Never does: match a place by likeness, take an ambiguous name on its own, or invent a station: unsure is None, and the
tip goes to the district office with the caller's own words.
"""

from dataclasses import dataclass

from interpret import MISCONDUCT, told_of
from models.catalogue import Catalogue

__all__ = ["MISCONDUCT", "Guess", "by_words"]


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words tell; None: they do not. `accused`: levels above the station that a complaint is about."""

    category: str | None
    district: str | None
    station: str | None
    urgency: str | None
    accused: tuple[str, ...] = ()


def by_words(text: str, language: str, catalogue: Catalogue, *, district: str | None = None) -> Guess:
    """The category and place that the words of a tip name. `language`: as chosen; callers mix, so all are tried.

    `district`: known before, from a PIN code or an answer; a station elsewhere is then not believed.
    """
    told = told_of(text, catalogue, district=district)
    return Guess(
        category=told.category,
        district=told.district,
        station=told.station,
        urgency=catalogue.categories[told.category].urgency if told.category else None,
        accused=told.accused,
    )
