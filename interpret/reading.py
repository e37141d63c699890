"""What was understood of a message, and why, in plain words for an officer. PURE.

Never does: understand anything itself; it only says what the rules found.
"""

from dataclasses import dataclass

# Intents of the dialogue that the published answers and labelled messages count among others: whoever attaches speaks
# of a tip by its code, and whoever wants the list asks how this works.
PUBLISHED = {"attach": "status", "menu": "help"}


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
    """What a message says; None where it does not. `intent`: tip, answer, start, status, attach, stop, start_again,
    language, menu, help, greeting or unknown; `ref`: the eight digits; `secondary`: further categories;
    `accused`: levels above the station that a complaint about police names; `outside`: a place not served; `guessed`:
    nothing in it says the intent, it was weighed."""

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
    guessed: bool = False

    @property
    def published_intent(self) -> str:
        """The intent by the names that `./hotline interpret` prints: attach is a status, menu is help."""
        return PUBLISHED.get(self.intent, self.intent)
