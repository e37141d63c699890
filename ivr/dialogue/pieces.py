"""The parts of a question that depend on facts: menus, names of places, the code; what is asked of them. PURE.

Never does: decide what comes next (engine.py does), or hold words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ivr.dialogue.turn import CODE, PAUSE, Line, State

STATIONS_A_PAGE = 4


@dataclass(frozen=True)
class Found:
    """What a PIN code means: the stations it may belong to, and its district ("" when it is not ours)."""

    stations: tuple[str, ...]
    district: str


class Facts(Protocol):
    """What the dialogue asks of the catalogue."""

    def menu(self) -> tuple[str, ...]:
        """First keys of the menu of kinds, in spoken order."""

    def kinds(self, menu: str) -> tuple[tuple[str, str], ...]:
        """(key, category) pairs of a submenu; one pair with the key "" when the menu leads straight to a category."""

    def category_with_code(self, code: str) -> str:
        """The category of a two-digit code, or ""."""

    def shows(self, category: str) -> bool:
        """Whether of this kind of thing people have pictures (a camera's, a telephone's)."""

    def asks(self, question: str) -> bool:
        """Whether there is such a question of officers'."""

    def pictures_to(self) -> str:
        """Digits of the number that takes pictures, "" when none does."""

    def find(self, pin: str) -> Found | None:
        """What a six-digit PIN code means; None when it is not in our area."""


def _menu(state: State, facts: Facts) -> list[Line]:
    return [Line(f"kinds-{key}", state.lang) for key in facts.menu()]


def _submenu(state: State, facts: Facts) -> list[Line]:
    return [Line(f"kind-{category}", state.lang) for _, category in facts.kinds(state.menu)]


def _place(state: State, facts: Facts) -> list[Line]:
    found = facts.find(state.pin)
    if found is None:
        return []
    stations = [Line(f"station-{code}", state.lang) for code in found.stations[:1]]
    return [*stations, Line(f"district-{found.district}", state.lang)]


def page_of(state: State, facts: Facts) -> tuple[tuple[str, ...], bool]:
    """The stations on the present page, and whether there are more pages."""
    found = facts.find(state.pin)
    stations = found.stations if found else ()
    start = state.page * STATIONS_A_PAGE
    return stations[start : start + STATIONS_A_PAGE], len(stations) > STATIONS_A_PAGE


def _stations(state: State, facts: Facts) -> list[Line]:
    shown, more = page_of(state, facts)
    lines = []
    for key, code in enumerate(shown, start=1):
        lines += [Line(f"station-{code}", state.lang), Line(f"press-{key}", state.lang)]
    return lines + ([Line("place_more", state.lang)] if more else [])


def _code(state: State, facts: Facts) -> list[Line]:
    mark, pause = Line(CODE, state.lang), Line(PAUSE, state.lang)
    return [Line("code", state.lang), pause, mark, pause, Line("code_again", state.lang), mark, pause]


def _pictures(state: State, facts: Facts) -> list[Line]:
    number = facts.pictures_to() if state.shows else ""
    if not number:
        return []
    digits = [Line(f"digit-{digit}", state.lang) for digit in number]
    return [Line("pictures", state.lang), *digits, Line("pictures_code", state.lang)]


def _questions(state: State, facts: Facts) -> list[Line]:
    return [Line(f"question-{one}", state.lang) for one in state.asks.split(".") if facts.asks(one)]


PIECES: dict[str, Callable[[State, Facts], list[Line]]] = {
    "(menu)": _menu, "(submenu)": _submenu, "(place)": _place, "(stations)": _stations, "(code)": _code,
    "(pictures)": _pictures, "(questions)": _questions,
}  # fmt: skip
