"""Officers who may sign in, for the command line: making them, closing and reopening them, new passwords.

Never does: keep or log a password; it is returned once, and only its argon2id hash is stored.
"""

import difflib
import re
import secrets
from typing import Any

from sqlalchemy import select

from ivr.console.access import OFFICER, ROLES
from ivr.console.passwords import hash_password
from models.catalogue import Catalogue
from models.database import Database
from models.officer import Officer

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_TABLE = Officer.__table__  # type: ignore[attr-defined]
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read aloud or copied


class OfficerRefused(Exception):
    """It cannot be done with this officer; the message says why and what would do."""


def add_officer(
    db: Database,
    catalogue: Catalogue,
    username: str,
    name: str,
    unit: str,
    role: str = OFFICER,
    password: str | None = None,
    language: str = "hi",
) -> str:
    """Store a new officer and return the password: the one given, or a made one. OfficerRefused otherwise."""
    username, name = username.strip().lower(), name.strip()
    if not _USERNAME.fullmatch(username):
        raise OfficerRefused(
            f"username {username!r}: 3 to 40 of the letters a-z, digits, dot, hyphen and underscore, e.g. sho.naubasta"
        )
    if not 0 < len(name) <= 80:
        raise OfficerRefused("name: 1 to 80 characters, as colleagues will see it, e.g. 'SHO Naubasta'")
    if role not in ROLES:
        raise OfficerRefused(f"role {role!r}: one of {', '.join(ROLES)}")
    if language not in ("hi", "en"):
        raise OfficerRefused(f"language {language!r}: hi or en")
    unit = known_unit(catalogue, unit)
    if password is None:
        password = make_password()
    check_password(password, username)
    officer = Officer(
        username=username, name=name, unit=unit, role=role, language=language, password_hash=hash_password(password)
    )
    with db.begin() as connection:
        if connection.execute(db.insert_once(Officer).values(**officer.model_dump())).rowcount != 1:
            raise OfficerRefused(f"username {username!r} is taken; officers have one each")
    return password


def close_officer(db: Database, username: str) -> str:
    """The officer may no longer sign in, and is out at once. The username as stored; OfficerRefused if unknown."""
    return _change(db, username, active=False, session_epoch=_TABLE.c.session_epoch + 1)


def reopen_officer(db: Database, username: str) -> str:
    """The officer may sign in again, with the password of before. OfficerRefused if unknown."""
    return _change(db, username, active=True)


def renew_password(db: Database, username: str) -> str:
    """Make a new password and return it; the old one and every open session end. OfficerRefused if unknown."""
    password = make_password()
    _change(db, username, password_hash=hash_password(password), session_epoch=_TABLE.c.session_epoch + 1)
    return password


def known_unit(catalogue: Catalogue, unit: str) -> str:
    """The code of an office or station as the catalogue writes it; OfficerRefused names near ones."""
    units = {code.upper(): code for code in (*catalogue.offices, *catalogue.stations)}
    wanted = unit.strip()
    if wanted.upper() in units:
        return units[wanted.upper()]
    near = _near(catalogue, wanted)
    hint = "Did you mean " + ", ".join(near) + "?" if near else "Codes look like KNP-NBS or JNP-SP."
    raise OfficerRefused(f"unit {unit!r} is not in the catalogue. {hint}")


def check_password(password: str, username: str) -> None:
    """OfficerRefused when a password is too easily guessed."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise OfficerRefused(f"password: at least {SHORTEST_PASSWORD} characters; leave it out to have one made")
    if len(set(password)) < 5 or username in password.lower():
        raise OfficerRefused("password: too easily guessed (few different characters, or the username in it)")


def make_password() -> str:
    """Sixteen random letters and digits in groups of four (79 bits), easy to read out and copy."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def raise_epoch(db: Database, officer_id: str) -> None:
    """End every open session of an officer."""
    with db.begin() as connection:
        connection.execute(
            _TABLE.update().where(_TABLE.c.id == officer_id).values(session_epoch=_TABLE.c.session_epoch + 1)
        )


def officer_named(db: Database, username: str) -> Officer | None:
    """The officer with this username, active or not."""
    with db.reading() as session:
        return session.scalars(select(Officer).where(Officer.username == username)).first()  # type: ignore[arg-type]


def _change(db: Database, username: str, **values: Any) -> str:
    wanted = username.strip().lower()
    with db.begin() as connection:
        if connection.execute(_TABLE.update().where(_TABLE.c.username == wanted).values(**values)).rowcount == 1:
            return wanted
        known = list(connection.execute(select(_TABLE.c.username)).scalars())
    near = [name for name in known if wanted and wanted in name] + difflib.get_close_matches(wanted, known, n=3)
    hint = f"Did you mean {', '.join(list(dict.fromkeys(near))[:3])}? " if near else ""
    raise OfficerRefused(f"no officer has the username {username!r}. {hint}All of them: ./hotline officers list")


def _near(catalogue: Catalogue, wanted: str) -> list[str]:
    names: dict[str, str] = {}  # every way to write a unit -> its code
    for code in (*catalogue.offices, *catalogue.stations):
        for written in (code, catalogue.unit_name(code, "en"), catalogue.unit_name(code, "hi")):
            names[written.lower()] = code
    for code, station in catalogue.stations.items():
        for alias in (*station.aliases_roman, *station.aliases_hi):
            names.setdefault(alias.lower(), code)
    close = [name for name in names if wanted.lower() in name] if len(wanted) >= 3 else []
    close += difflib.get_close_matches(wanted.lower(), names, n=6, cutoff=0.6)
    codes = list(dict.fromkeys(names[name] for name in close))[:4]
    return [f"{code} ({catalogue.unit_name(code, 'en')})" for code in codes]
