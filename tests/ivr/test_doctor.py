"""The doctor says what is wrong, in words, and how to mend it."""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.doctor import Finding, examine, files, report
from ivr.serve import prepare
from ivr.simulator.provider import Provider
from models.database import Database, now
from models.installation import agree, forget_earlier_account
from models.message import Attachment, Message
from models.recording import ProviderCopy
from models.secrecy import load_keys
from models.tip import Tip
from settings import STARTER_MODELS, Settings
from workers import embedded
from workers.outside.model_shop import shelf
from workers.schedule import beat

ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    made = Settings(var_dir=tmp_path / "var", redis_url=redis_url)
    prepare(made)
    return made


def found(settings: Settings, part: str) -> Finding:
    return next(one for one in examine(settings) if one.part == part)


def broken(settings: Settings) -> set[str]:
    return {one.part for one in examine(settings) if one.broken}


def test_a_fresh_installation_has_nothing_broken(settings: Settings) -> None:
    assert broken(settings) == set()
    assert report(examine(settings)).endswith("in order.")


def test_what_is_stuck_is_counted_with_its_reasons(settings: Settings) -> None:
    assert found(settings, "work").found == "nothing is stuck"
    db = Database(settings.database)
    tip = Tip(language="hi", received_hour=now(), status="received", problem="model_missing")
    routed = Tip(language="hi", received_hour=now(), status="routed")
    message = Message(tip_id=routed.id, position=1, language="hi")
    with db.session() as session:
        for rows in ((tip, routed), (message,)):
            session.add_all(rows)
            session.flush()
        session.add(
            Attachment(tip_id=routed.id, message_id=message.id, position=0, status="later", problem="disk_full")
        )
    db.dispose()
    finding = found(settings, "work")
    assert finding.found == "1 tips and 1 files are stuck (disk_full, model_missing)" and finding.mend


def test_nothing_at_all_is_not_broken_either_and_nothing_is_made(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "none")

    assert broken(settings) == set()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("change", "part", "mend"),
    [
        ({"database_url": "postgresql+psycopg://u:pa55@127.0.0.1:9/x"}, "database", "HOTLINE_DATABASE_URL"),
        ({"redis_url": "redis://127.0.0.1:9"}, "queue", "HOTLINE_REDIS_URL"),
        ({"media_url": "file:///proc/nowhere"}, "media store", "HOTLINE_MEDIA_URL"),
        ({"model_hi": Path("/nowhere")}, "speech hi", "./hotline models fetch hi"),
        ({"public_url": "http://tips.example"}, "public URL", "TLS"),
        ({"public_url": "https://tips.example", "development": True}, "development", "HOTLINE_DEVELOPMENT"),
    ],
)
def test_what_is_broken_is_named_with_its_mend(
    settings: Settings, change: dict[str, object], part: str, mend: str
) -> None:
    changed = settings.model_copy(update=change)

    assert found(changed, part).broken
    text = report(examine(changed))
    assert mend in text and "pa55" not in text


