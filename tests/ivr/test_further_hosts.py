"""Keys are made once, on the first host of an installation; every further one needs a copy of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import column, table

from ivr.cli import commands
from ivr.serve import prepare
from models import migrate
from models.database import Database, now
from models.installation import KeysForeign, agree, left_in_earlier_account
from models.recording import ProviderCopy
from models.secrecy import KeysMissing, create_keys, load_keys
from models.tip import Tip
from settings import ROOT, Settings


@pytest.fixture
def first(tmp_path: Path, database_url: str) -> Settings:
    settings = Settings(var_dir=tmp_path / "first", database_url=database_url)
    prepare(settings)
    return settings


@pytest.fixture
def further(tmp_path: Path, first: Settings) -> Settings:
    return first.model_copy(update={"var_dir": tmp_path / "further"})


def test_the_first_host_makes_its_keys_and_may_be_started_again(first: Settings) -> None:
    prepare(first)
    assert load_keys(first.keys, private=True)


def test_a_further_host_makes_none_and_is_told_what_to_copy(first: Settings, further: Settings) -> None:
    with pytest.raises(KeysMissing, match="copy the folder from the first one"):
        prepare(further)
    assert not further.keys.exists()
    shutil.copytree(first.keys, further.keys)
    prepare(further)


def test_a_host_with_keys_of_its_own_is_refused(further: Settings) -> None:
    create_keys(further.keys)
    with pytest.raises(KeysForeign, match=r"hash\.key is not the key this database was begun with"):
        prepare(further)


def test_an_installation_that_is_brought_up_to_date_goes_on_with_its_keys(tmp_path: Path, database_url: str) -> None:
    settings = Settings(var_dir=tmp_path / "var", database_url=database_url)
    create_keys(settings.keys)
    migrate.upgrade(settings.database, to="0005")
    db = Database(settings.database)
    row = Tip(language="hi", received_hour=now()).model_dump(exclude={"accuses"})  # which came later
    with db.begin() as connection:
        connection.execute(table("tip", *map(column, row)).insert().values(row))
    db.dispose()
    elsewhere = settings.model_copy(update={"var_dir": tmp_path / "elsewhere"})
    with pytest.raises(KeysMissing):
        prepare(elsewhere)  # it holds tips: there are keys somewhere
    prepare(settings)


def run(settings: Settings, *words: str) -> tuple[int, str]:
    env = {"HOTLINE_VAR_DIR": str(settings.var_dir), "HOTLINE_DATABASE_URL": settings.database_url}
    result = CliRunner().invoke(commands, words, env=env)
    return result.exit_code, result.output


def test_migrate_makes_keys_on_the_first_host_and_needs_none_on_another(tmp_path: Path, postgres_url: str) -> None:
    first, further = (Settings(var_dir=tmp_path / name, database_url=postgres_url) for name in ("first", "further"))
    assert run(first, "migrate")[0] == 0 and load_keys(first.keys, private=True)
    assert run(further, "migrate")[0] == 0 and not further.keys.exists()
    create_keys(further.keys)
    status, said = run(further, "migrate")
    assert status == 2 and "is not the key this database was begun with" in said


def test_the_web_server_does_not_start_with_keys_of_another_installation(tmp_path: Path, postgres_url: str) -> None:
    first, further = (Settings(var_dir=tmp_path / name, database_url=postgres_url) for name in ("first", "further"))
    prepare(first)
    create_keys(further.keys)
    environment = {
        **os.environ, "HOTLINE_VAR_DIR": str(further.var_dir), "HOTLINE_DATABASE_URL": postgres_url,
        "HOTLINE_ENV_FILE": os.devnull,
    }  # fmt: skip
    for command in (["-m", "ivr", "web"], ["-c", "import wsgi"]):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode != 0
        assert "hash.key is not the key this database was begun with" in done.stderr


def test_twilio_moved_says_that_an_earlier_account_holds_nothing_any_more(first: Settings) -> None:
    db, keys = Database(first.database), load_keys(first.keys)
    with db.session() as session:
        session.add(ProviderCopy(sid_key="k" * 32, kind="call", conversation_key="c" * 32, heard_at=now()))
    for account in ("AC" + "1" * 32, "AC" + "2" * 32):
        agree(db, keys, first.keys, account)
    with db.read() as connection:
        assert left_in_earlier_account(connection) == 1
    assert run(first, "twilio", "moved")[0] == 0
    with db.read() as connection:
        assert left_in_earlier_account(connection) == 0
    db.dispose()
