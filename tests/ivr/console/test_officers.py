"""Making officers for the command line."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from ivr.console.officers import OfficerRefused, add_officer, close_officer, renew_password, reopen_officer
from ivr.console.passwords import password_matches
from models.catalogue import Catalogue
from models.catalogue import load as load_catalogue
from models.database import Database
from models.officer import Officer


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def add(db: Database, catalogue: Catalogue, **changed: str | None) -> str:
    wanted = {"username": "sho.naubasta", "name": "SHO Naubasta", "unit": "KNP-NBS", **changed}
    return add_officer(db, catalogue, **wanted)  # type: ignore[arg-type]


def stored(db: Database) -> list[Officer]:
    with db.reading() as session:
        return list(session.exec(select(Officer)))


def test_a_new_officer_gets_a_password_that_is_stored_only_as_a_hash(db: Database, catalogue: Catalogue) -> None:
    password = add(db, catalogue, username=" SHO.Naubasta ", unit="knp-nbs")
    (officer,) = stored(db)
    assert (officer.username, officer.unit, officer.role, officer.language) == (
        "sho.naubasta",
        "KNP-NBS",
        "officer",
        "hi",
    )
    assert officer.password_hash.startswith("$argon2id$")
    assert password not in officer.password_hash
    assert password_matches(password, officer.password_hash)
    assert not password_matches(password + "x", officer.password_hash)


def test_a_made_password_is_long_and_never_the_same(db: Database, catalogue: Catalogue) -> None:
    one, two = add(db, catalogue), add(db, catalogue, username="another.one")
    assert one != two
    assert len(one) >= 16


def test_a_second_officer_of_the_same_username_is_refused(db: Database, catalogue: Catalogue) -> None:
    add(db, catalogue)
    with pytest.raises(OfficerRefused, match="taken"):
        add(db, catalogue, name="Another")
    assert len(stored(db)) == 1


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("KNP-NBT", "KNP-NBS"),
        ("Naubasta", "KNP-NBS"),
        ("नौबस्ता", "KNP-NBS"),
        ("JNP-PS", "JNP-SP"),
        ("zzzz", "look like"),
    ],
)
def test_an_unknown_unit_is_refused_with_near_ones(catalogue: Catalogue, unit: str, hint: str) -> None:
    nothing = Database("sqlite://")
    with pytest.raises(OfficerRefused, match=hint):
        add(nothing, catalogue, unit=unit)


def test_closing_an_officer_ends_every_session_and_reopening_does_not_revive_them(
    db: Database, catalogue: Catalogue
) -> None:
    password = add(db, catalogue)
    add(db, catalogue, username="another.one")
    assert close_officer(db, " SHO.Naubasta ") == "sho.naubasta"
    closed = next(one for one in stored(db) if one.username == "sho.naubasta")
    assert (closed.active, closed.session_epoch) == (False, 1)
    reopen_officer(db, "sho.naubasta")
    reopened, other = sorted(stored(db), key=lambda one: one.username != "sho.naubasta")
    assert (reopened.active, reopened.session_epoch) == (True, 1)
    assert password_matches(password, reopened.password_hash)
    assert (other.active, other.session_epoch) == (True, 0)


def test_a_new_password_replaces_the_old_one_and_ends_every_session(db: Database, catalogue: Catalogue) -> None:
    old = add(db, catalogue)
    new = renew_password(db, "sho.naubasta")
    (officer,) = stored(db)
    assert password_matches(new, officer.password_hash)
    assert not password_matches(old, officer.password_hash)
    assert (officer.active, officer.session_epoch) == (True, 1)


@pytest.mark.parametrize("change", [close_officer, reopen_officer, renew_password])
def test_an_unknown_username_is_refused_with_near_ones(
    db: Database, catalogue: Catalogue, change: Callable[[Database, str], str]
) -> None:
    add(db, catalogue)
    before = stored(db)
    with pytest.raises(OfficerRefused, match=r"no officer has the username 'naubasta'. Did you mean sho.naubasta\?"):
        change(db, "naubasta")
    assert stored(db) == before


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"password": "short"}, "at least 10"),
        ({"password": "aaaaaaaaaaaa"}, "easily guessed"),
        ({"password": "sho.naubasta1"}, "easily guessed"),
        ({"username": "a b"}, "username"),
        ({"username": "x"}, "username"),
        ({"role": "king"}, "role"),
        ({"name": "  "}, "name"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_faulty_officer_is_refused_with_the_reason(catalogue: Catalogue, wrong: dict[str, str], why: str) -> None:
    nothing = Database("sqlite://")
    with pytest.raises(OfficerRefused, match=why):
        add(nothing, catalogue, **wrong)
