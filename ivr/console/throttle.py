"""How often somebody may try to sign in: by client, by username, and in all, each in an hour; from a browser in which
the officer has signed in before, by that browser alone, so that strangers cannot keep officers out.

A try is counted before the password is looked at, so that tries sent together are counted too; a good one is given
back. A refused try is not counted: one client cannot use up what belongs to everybody. Clients and usernames are
counted under pseudonyms that need our key and die with the day's.
Never does: keep an address or a username; say which of the limits was reached; write for a try it refuses.
"""

import ipaddress
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.day_keys import key_of, known_key
from models.database import Database
from models.officer import Attempt
from models.secrecy import Keys

TRIES_PER_USERNAME = 10
TRIES_PER_CLIENT = 40  # a station's officers often share one address
TRIES_IN_ALL = 1000  # of strangers
TRIES_PER_DEVICE = 10  # whoever copied its cookie gets no more either

_ATTEMPT = Attempt.__table__  # type: ignore[attr-defined]


class _TooMany(Exception):
    """A limit was reached by tries sent at the same time; what this one counted is rolled back."""


def may_try(db: Database, keys: Keys, username: str, address: str, at: datetime, device: str | None = None) -> bool:
    """Count one try of this username from this address; False, and nothing counted, when it is one too many. `device`:
    the name of a browser that is known as one of this officer's (see device)."""
    with db.read() as connection:
        key = known_key(connection, at.date())
        if key and any(_is_full(connection, at, *one) for one in _counted(keys, key, username, address, at, device)):
            return False
    try:
        with db.begin() as connection:
            key = key_of(db, connection, at.date())
            for kind, who, limit in _counted(keys, key, username, address, at, device):
                _count(db, connection, at, kind, who, limit)
    except _TooMany:
        return False
    return True


def give_back(db: Database, keys: Keys, username: str, address: str, at: datetime, device: str | None = None) -> None:
    """The try was a good one: forget it, and the failures of this username (or of this device) with it."""
    with db.begin() as connection:
        key = key_of(db, connection, at.date())
        for kind, who, _limit in _counted(keys, key, username, address, at, device):
            row = (_ATTEMPT.c.day == at.date()) & (_ATTEMPT.c.kind == kind) & (_ATTEMPT.c.who == who)
            left = 0 if kind.startswith(("name", "device")) else _ATTEMPT.c.n - 1
            connection.execute(_ATTEMPT.update().where(row).values(n=left))


def _counted(
    keys: Keys, key: bytes, username: str, address: str, at: datetime, device: str | None
) -> list[tuple[str, str, int]]:
    # Always in this order, so that transactions never wait for each other in a circle.
    hour = f"{at.hour:02d}"
    if device is not None:
        return [(f"device {hour}", keys.pseudonym(f"device:{device}", key), TRIES_PER_DEVICE)]
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


def _network(address: str) -> str:
    # One subscriber has a whole IPv6 /64.
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
