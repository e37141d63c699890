"""What is told in writing survives a provider that fails, and workers that die or come too late."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.simulator.outages import Kind
from ivr.simulator.provider import Provider
from models.database import now
from models.lifecycle import Status
from models.message import Attachment, Message
from settings import ROOT, Settings
from tests.workers import files
from tests.workers.enclosed import JPEG
from tests.workers.kept import attachments, copies, texts
from tests.workers.telling import Teller
from tests.workers.writing import Sent, Writer
from workers import pipeline
from workers.media import bring, opening
from workers.outside import download
from workers.parts import Parts
from workers.problems import JobProblem


# --- a provider that fails
@pytest.mark.parametrize(
    ("kind", "path", "code"),
    [
        ("404", "/Media/", "recording_not_ready"),
        ("429", "/Media/", "provider_unreachable"),
        ("500", "/Media/", "provider_unreachable"),
        ("timeout", "/Media/", "provider_unreachable"),
        ("401", "/Media/", "provider_refuses_key"),
        ("404", "/storage/", "recording_not_ready"),
        ("500", "/storage/", "provider_unreachable"),
        ("cut", "/storage/", "recording_damaged"),
    ],
)
def test_a_provider_that_fails_is_a_problem_that_is_seen_and_tried_again(
    parts: Parts,
    teller: Teller,
    writer: Writer,
    provider: Provider,
    kind: Kind,
    path: str,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.5)
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    provider.plan(kind, path=path)
    with pytest.raises(JobProblem) as caught:
        pipeline.prepare(parts, written.tip_id)
    assert caught.value.code == code
    tip = teller.tip(written.tip_id)
    assert tip.problem == caught.value.code and tip.retry_at is not None and tip.status == Status.RECEIVED
    assert attachments(teller)[0].status == "waiting"
    assert all(sid not in str(tip.problem_detail) for sid in (*written.media, *written.messages))
    provider.outages.lift()
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert attachments(teller)[0].status == "ready" and teller.tip(written.tip_id).problem is None


def test_a_file_the_provider_does_not_know_after_hours_is_given_up_and_said_so(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    provider.plan("404", path="/Media/")
    (media,) = copies(teller, "media")
    teller.set(media, heard_at=now() - bring.PATIENCE - timedelta(minutes=1))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert [(one.status, one.reason) for one in attachments(teller)] == [("quarantined", "gone")]


def test_a_file_larger_than_allowed_is_not_fetched_whole(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider, settings: Settings
) -> None:
    from workers.outside.telephony import Telephony

    small = replace(parts, telephony=Telephony(settings.model_copy(update={"max_media_mb": 1})))
    written = writer.write(Sent(files=((os.urandom(1_200_000), "image/jpeg"),)))
    assert pipeline.prepare(small, written.tip_id).what == "prepared"
    (one,) = attachments(teller)
    assert (one.status, one.reason, one.original) == ("quarantined", "too_large", None)


def test_what_is_sealed_already_is_not_fetched_again(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent(files=(JPEG, JPEG)))
    monkeypatch.setattr(bring, "clean", lambda *_: (_ for _ in ()).throw(opening.CannotRead("no reader")))
    with pytest.raises(JobProblem, match="media_reader_missing"):
        pipeline.prepare(parts, written.tip_id)
    monkeypatch.undo()
    assert attachments(teller)[0].original is not None and attachments(teller)[0].status == "waiting"
    provider.plan("500", path=written.media[0])
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert sum(written.media[0] in path for _, path, _ in provider.requests) == 1


def test_preparing_twice_changes_nothing_and_fetches_nothing(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG, (files.clip_as("OGG", "OPUS"), "audio/ogg"))))
    pipeline.prepare(parts, written.tip_id)
    before = (teller.rows(Attachment), teller.rows(Message), teller.vault_names(), len(provider.requests))
    assert pipeline.prepare(parts, written.tip_id).what == "nothing"
    assert (teller.rows(Attachment), teller.rows(Message), teller.vault_names(), len(provider.requests)) == before


def test_a_worker_that_lost_its_lease_stores_nothing(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    real = bring.clean

    def slow(*given: Any) -> Any:
        teller.set(teller.tip(written.tip_id), lease="another", lease_until=now() + timedelta(minutes=1))
        return real(*given)

    monkeypatch.setattr(bring, "clean", slow)
    assert pipeline.prepare(parts, written.tip_id).what == "lost"
    (one,) = attachments(teller)
    assert (one.status, one.shown) == ("waiting", None) and texts(teller) == [None]
    assert teller.vault_names() == {one.original}


KILLED = """
import sys
from pathlib import Path
from settings import Settings
from workers import pipeline
from workers.media import bring
from workers.parts import assemble
var, redis, url, account, token, tip, where = sys.argv[1:]
parts = assemble(Settings(_env_file=None, var_dir=Path(var), redis_url=redis, twilio_api_url=url,
                          twilio_account_sid=account, twilio_auth_token=token, lease_seconds=2))
import time
def hang(*_):
    print("here", flush=True)
    time.sleep(60)
if where == "sealed": bring.clean = hang
elif where == "cleaned": bring.keep = hang
else: pipeline.store = hang
pipeline.prepare(parts, tip)
"""


@pytest.mark.parametrize("where", ["sealed", "cleaned", "read"])
def test_a_worker_killed_at_any_point_loses_nothing_and_fetches_no_file_twice(
    where: str, parts: Parts, teller: Teller, writer: Writer, provider: Provider, settings: Settings
) -> None:
    written = writer.write(Sent("barra me jua", files=(JPEG,)))
    from tests.workers.telling import ACCOUNT, TOKEN

    words = [str(settings.var_dir), settings.redis_url, provider.url, ACCOUNT, TOKEN, written.tip_id, where]
    worker = subprocess.Popen([sys.executable, "-c", KILLED, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None and worker.stdout.readline() == "here\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert teller.tip(written.tip_id).status == Status.RECEIVED
    deadline = time.monotonic() + 10
    while (outcome := pipeline.prepare(parts, written.tip_id)).what == "nothing" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert outcome.what == "prepared"
    assert texts(teller) == ["barra me jua"] and attachments(teller)[0].status == "ready"
    assert sum(written.media[0] in path and "/Accounts/" in path for _, path, _ in provider.requests) == 1
