"""What the worker processes do without what they need: a model, keys, settings that can be read, a database."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from ivr.simulator.provider import Provider
from models.database import now
from models.installation import agree
from models.lifecycle import Status
from models.officer import Beat, DayKey
from models.secrecy import create_keys
from settings import STARTER_MODELS
from tests.workers.processes import Process, until
from tests.workers.telling import Teller, clip
from tests.workers.writing import Sent, Writer
from workers.parts import Parts
from workers.queues import Job


def test_a_missing_model_is_refused_with_the_command_that_fetches_it(start: Callable[..., Process]) -> None:
    crew = start("work", HOTLINE_MODEL_HI="/nowhere")
    assert crew.process.wait(30) == 2
    assert "./hotline models fetch hi" in crew.text() and "Traceback" not in crew.text()


def test_wrong_settings_are_refused_in_one_message(start: Callable[..., Process]) -> None:
    crew = start("work", HOTLINE_LEASE_SECONDS="soon")
    assert crew.process.wait(30) == 2
    assert "HOTLINE_LEASE_SECONDS" in crew.text() and "Traceback" not in crew.text()


def test_without_a_model_what_is_written_is_prepared_and_recordings_wait_until_it_is_there(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    late = parts.settings.models_dir / "late"
    late.mkdir(parents=True)
    crew = start("work", "--even-without-speech", HOTLINE_MODEL_HI=str(late))
    until(lambda: "NO SPEECH MODEL" in crew.text())
    assert "./hotline models fetch hi" in crew.text() and "Traceback" not in crew.text()
    written = Writer(parts, provider).write(Sent("barra me jua"))
    told = teller.tell(clip("drugs_hi"))
    for tip_id in (written.tip_id, told.tip_id):
        parts.jobs.enqueue(Job.PREPARE_TIP, tip_id)
    until(lambda: teller.tip(written.tip_id).status == Status.ROUTED)
    until(lambda: teller.tip(told).problem == "model_missing")
    assert teller.tip(told).status == Status.RECEIVED
    parts.jobs.client.flushall()
    teller.set(teller.tip(told), retry_at=now() + timedelta(hours=2))  # it has waited for long by now
    late.rmdir()
    shutil.copytree(STARTER_MODELS / "hi", late)
    start("schedule")
    until(lambda: teller.tip(told).status == Status.ROUTED)
    assert "मेडिकल" in teller.transcripts()[0].text


def test_without_keys_neither_starts_and_none_is_made(
    parts: Parts, start: Callable[..., Process], tmp_path: Path
) -> None:
    for what in ("work", "schedule"):
        process = start(what, HOTLINE_KEYS_DIR=str(tmp_path / "none"))
        assert process.process.wait(60) == 2
        assert "hash.key cannot be read" in process.text() and "copy the folder" in process.text()
    assert not (tmp_path / "none").exists()


def test_with_keys_of_another_installation_neither_starts_and_nothing_is_sealed_with_them(
    parts: Parts, teller: Teller, start: Callable[..., Process], tmp_path: Path
) -> None:
    agree(parts.db, parts.keys, parts.settings.keys)
    create_keys(tmp_path / "foreign")
    teller.tell(clip("hello_hi"))
    for what in ("work", "schedule"):
        process = start(what, HOTLINE_KEYS_DIR=str(tmp_path / "foreign"))
        assert process.process.wait(60) == 2
        assert f"{tmp_path / 'foreign' / 'hash.key'} is not the key this database was begun with" in process.text()
        assert "Put this keys folder aside" in process.text() and "Traceback" not in process.text()
    assert teller.vault_names() == set() and teller.rows(Beat) == []


def test_a_schedule_needs_no_key_that_opens_seals_but_a_worker_does(
    parts: Parts, teller: Teller, start: Callable[..., Process], tmp_path: Path
) -> None:
    folder = tmp_path / "without"
    shutil.copytree(parts.settings.keys, folder)
    (folder / "seal.key").unlink()
    crew = start("work", HOTLINE_KEYS_DIR=str(folder))
    assert crew.process.wait(60) == 2 and "seal.key cannot be read" in crew.text()
    teller.set(DayKey(day=now().date() - timedelta(days=2), key=b"k" * 32))
    clock = start("schedule", HOTLINE_KEYS_DIR=str(folder))
    until(lambda: {"retention", "adopt_orphans", "adopt_messages"} <= {row.part for row in teller.rows(Beat)})
    assert teller.rows(DayKey) == [] and clock.stop() == 0


def test_a_database_that_does_not_answer_is_waited_for_by_whoever_starts_it_again(
    parts: Parts, start: Callable[..., Process]
) -> None:
    process = start("schedule", HOTLINE_DATABASE_URL="postgresql://hotline:hidden@127.0.0.1:9/x")
    assert process.process.wait(60) == 1
    assert "The database cannot be used" in process.text() and "hidden" not in process.text()
