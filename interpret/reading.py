"""What was understood of a message, and why, in plain words for an officer. PURE.

Never does: understand anything itself; it only says what the rules found.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was understood. `about`: intent, category, secondary, place, outside, ref or language; `said`:
    the sender's own words, folded; `hi` and `en`: the same for officers."""

    about: str
    said: str
    hi: str
    en: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says; None where it does not. `ref`: the eight digits; `secondary`: further categories;
    `accused`: levels above the station that a complaint about police names; `outside`: a place not served."""

    intent: str
    category: str | None
    secondary: tuple[str, ...]
    district: str | None
    station: str | None
    ref: str | None
    language: str
    accused: tuple[str, ...]
    outside: bool
    reasons: tuple[Reason, ...]
