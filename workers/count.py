"""Tallies that outlive the tips: how often, on which day; nothing about anybody.

Never does: count anything by caller, place or content.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from models.database import now
from models.officer import Tally


def add(connection: Connection, what: str, n: int = 1, *, day: date | None = None) -> None:
    """Add `n` to the tally of `what` (32 characters at most) on `day` (today, UTC)."""
    add_all(connection, {what: n}, day=day)


def add_all(connection: Connection, tallies: Mapping[str, int], *, day: date | None = None) -> None:
    """Add several at once, in one fixed order so that two workers never wait for each other in a circle."""
    when = day or now().date()
    rows = [{"day": when, "what": what, "n": tallies[what]} for what in sorted(tallies)]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def _adding(insert: "postgresql.Insert | sqlite.Insert") -> "postgresql.Insert | sqlite.Insert":
    return insert.on_conflict_do_update(index_elements=["day", "what"], set_={"n": col(Tally.n) + insert.excluded.n})


_ADD = {"sqlite": _adding(sqlite.insert(Tally)), "postgresql": _adding(postgresql.insert(Tally))}
