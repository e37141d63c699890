"""How often somebody may try to sign in: by client, by username, and in all, each in an hour.

A try is counted before the password is looked at, so that tries sent together are counted too; a good one is given
back. A refused try is not counted: one client cannot use up what belongs to everybody. Clients and usernames are
counted under pseudonyms that need our key and die with the day's.
Never does: keep an address or a username; say which of the limits was reached; write for a try it refuses.
"""

import ipaddress
from datetime import datetime

from sqlalchemy import Connection, select

from models.database import Database
from models.officer import Attempt, DayKey
from models.secrecy import Keys, new_day_key

TRIES_PER_USERNAME = 10
TRIES_PER_CLIENT = 40  # a station's officers often share one address
TRIES_IN_ALL = 1000

_ATTEMPT = Attempt.__table__  # type: ignore[attr-defined]
_DAY_KEY = DayKey.__table__  # type: ignore[attr-defined]


class _TooMany(Exception):
    """A limit was reached by tries sent at the same time; what this one counted is rolled back."""


def may_try(db: Database, keys: Keys, username: str, address: str, at: datetime) -> bool:
    """Count one try of this username from this address; False, and nothing counted, when it is one too many."""
    with db.read() as connection:
        key = _known_day_key(connection, at)
        if key and any(_is_full(connection, at, *one) for one in _counted(keys, key, username, address, at)):
            return False
    try:
        with db.begin() as connection:
            for kind, who, limit in _counted(keys, _day_key(db, connection, at), username, address, at):
                _count(db, connection, at, kind, who, limit)
    except _TooMany:
        return False
    return True


def give_back(db: Database, keys: Keys, username: str, address: str, at: datetime) -> None:
    """The try was a good one: forget it, and the failures of this username with it."""
    with db.begin() as connection:
        for kind, who, _limit in _counted(keys, _day_key(db, connection, at), username, address, at):
            row = (_ATTEMPT.c.day == at.date()) & (_ATTEMPT.c.kind == kind) & (_ATTEMPT.c.who == who)
            left = 0 if kind.startswith("name") else _ATTEMPT.c.n - 1
            connection.execute(_ATTEMPT.update().where(row).values(n=left))


def _counted(keys: Keys, key: bytes, username: str, address: str, at: datetime) -> list[tuple[str, str, int]]:
    # Always in this order, so that transactions never wait for each other in a circle.
    hour = f"{at.hour:02d}"
    return [
        (f"client {hour}", keys.pseudonym(f"client:{_network(address)}", key), TRIES_PER_CLIENT),
        (f"name {hour}", keys.pseudonym(f"username:{username}", key), TRIES_PER_USERNAME),
        (f"sign_in {hour}", "*", TRIES_IN_ALL),
    ]


def _is_full(connection: Connection, at: datetime, kind: str, who: str, limit: int) -> bool:
    row = (_ATTEMPT.c.day == at.date()) & (_ATTEMPT.c.kind == kind) & (_ATTEMPT.c.who == who)
    n = connection.execute(select(_ATTEMPT.c.n).where(row)).scalar()
    return n is not None and n >= limit


def _count(db: Database, connection: Connection, at: datetime, kind: str, who: str, limit: int) -> None:
    new = db.insert(Attempt).values(day=at.date(), kind=kind, who=who, n=1)
    counted = new.on_conflict_do_update(
        index_elements=["day", "kind", "who"], set_={"n": _ATTEMPT.c.n + 1}, where=_ATTEMPT.c.n < limit
    ).returning(_ATTEMPT.c.n)
    if connection.execute(counted).first() is None:
        raise _TooMany


def _day_key(db: Database, connection: Connection, at: datetime) -> bytes:
    connection.execute(db.insert_once(DayKey).values(day=at.date(), key=new_day_key()))
    return bytes(connection.execute(select(_DAY_KEY.c.key).where(_DAY_KEY.c.day == at.date())).scalar_one())


def _known_day_key(connection: Connection, at: datetime) -> bytes | None:
    key = connection.execute(select(_DAY_KEY.c.key).where(_DAY_KEY.c.day == at.date())).scalar()
    return bytes(key) if key is not None else None


def _network(address: str) -> str:
    # One subscriber has a whole IPv6 /64.
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
