"""The command line: help everywhere, messages instead of tracebacks, and what each command shows and hides."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from ivr.cli import commands
from ivr.commands.twilio import addresses
from ivr.simulator.provider import Provider
from models import migrate
from models.database import Database, now
from models.officer import Officer
from models.recording import Recording, Transcript
from models.secrecy import create_keys
from models.tip import Routing, Tip
from settings import ROOT, Settings, load_settings

COMMANDS = (
    "demo",
    "serve",
    "web",
    "worker",
    "schedule",
    "migrate",
    "test",
    "tips",
    "doctor",
    "phone",
    "settings",
    "officers",
    "models",
    "twilio",
    "interpret",
)
ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOTLINE_VAR_DIR", str(tmp_path / "var"))
    return load_settings()


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(commands, words, input=given)


def test_help_lists_every_command() -> None:
    listed = run("--help").output

    assert all(f"\n  {name} " in listed for name in COMMANDS)


@pytest.mark.parametrize("name", ["serve", "demo", "doctor"])
def test_a_machine_without_the_walls_of_a_cell_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    refused = run(name)
    assert refused.exit_code == 2 and "runs on Linux only" in refused.output and "Traceback" not in refused.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0
    assert len(result.output.splitlines()[2].split()) >= 3


@pytest.mark.parametrize("name", ["serve", "web", "worker", "tips", "doctor"])
def test_settings_that_cannot_be_used_end_with_a_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "many")

    result = run(name)

    assert result.exit_code == 2
    assert "HOTLINE_PORT" in result.output and "Traceback" not in result.output


def test_missing_keys_end_with_a_message(here: Settings) -> None:
    result = run("web")

    assert result.exit_code == 2 and "hash.key cannot be read" in result.output


def test_a_database_that_does_not_answer_ends_with_a_message(monkeypatch: pytest.MonkeyPatch, here: Settings) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "postgresql://hotline:hidden@127.0.0.1:9/x")

    result = run("migrate")

    assert result.exit_code == 2 and "HOTLINE_DATABASE_URL" in result.output
    assert "hidden" not in result.output


def test_an_officer_is_added_with_a_password_shown_once(here: Settings) -> None:
    result = run("officers", "add", "SHO.Naubasta", "--unit", "knp-nbs")

    assert result.exit_code == 0, result.output
    password = result.output.rpartition("password: ")[2].strip()
    with Database(here.database).reading() as session:
        officer = session.scalars(select(Officer)).one()
    assert (officer.username, officer.unit, officer.role) == ("sho.naubasta", "KNP-NBS", "officer")
    assert password and password not in officer.password_hash
    assert password not in run("officers", "list").output


def test_a_password_comes_from_standard_input_and_is_not_repeated(here: Settings) -> None:
    result = run("officers", "add", "anita", "--unit", "KNP-CP", "--password-stdin", given="correct horse staple\n")

    assert result.exit_code == 0 and "horse" not in result.output


def test_an_officer_is_closed_reopened_and_given_a_new_password(here: Settings) -> None:
    first = run("officers", "add", "anita", "--unit", "KNP-CP").output.rpartition("password: ")[2].strip()

    assert "signed out everywhere" in run("officers", "close", "Anita").output
    assert "may not sign in" in run("officers", "list").output
    closed = run("officers", "password", "anita").output
    assert "officers reopen anita" in closed
    assert "may sign in again" in run("officers", "reopen", "anita").output
    assert "may not sign in" not in run("officers", "list").output
    again = run("officers", "password", "anita").output
    made = {first, *(said.rpartition("password: ")[2].strip() for said in (closed, again))}
    assert len(made) == 3
    assert again.count("password") == 1


@pytest.mark.parametrize("command", ["close", "reopen", "password"])
def test_what_is_done_to_an_officer_explains_itself_and_refuses_an_unknown_one(here: Settings, command: str) -> None:
    run("officers", "add", "anita", "--unit", "KNP-CP")

    assert f"./hotline officers {command} sho.naubasta" in run("officers", command, "--help").output
    refused = run("officers", command, "anitha")
    assert refused.exit_code == 2
    assert "no officer has the username 'anitha'. Did you mean anita?" in refused.output
    assert "password:" not in refused.output


def test_a_wrong_unit_is_refused_with_near_ones(here: Settings) -> None:
    result = run("officers", "add", "anita", "--unit", "naubasta")

    assert result.exit_code == 2 and "KNP-NBS" in result.output


def test_tips_as_json_hold_anonymised_content_and_nothing_else(here: Settings) -> None:
    run("migrate")
    db = Database(here.database)
    with db.session() as session:
        tip = Tip(language="hi", status="routed", received_hour=now(), code_hash="c" * 64, conversation_key="v" * 32)
        session.add(tip)
        session.flush()
        recording = Recording(tip_id=tip.id, take=1, seconds=1.0, sha256="a" * 64)
        session.add_all((recording, Routing(tip_id=tip.id, unit="KNP-CP", role="to")))
        session.flush()
        text = "मेरा नंबर [phone] है"
        session.add(
            Transcript(
                recording_id=recording.id, tip_id=tip.id, language="hi", model="hi", confidence=1, text=text, words=[]
            )
        )
        session.add(Tip(language="en", status="discarded", received_hour=now()))

    [line] = run("tips", "--json").stdout.splitlines()

    row = json.loads(line)
    assert row["units"] == {"KNP-CP": "to"} and row["transcripts"][0]["text"] == text
    assert not any(secret in line for secret in ("c" * 64, "v" * 32, "a" * 64, '"code', "ended_at"))
    assert "routed" in run("tips").output and "no tips" in run("tips", "--status", "closed").output
    db.dispose()


def test_twilio_setup_points_the_number_at_us(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Provider(ACCOUNT, TOKEN) as provider:
        number = provider.store.add_number("+915122304050", VoiceUrl="https://elsewhere.example")
        for name, value in {
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "HOTLINE_TWILIO_API_URL": provider.url,
            "HOTLINE_TWILIO_NUMBER": "+915122304050", "HOTLINE_PUBLIC_URL": "https://tips.example",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        assert "elsewhere" in run("twilio", "show").output

        result = run("twilio", "setup")

        assert result.exit_code == 0, result.output
        assert number.settings["VoiceUrl"] == addresses(load_settings())["voice_url"] == "https://tips.example/voice"
        assert number.settings["VoiceFallbackUrl"] == "https://tips.example/voice/fallback"
        assert number.settings["SmsUrl"] == "https://tips.example/messages"
        assert number.settings["SmsFallbackUrl"] == "https://tips.example/messages/fallback"
        assert number.settings["SmsMethod"] == number.settings["SmsFallbackMethod"] == "POST"
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")
        refused = run("twilio", "setup")
    assert refused.exit_code == 2 and "refuses our account" in refused.output
    assert "5122304050" not in result.output + refused.output


def test_twilio_setup_says_what_is_not_set(here: Settings) -> None:
    result = run("twilio", "setup")

    assert result.exit_code == 2
    assert all(name in result.output for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "HOTLINE_TWILIO_NUMBER"))


def test_a_worker_alone_brings_the_database_up_to_date_and_refuses_without_its_model(here: Settings) -> None:
    create_keys(here.keys)
    worker = subprocess.run(
        [sys.executable, "-m", "ivr", "worker"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "HOTLINE_MODEL_HI": "/nowhere"},
    )  # fmt: skip

    assert worker.returncode == 2
    assert "./hotline models fetch hi" in worker.stderr and "Traceback" not in worker.stderr
    assert migrate.level(here.database).current
