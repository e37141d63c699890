"""How often somebody may try to sign in: by username, by client, and in all, each in an hour.

A try is counted before the password is looked at, so that tries sent together are counted too; a good one is given
back. Clients and usernames are counted under pseudonyms that die with the day's key.
Never does: keep an address or a username; say which of the limits was reached.
"""

import ipaddress
from datetime import datetime

from sqlalchemy import Connection, select

from models.database import Database
from models.officer import Attempt, DayKey
from models.secrecy import new_day_key, pseudonym

TRIES_PER_USERNAME = 10
TRIES_PER_CLIENT = 40  # a station's officers often share one address
TRIES_IN_ALL = 1000

_ATTEMPT = Attempt.__table__  # type: ignore[attr-defined]
_DAY_KEY = DayKey.__table__  # type: ignore[attr-defined]


def may_try(db: Database, username: str, address: str, at: datetime) -> bool:
    """Count one try of this username from this address; False when it is one too many."""
    with db.begin() as connection:
        counts = [
            (_count(db, connection, at, kind, who), limit)
            for kind, who, limit in _counted(db, connection, username, address, at)
        ]
    return all(n <= limit for n, limit in counts)


def give_back(db: Database, username: str, address: str, at: datetime) -> None:
    """The try was a good one: forget it, and the failures of this username with it."""
    with db.begin() as connection:
        for kind, who, _limit in _counted(db, connection, username, address, at):
            row = (_ATTEMPT.c.day == at.date()) & (_ATTEMPT.c.kind == kind) & (_ATTEMPT.c.who == who)
            left = 0 if kind.startswith("name") else _ATTEMPT.c.n - 1
            connection.execute(_ATTEMPT.update().where(row).values(n=left))


def _counted(
    db: Database, connection: Connection, username: str, address: str, at: datetime
) -> list[tuple[str, str, int]]:
    key = _day_key(db, connection, at)
    hour = f"{at.hour:02d}"
    return [
        (f"name {hour}", pseudonym(f"username:{username}", key), TRIES_PER_USERNAME),
        (f"client {hour}", pseudonym(f"client:{_network(address)}", key), TRIES_PER_CLIENT),
        (f"sign_in {hour}", "*", TRIES_IN_ALL),
    ]


def _count(db: Database, connection: Connection, at: datetime, kind: str, who: str) -> int:
    new = db.insert(Attempt).values(day=at.date(), kind=kind, who=who, n=1)
    counted = new.on_conflict_do_update(index_elements=["day", "kind", "who"], set_={"n": _ATTEMPT.c.n + 1}).returning(
        _ATTEMPT.c.n
    )
    return int(connection.execute(counted).scalar_one())


def _day_key(db: Database, connection: Connection, at: datetime) -> bytes:
    connection.execute(db.insert_once(DayKey).values(day=at.date(), key=new_day_key()))
    return bytes(connection.execute(select(_DAY_KEY.c.key).where(_DAY_KEY.c.day == at.date())).scalar_one())


def _network(address: str) -> str:
    # One subscriber has a whole IPv6 /64.
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