def test_a_public_address_without_a_trusted_proxy_is_noted(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://tips.example"})
    noted = found(public, "proxies")

    assert noted.mark.value == "note" and "one client for throttling" in noted.found
    assert "HOTLINE_TRUSTED_PROXIES=1" in noted.mend
    for change in ({"trusted_proxies": 1}, {"public_url": "https://localhost"}, {"public_url": "http://tips.example"}):
        assert "proxies" not in [one.part for one in examine(public.model_copy(update=change))]


def test_starter_models_are_noted_with_the_command_that_mends_it_and_others_are_not(settings: Settings) -> None:
    assert found(settings, "speech hi").mark.value == "note"
    assert found(settings, "speech hi").mend == "./hotline models fetch hi"
    shutil.copytree(STARTER_MODELS / "hi", settings.models_dir / "vosk-model-small-hi-0.22")
    shelf.use(settings, "hi", settings.models_dir / "vosk-model-small-hi-0.22")

    assert (found(settings, "speech hi").mark.value, found(settings, "speech en").mark.value) == ("ok", "note")


def test_files_that_others_can_read_are_broken(settings: Settings) -> None:
    (settings.keys / "seal.key").chmod(0o644)
    settings.var_dir.chmod(0o755)

    assert broken(settings) == {"keys", "var folder"}
    assert "chmod 600" in report(examine(settings)) and "chmod 700" in report(examine(settings))


def test_keys_that_do_not_belong_together_are_broken(settings: Settings, tmp_path: Path) -> None:
    other = Settings(var_dir=tmp_path / "other")
    prepare(other)
    (settings.keys / "seal.pub").write_bytes((other.keys / "seal.pub").read_bytes())

    assert found(settings, "keys").broken


def test_overdue_erasure_is_broken_and_a_running_schedule_is_not(settings: Settings) -> None:
    db = Database(settings.database)
    past = now() - timedelta(hours=5)
    with db.session() as session:
        session.add(ProviderCopy(sid_key="k" * 32, kind="call", conversation_key="c" * 32, heard_at=past, due_at=past))
    beat(db, "schedule")
    db.dispose()

    assert found(settings, "erasure").broken
    assert found(settings, "schedule").mark.value == "ok"


def test_the_provider_is_asked_for_the_account_and_the_numbers_webhooks(settings: Settings) -> None:
    with Provider(ACCOUNT, TOKEN) as provider:
        provider.store.add_number("+915122304050", VoiceUrl="https://elsewhere.example")
        public = settings.model_dump() | {
            "public_url": "https://tips.example", "twilio_api_url": provider.url, "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN, "twilio_number": "+915122304050",
        }  # fmt: skip
        assert found(Settings(**public), "telephone").mark.value == "ok"
        assert found(Settings(**public), "number").mend == "./hotline twilio setup"
        refused = Settings(**(public | {"twilio_auth_token": "wrong"}))
        assert found(refused, "telephone").broken


def test_it_says_whether_files_can_be_opened_and_behind_which_walls(settings: Settings) -> None:
    opened = found(settings, "files")
    assert opened.mark.value == "ok"
    for reader in ("Pillow 1", "pi_heif 1", "PDFium 5", "ffmpeg "):
        assert reader in opened.found
    assert found(settings, "file walls").mark.value in ("ok", "note")


@pytest.mark.parametrize(
    ("reader", "what"), [("Pillow", "photos"), ("PDFium", "documents"), ("ffmpeg", "videos and voice notes")]
)
def test_a_reader_that_is_missing_is_named_with_what_cannot_be_opened(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, reader: str, what: str
) -> None:
    there = {"Pillow": "13", "pi_heif": "1", "PDFium": "5", "ffmpeg": "9"}
    monkeypatch.setattr(files, "ask", lambda: {"readers": there | {reader: None}, "walls": []})
    assert found(settings, "files").found.startswith(f"{what} cannot be opened: {reader}")
    assert "requirements.txt" in found(settings, "files").mend
    walls = found(settings, "file walls")
    assert walls.mark.value == "note" and "no Landlock" in walls.found and "no seccomp" in walls.found


def test_a_machine_on_which_no_reader_starts_is_broken(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert found(settings, "files").broken


def test_a_database_on_postgresql_is_compared_with_our_clock(settings: Settings, postgres_url: str) -> None:
    on_postgres = settings.model_copy(update={"database_url": postgres_url})
    assert found(on_postgres, "database").mend == "./hotline migrate"
    prepare(on_postgres)

    assert found(on_postgres, "clock").mark.value == "ok"


def test_the_embedded_queue_is_noticed_when_it_runs(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    assert found(settings, "queue").mend == "./hotline serve starts it."
    server = embedded.start(settings)
    assert found(settings, "queue").mark.value == "ok"
    server.stop()


def test_keys_that_are_not_those_of_the_database_are_broken(settings: Settings, tmp_path: Path) -> None:
    other = Settings(var_dir=tmp_path / "other")
    prepare(other)
    mixed = settings.model_copy(update={"keys_dir": other.keys})

    wrong = [one for one in examine(mixed) if one.part == "keys" and one.broken]

    assert [one.found for one in wrong] == ["hash.key is not the one this database was begun with"]
    assert "Copy the keys folder of the first host" in wrong[0].mend


def test_what_lies_in_an_account_that_was_set_before_is_broken_until_somebody_says_it_is_gone(
    settings: Settings,
) -> None:
    db, keys = Database(settings.database), load_keys(settings.keys)
    agree(db, keys, settings.keys, ACCOUNT)
    with db.session() as session:
        session.add(ProviderCopy(sid_key="k" * 32, kind="call", conversation_key="c" * 32, heard_at=now()))
    assert "account" not in [one.part for one in examine(settings)]
    agree(db, keys, settings.keys, "AC" + "1" * 32)

    assert found(settings, "account").broken and found(settings, "account").found.startswith("1 objects of callers")
    assert "./hotline twilio moved" in found(settings, "account").mend
    forget_earlier_account(db)
    assert "account" not in [one.part for one in examine(settings)]
    db.dispose()


def test_without_the_number_it_says_what_is_not_looked_for(settings: Settings) -> None:
    with Provider(ACCOUNT, TOKEN) as provider:
        numberless = Settings(
            **settings.model_dump()
            | {"twilio_api_url": provider.url, "twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN}
        )
        noted = found(numberless, "number")
    assert noted.mark.value == "note" and "HOTLINE_TWILIO_NUMBER" in noted.mend
    assert "messages and calls whose webhook was lost are not looked for" in noted.found
