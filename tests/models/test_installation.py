"""One installation has one set of keys, and knows which account of the provider's holds what."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from models.database import Database, now
from models.installation import KeysForeign, agree, foreign, holds, is_begun
from models.recording import ProviderCopy
from models.secrecy import Keys, create_keys, load_keys
from models.tip import Tip

ACCOUNT, OTHER = "AC" + "1" * 32, "AC" + "2" * 32


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    create_keys(tmp_path / "keys")
    return load_keys(tmp_path / "keys")


@pytest.fixture
def strange(tmp_path: Path) -> Keys:
    create_keys(tmp_path / "strange")
    return load_keys(tmp_path / "strange")


def test_the_first_host_enters_what_tells_its_keys_apart_and_a_host_with_copies_of_them_may_start(
    db: Database, keys: Keys, tmp_path: Path
) -> None:
    assert not is_begun(db)
    for _ in range(2):
        agree(db, keys, tmp_path / "keys", ACCOUNT)
    assert is_begun(db)
    with db.read() as connection:
        assert foreign(connection, keys) is None


@pytest.mark.parametrize(("field", "file"), [("hashing", "hash.key"), ("vault", "vault.key"), ("public", "seal.pub")])
def test_a_host_with_one_other_key_is_refused_by_the_name_of_its_file_and_changes_nothing(
    db: Database, keys: Keys, strange: Keys, field: str, file: str, tmp_path: Path
) -> None:
    agree(db, keys, tmp_path, ACCOUNT)
    wrong = replace(keys, **{field: getattr(strange, field)})
    with pytest.raises(KeysForeign, match=f"{file} is not the key this database was begun with.*copy that of a host"):
        agree(db, wrong, tmp_path, OTHER)
    with db.read() as connection:
        assert foreign(connection, keys) is None
        assert holds(connection, keys, ACCOUNT, now() - timedelta(days=1))


def test_a_database_of_an_earlier_release_accepts_only_the_hash_key_it_was_written_with(
    db: Database, keys: Keys, strange: Keys, tmp_path: Path
) -> None:
    sid = "CA" + "3" * 32
    with db.session() as session:
        session.add(
            ProviderCopy(sid=sid, sid_key=keys.sid_key(sid), kind="call", conversation_key="c" * 32, heard_at=now())
        )
    with pytest.raises(KeysForeign, match="Put this keys folder aside"):
        agree(db, strange, tmp_path, ACCOUNT)
    agree(db, keys, tmp_path, ACCOUNT)
    with db.read() as connection:
        assert foreign(connection, keys) is None


def test_of_hosts_that_start_at_once_with_keys_of_their_own_one_is_the_first(db: Database, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        create_keys(folder)

    def start(folder: Path) -> bool:
        try:
            agree(db, load_keys(folder), folder)
        except KeysForeign:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, folders)) == 1


def test_a_database_of_an_earlier_version_that_holds_tips_is_not_taken_for_a_new_one(db: Database) -> None:
    with db.session() as session:
        session.add(Tip(language="hi", received_hour=now()))
    assert is_begun(db)


def test_so_is_one_that_only_owes_an_erasure(db: Database) -> None:
    with db.session() as session:
        session.add(ProviderCopy(sid_key="k" * 32, kind="call", conversation_key="c" * 32, heard_at=now()))
    assert is_begun(db)


def test_nothing_of_a_key_or_of_the_account_enters_the_database(db: Database, keys: Keys, tmp_path: Path) -> None:
    agree(db, keys, tmp_path, ACCOUNT)
    with db.read() as connection:
        rows = connection.execute(text("SELECT what, value FROM installation")).all()
    assert {row.what for row in rows} == {"hash.key", "vault.key", "seal.pub", "account"}
    for row in rows:
        assert row.value not in keys.hashing.hex() + keys.vault.hex() + keys.public.hex() and ACCOUNT not in row.value


def test_as_long_as_no_account_is_known_the_one_that_is_asked_is_believed(db: Database, keys: Keys) -> None:
    with db.read() as connection:
        assert holds(connection, keys, ACCOUNT, now())


def test_after_a_change_of_the_account_only_what_was_heard_of_since_can_only_lie_in_the_present_one(
    db: Database, keys: Keys, tmp_path: Path
) -> None:
    agree(db, keys, tmp_path, ACCOUNT)
    before = now()
    agree(db, keys, tmp_path, OTHER)
    after = now()
    with db.read() as connection:
        found = [holds(connection, keys, account, at) for account in (ACCOUNT, OTHER) for at in (before, after)]
    assert found == [False, False, False, True]
