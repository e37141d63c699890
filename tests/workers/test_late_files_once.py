"""Films and long sounds are prepared once and never lost: after a kill, without Redis, on every database."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.simulator.provider import Provider
from models.database import Database, now
from models.lifecycle import Status
from models.tables import metadata
from settings import ROOT, Settings
from tests.workers.enclosed import FILM
from tests.workers.kept import attachments, states, until, work_through
from tests.workers.telling import ACCOUNT, TOKEN, Teller
from tests.workers.writing import Sent, Writer
from workers import late_files, pipeline
from workers.media import bring
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job
from workers.sweep import sweep


def test_what_redis_forgets_the_sweep_finds(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    parts.jobs.client.flushall()
    assert sweep(parts)[Job.FETCH_FILE] == 1
    late_files.fetch(parts, film.id)
    parts.jobs.client.flushall()
    sent = sweep(parts)
    assert (sent[Job.FETCH_FILE], sent[Job.PREPARE_FILE]) == (0, 1)
    late_files.prepare(parts, film.id)
    parts.jobs.client.flushall()
    sent = sweep(parts)
    assert (sent[Job.FETCH_FILE], sent[Job.PREPARE_FILE]) == (0, 0)


def test_a_provider_that_fails_is_asked_again_and_the_words_are_there_all_the_same(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    provider.plan("500", path="/Media/")
    with pytest.raises(JobProblem, match="provider_unreachable"):
        late_files.fetch(parts, film.id)
    (film,) = attachments(teller)
    assert (film.status, film.problem, film.attempts) == ("later", "provider_unreachable", 1) and film.retry_at
    assert teller.tip(written.tip_id).status == Status.ROUTED and teller.tip(written.tip_id).problem is None
    assert sweep(parts)[Job.FETCH_FILE] == 0  # not before its time
    provider.outages.lift()
    assert late_files.fetch(parts, film.id).what == "sealed"
    assert attachments(teller)[0].problem is None


def test_a_film_the_provider_has_no_more_is_quarantined(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    provider.plan("404", path="/Media/")
    (copy,) = [one for one in teller.copies() if one.kind == "media"]
    teller.set(copy, heard_at=now() - bring.PATIENCE - timedelta(minutes=1))
    assert late_files.fetch(parts, attachments(teller)[0].id).what == "refused"
    assert [(one.status, one.reason) for one in attachments(teller)] == [("quarantined", "gone")]


def test_two_workers_given_the_same_film_prepare_it_once(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    said: list[str] = []
    both = [threading.Thread(target=lambda: said.append(late_files.prepare(parts, film.id).what)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == ["brought", "nothing"]
    (film,) = attachments(teller)
    assert teller.vault_names() == {film.original, film.shown, film.thumbnail}


def test_a_worker_that_lost_the_film_stores_nothing_of_it(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    real = late_files.clean

    def slow(*given: Any) -> Any:
        teller.set(attachments(teller)[0], lease="another", lease_until=now() + timedelta(minutes=1))
        return real(*given)

    monkeypatch.setattr(late_files, "clean", slow)
    assert late_files.prepare(parts, film.id).what == "lost"
    (film,) = attachments(teller)
    assert (film.status, film.shown) == ("later", None) and teller.vault_names() == {film.original}


def test_a_file_that_breaks_every_try_uses_up_its_minutes_and_then_waits_to_be_asked_for(
    frugal: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(frugal, written.tip_id)
    (film,) = attachments(teller)

    def breaks(*_: Any) -> Any:
        threading.Event().wait(0.1)
        raise MemoryError

    monkeypatch.setattr(late_files, "clean", breaks)
    with pytest.raises(JobProblem, match="unexpected"):
        late_files.prepare(frugal, film.id)
    assert late_files.prepare(frugal, film.id).what == "held"


KILLED = """
import sys, time
from pathlib import Path
from settings import Settings
from workers import late_files
from workers.parts import assemble
var, redis, url, account, token, film, where = sys.argv[1:]
parts = assemble(Settings(_env_file=None, var_dir=Path(var), redis_url=redis, twilio_api_url=url,
                          twilio_account_sid=account, twilio_auth_token=token, lease_seconds=2))
def hang(*_):
    print("here", flush=True)
    time.sleep(60)
if where == "sealed": late_files.clean = hang
else: late_files.bring.keep = hang
late_files.prepare(parts, film)
"""


@pytest.mark.parametrize("where", ["sealed", "cleaned"])
def test_a_worker_killed_over_a_film_loses_nothing_and_fetches_it_once(
    where: str, parts: Parts, teller: Teller, writer: Writer, provider: Provider, settings: Settings
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    words = [str(settings.var_dir), settings.redis_url, provider.url, ACCOUNT, TOKEN, film.id, where]
    worker = subprocess.Popen([sys.executable, "-c", KILLED, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None and worker.stdout.readline() == "here\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    until(lambda: late_files.prepare(parts, film.id).what == "brought")
    (film,) = attachments(teller)
    assert film.status == "ready" and teller.vault_names() == {film.original, film.shown, film.thumbnail}
    assert sum(written.media[0] in path and "/Accounts/" in path for _, path, _ in provider.requests) == 1


def test_on_every_database_a_film_is_prepared_and_the_next_one_held(
    db: Database, frugal: Parts, provider: Provider
) -> None:
    there = replace(frugal, db=db)
    metadata.create_all(db.engine)
    writer, teller = Writer(there, provider), Teller(there, provider)
    written = writer.write(Sent("barra me jua", files=(FILM, FILM)))
    assert pipeline.prepare(there, written.tip_id).what == "prepared"
    sweep(there)
    work_through(there)
    assert sorted(states(teller)) == ["held", "ready"] and provider.objects() == []


def test_a_worker_that_fails_when_its_film_is_another_ones_says_that_it_lost_it_and_changes_nothing(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)

    def slow(*_: object) -> None:
        teller.set(attachments(teller)[0], lease="somebody else")
        raise ZeroDivisionError

    monkeypatch.setattr(late_files, "clean", slow)
    assert late_files.prepare(parts, film.id).what == "lost"
    (film,) = attachments(teller)
    assert (film.lease, film.problem, film.attempts) == ("somebody else", None, 0)
