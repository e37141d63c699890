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
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    when = day or now().date()
    for what in sorted(tallies):
        statement = insert(Tally).values(day=when, what=what, n=tallies[what])
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "what"], set_={"n": col(Tally.n) + statement.excluded.n}
            )
        )
