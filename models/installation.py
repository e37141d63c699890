"""What one installation is: one set of keys on every host, and the provider's account its callers' data lie in.

Whoever starts first on a database enters what tells its keys apart; whoever starts later with others is refused, before
it seals or signs anything that no other host could open again.
Never does: keep a key, the account, or anything of which one could be made.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, func, select, update
from sqlmodel import Field, SQLModel, col

from models.database import Database, UtcDateTime, now
from models.recording import ProviderCopy
from models.secrecy import Keys, KeysMissing
from models.tip import Tip

_ACCOUNT = "account"


class KeysForeign(KeysMissing):
    """A key file is there, but the database was begun with another one; the message names it and the mend."""


class Installation(SQLModel, table=True):
    """One row for each key file, and one for the provider's account: what tells it from another, by keyed hashes."""

    what: str = Field(primary_key=True, max_length=16, description="name of a key file, or account")
    value: str = Field(max_length=32)
    since: datetime | None = Field(
        default=None,
        sa_column=Column(UtcDateTime),
        description="of the account: what we heard of before this moment lies in an earlier one",
    )


def agree(db: Database, keys: Keys, folder: Path, account: str = "") -> None:
    """Enter these keys and this account if nobody has yet. KeysForeign when the database was begun with other keys."""
    with db.begin() as connection:
        if not _known(connection) and not _fit(connection, keys):
            raise KeysForeign(_refusal(folder / "hash.key"))
        for name, mark in keys.fingerprints().items():
            connection.execute(db.insert_once(Installation).values(what=name, value=mark))
        if wrong := foreign(connection, keys):
            raise KeysForeign(_refusal(folder / wrong))
        if account:
            _note_account(db, connection, keys.account_key(account))


def foreign(connection: Connection, keys: Keys) -> str | None:
    """The first key file that is not the one this database was begun with; None when all agree, or none is known."""
    known = _known(connection)
    return next((name for name, mark in keys.fingerprints().items() if known.get(name, mark) != mark), None)


def is_begun(db: Database) -> bool:
    """Whether some host has keys for this database already: then new ones would only do harm."""
    with db.read() as connection:
        if _known(connection):
            return True
        return any(connection.scalar(select(col(table.id)).limit(1)) is not None for table in (Tip, ProviderCopy))


def _fit(connection: Connection, keys: Keys) -> bool:
    """Whether a database of an earlier release, which says nothing of its keys, was written with this hash.key."""
    row = connection.execute(
        select(col(ProviderCopy.sid), col(ProviderCopy.sid_key)).where(col(ProviderCopy.sid).is_not(None)).limit(1)
    ).first()
    return row is None or keys.sid_key(row.sid) == row.sid_key


def _refusal(file: Path) -> str:
    return (
        f"{file} is not the key this database was begun with: what is sealed here, no other host could open. Put this "
        "keys folder aside and copy that of a host that has answered calls (or its backup) here, or set "
        "HOTLINE_DATABASE_URL to this host's own database."
    )


def _known(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(col(Installation.what), col(Installation.value)))
    return {what: value for what, value in rows if what != _ACCOUNT}


# --- the provider's account
def _note_account(db: Database, connection: Connection, value: str) -> None:
    connection.execute(db.insert_once(Installation).values(what=_ACCOUNT, value=value))
    connection.execute(
        update(Installation)
        .where(col(Installation.what) == _ACCOUNT, col(Installation.value) != value)
        .values(value=value, since=now())
    )


def holds(connection: Connection, keys: Keys, account: str, heard_at: datetime) -> bool:
    """Whether what we heard of at that moment can only lie in this account: if it does not know it, it is gone."""
    row = connection.execute(
        select(col(Installation.value), col(Installation.since)).where(col(Installation.what) == _ACCOUNT)
    ).first()
    if row is None:
        return True
    return row.value == keys.account_key(account) and (row.since is None or heard_at > row.since)


def left_in_earlier_account(connection: Connection) -> int:
    """How many objects of callers lie, as far as we know, in an account that is not the present one."""
    since = select(col(Installation.since)).where(col(Installation.what) == _ACCOUNT).scalar_subquery()
    left = select(func.count()).where(col(ProviderCopy.erased_at).is_(None), col(ProviderCopy.heard_at) < since)
    return connection.scalar(left) or 0


def forget_earlier_account(db: Database) -> None:
    """Somebody has seen to it that nothing of callers lies in an earlier account any more."""
    with db.begin() as connection:
        connection.execute(update(Installation).where(col(Installation.what) == _ACCOUNT).values(since=None))
