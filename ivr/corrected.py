"""A correction in writing: what a form brings back of the tip as it was seen, and what the trail says of it. PURE.

Never does: decide whether a correction may be made, or hold more than codes and the officer's reason.
"""

import re
from typing import Any, NamedTuple

_NUMBER = re.compile("[0-9]{1,6}")


class Seen(NamedTuple):
    """What the officer had before the eyes; `n`: how many corrections were made before."""

    status: str
    kind: str
    district: str
    station: str
    n: int

    @classmethod
    def of(cls, tip: Any, n: int) -> "Seen":
        """Of a row with the columns of casework.SHOWN."""
        return cls(tip.status, tip.category or "", tip.district or "", tip.station or "", n)

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """What a form brings back; None for what no form of ours holds."""
        facts = text.split("/")
        if len(facts) != 5 or not _NUMBER.fullmatch(facts[4]):
            return None
        status, kind, district, station, n = facts
        return cls(status, kind, district, station, int(n))

    def __str__(self) -> str:
        return "/".join(map(str, self))


class Change(NamedTuple):
    """What is put right, "" for what was not known: kinds as in the catalogue, places as (district, station)."""

    kind: tuple[str, str] | None
    place: tuple[tuple[str, str], tuple[str, str]] | None
    reason: str = ""

    def __str__(self) -> str:
        """As it stands in the trail: one line of codes, then the officer's words. Goes with the tip's content."""
        kind = ">".join(self.kind) if self.kind else "-"
        place = ">".join("/".join(one) for one in self.place) if self.place else "-"
        return f"{kind} {place}\n{self.reason}"


def change_in(note: str | None) -> Change | None:
    """What the trail says of a correction; None once its note is destroyed."""
    codes, _, reason = (note or "").partition("\n")
    kind, _, place = codes.partition(" ")
    if not place:
        return None
    return Change(_pair(kind), _places(place), reason)


def _pair(text: str) -> tuple[str, str] | None:
    first, arrow, second = text.partition(">")
    return (first, second) if arrow else None


def _places(text: str) -> tuple[tuple[str, str], tuple[str, str]] | None:
    if (both := _pair(text)) is None:
        return None
    (district, _, station), (to_district, _, to_station) = (one.partition("/") for one in both)
    return (district, station), (to_district, to_station)
