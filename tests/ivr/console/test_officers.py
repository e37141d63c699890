"""Making officers for the command line."""

import pytest
from sqlmodel import select

from ivr.console.officers import OfficerRefused, add_officer
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
