"""Tables are kept for a day, and not without end."""

from datetime import date
from typing import Any, cast

from ivr.console.kept import MOST, Kept

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_what_was_made_is_kept_for_its_day_and_who_asked() -> None:
    kept, made = Kept(), iter(range(100))

    def make() -> Any:
        return next(made)

    asked = [(MONDAY, "a"), (MONDAY, "b"), (MONDAY, "a"), (TUESDAY, "a"), (TUESDAY, "a"), (MONDAY, "a")]
    assert [kept.tables(day, what, make) for day, what in asked] == [0, 1, 0, 2, 2, 3]


def test_what_was_not_asked_for_longest_makes_room() -> None:
    kept = Kept()
    for n in range(MOST):
        kept.tables(MONDAY, n, lambda: cast(Any, "old"))
    kept.tables(MONDAY, 0, lambda: cast(Any, "new"))
    kept.tables(MONDAY, "one more", lambda: cast(Any, "new"))
    found = [kept.tables(MONDAY, n, lambda: cast(Any, "new")) for n in (0, 2, 1)]
    assert found == ["old", "old", "new"]
