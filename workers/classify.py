"""A first guess at category and place from the words heard or written in a tip: a thin use of interpret/. PURE.

Never does: match a place by likeness, take an ambiguous name on its own, or invent a station: unsure is None, and the
tip goes to the district office with the caller's own words.
"""

from dataclasses import dataclass

from interpret import MISCONDUCT, read, told_of
from interpret.officers import speaks_of_officers
from models.catalogue import Catalogue

__all__ = ["MISCONDUCT", "Guess", "both", "by_words", "by_writing"]


_OTHER = "other"

# The interpreter reads the first 800 words of a message; a tip told by telephone may be longer.
WINDOW, STEP = 600, 500


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words tell; None: they do not.

    `accused`: levels above the station that a complaint is about. `names_police`: somebody of the police is spoken of,
    accused or not: rules that recognise accusations miss some, so no station should be shown such words.
    """

    category: str | None
    district: str | None
    station: str | None
    urgency: str | None
    accused: tuple[str, ...] = ()
    names_police: bool = False


def by_words(text: str, language: str, catalogue: Catalogue, *, district: str | None = None) -> Guess:
    """The category and place that the words of a tip name. `language`: as chosen; callers mix, so all are tried.

    `district`: known before, from a PIN code or an answer; a station elsewhere is then not believed.
    """
    told = [told_of(part, catalogue, district=district) for part in _windows(text)]
    categories = [one.category for one in told if one.category]
    category = MISCONDUCT if MISCONDUCT in categories else next(iter(categories), None)
    place = next((one for one in told if one.station), next((one for one in told if one.district), told[0]))
    return Guess(
        category=category,
        district=place.district,
        station=place.station,
        urgency=catalogue.categories[category].urgency if category else None,
        accused=tuple(dict.fromkeys(level for one in told for level in one.accused)),
        names_police=speaks_of_officers(text, catalogue),
    )


def by_writing(text: str, catalogue: Catalogue, *, district: str | None = None) -> Guess:
    """The same of what was written: spellings are forgiven that no recogniser makes. `text`: all messages of a tip."""
    heard = by_words(text, "", catalogue, district=district)
    written = read(text, catalogue, district=district)
    if heard.category == MISCONDUCT or written.intent != "tip" or written.category in (None, _OTHER):
        return heard
    return Guess(
        category=written.category,
        district=written.district,
        station=written.station,
        urgency=catalogue.categories[written.category].urgency,
        accused=tuple(dict.fromkeys((*heard.accused, *written.accused))),
        names_police=heard.names_police,
    )


def both(first: Guess, second: Guess) -> Guess:
    """Two guesses about one tip as one: an accusation of police wins, otherwise what the first one tells."""
    accuses = MISCONDUCT in (first.category, second.category)
    urgencies = [one.urgency for one in (first, second) if one.urgency]
    place = next((one for one in (first, second) if one.station), first if first.district else second)
    return Guess(
        category=MISCONDUCT if accuses else first.category or second.category,
        district=place.district,
        station=place.station,
        urgency=min(urgencies, default=None),
        accused=tuple(dict.fromkeys((*first.accused, *second.accused))),
        names_police=first.names_police or second.names_police,
    )


def _windows(text: str) -> list[str]:
    words = text.split()
    if len(words) <= WINDOW:
        return [text]
    return [" ".join(words[first : first + WINDOW]) for first in range(0, len(words), STEP)]
