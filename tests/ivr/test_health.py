"""Liveness, readiness and figures; and who may see them."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select
from werkzeug.test import TestResponse

from ivr import readiness
from ivr.app import create_app
from ivr.parts import Parts
from models.database import Database, now
from models.officer import Beat
from models.recording import ProviderCopy
from models.secrecy import create_keys
from models.tables import metadata
from models.tip import Tip
from settings import Settings
from tests.ivr.posting import ACCOUNT, TOKEN, Poster
from workers import count
from workers.schedule import beat

ELSEWHERE = {"REMOTE_ADDR": "9.9.9.9"}


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    return Settings(var_dir=tmp_path / "var", redis_url=redis_url, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN)


def test_alive_asks_nobody(tmp_path: Path) -> None:
    settings = Settings(
        var_dir=tmp_path, database_url="postgresql://nobody@127.0.0.1:9/x", redis_url="redis://127.0.0.1:9"
    )
    create_keys(settings.keys)

    assert create_app(settings).test_client().get("/healthz").status_code == 200


def test_ready_when_everything_works(app: Flask, parts: Parts) -> None:
    beat(parts.db, "schedule")

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "ready", answer.json
    assert set(answer.json["checks"]) == {"database", "queue", "models", "disk", "waiting", "schedule"}
    assert "not for real work: ./hotline models fetch hi en" in answer.json["checks"]["models"]["detail"]


def test_without_the_queue_calls_are_kept_so_it_is_only_degraded(settings: Settings) -> None:
    app = _app(settings.model_copy(update={"redis_url": "redis://127.0.0.1:9"}))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200 and answer.json["status"] == "degraded"
    assert answer.json["checks"]["queue"]["status"] == "degraded"


def test_without_the_database_calls_would_be_lost(settings: Settings) -> None:
    app = _app(settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/x"}))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503 and answer.json["status"] == "unready"


def test_a_missing_model_and_a_tip_that_waits_long_degrade(settings: Settings) -> None:
    app = _app(settings.model_copy(update={"model_en": Path("/nowhere")}))
    with _db(app).session() as session:
        long_ago = now() - timedelta(minutes=40)
        session.add(Tip(language="hi", status="received", received_hour=long_ago, ended_at=long_ago))

    checks = app.test_client().get("/readyz").json["checks"]

    assert "./hotline models fetch en" in checks["models"]["detail"]
    assert checks["waiting"] == {"status": "degraded", "detail": "1 tips to prepare, the oldest for 40 min"}


def test_strangers_see_the_verdict_alone(app: Flask) -> None:
    answer = app.test_client().get("/readyz", environ_overrides=ELSEWHERE)

    assert set(answer.json) == {"status"}
    assert app.test_client().get("/metrics", environ_overrides=ELSEWHERE).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_does_not_make_strangers_local(app: Flask, header: str) -> None:
    assert app.test_client().get("/metrics", headers={header: "9.9.9.9"}).status_code == 404


def test_a_public_hotline_without_a_token_shows_its_figures_to_nobody(settings: Settings) -> None:
    app = _app(settings.model_copy(update={"public_url": "https://tips.example"}))

    assert app.test_client().get("/metrics").status_code == 404


def test_the_token_opens_the_figures_from_anywhere_and_nothing_else_does(settings: Settings) -> None:
    app = _app(Settings(**{**settings.model_dump(), "public_url": "https://tips.example", "metrics_token": "s3cret"}))

    def ask(**headers: str) -> TestResponse:
        return app.test_client().get("/metrics", headers=headers, environ_overrides=ELSEWHERE)

    assert ask(Authorization="Bearer s3cret").status_code == 200
    assert ask(Authorization="Bearer s3cre").status_code == 404
    assert ask().status_code == 404


def test_figures_count_webhooks_jobs_tips_and_overdue_erasure(app: Flask, parts: Parts, caller: Poster) -> None:
    assert caller.post("/voice").status_code == 200
    assert caller.post("/voice", signature="wrong").status_code == 403
    with parts.db.session() as session:
        session.add(Tip(language="hi", status="routed", received_hour=now()))
        past = now() - timedelta(hours=5)
        session.add(ProviderCopy(sid_key="k" * 32, kind="call", conversation_key="c" * 32, heard_at=past, due_at=past))
    with parts.db.begin() as connection:
        count.add_all(
            connection, {"job.prepare_tip.done": 3, "audio_seconds": 60, "transcription_ms": 15_000, "calls": 9}
        )

    figures = _figures(app.test_client().get("/metrics"))

    assert figures["hotline_webhook_seconds_count"] == 2
    assert figures['hotline_tips{status="routed"}'] == 1 and figures['hotline_tips{status="closed"}'] == 0
    assert figures['hotline_jobs_total{job="prepare_tip",outcome="done"}'] == 3
    assert figures['hotline_events_total{what="calls"}'] == 9
    assert figures["hotline_transcription_speed"] == 4
    assert figures["hotline_erasure_overdue"] == 1 and figures["hotline_provider_copies"] == 1
    assert figures["hotline_queue_up"] == 1 and figures['hotline_queue_jobs{queue="urgent"}'] == 0


def test_only_webhooks_are_timed(app: Flask) -> None:
    client = app.test_client()
    client.get("/healthz")
    client.post("/console/sign-in")

    assert _figures(client.get("/metrics"))["hotline_webhook_seconds_count"] == 0


def _app(settings: Settings) -> Flask:
    create_keys(settings.keys)
    app = create_app(settings)
    if _db(app).is_sqlite:
        metadata.create_all(_db(app).engine)
    return app


def _db(app: Flask) -> Database:
    parts: Parts = app.extensions["hotline"]
    return parts.db


def _figures(answer: TestResponse) -> dict[str, float]:
    assert answer.status_code == 200
    return {name: float(value) for name, value in re.findall(r"^(hotline\S+) (\S+)$", answer.text, re.MULTILINE)}


# --- a database that can only be read, hangs, or is gone
def test_a_database_that_can_be_read_but_not_written_is_unready(settings: Settings, postgres_url: str) -> None:
    app = _app(settings.model_copy(update={"database_url": postgres_url}))
    metadata.create_all(_db(app).engine)
    assert app.test_client().get("/readyz").status_code == 200
    with _db(app).begin() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar()
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    _db(app).dispose()
    readiness._last = None

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503 and "cannot be written" in answer.json["checks"]["database"]["detail"]
    _db(app).dispose()


def test_what_is_written_to_see_whether_it_can_be_does_not_stay(anywhere: Flask) -> None:
    answer = anywhere.test_client().get("/readyz")

    assert "written in" in answer.json["checks"]["database"]["detail"]
    with _db(anywhere).reading() as session:
        assert session.exec(select(Beat)).all() == []


def test_while_one_look_hangs_others_hear_the_last_answer_and_after_a_while_that_there_is_none(
    settings: Settings, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _app(settings.model_copy(update={"database_url": postgres_url}))
    metadata.create_all(_db(app).engine)
    monkeypatch.setattr(readiness, "LOOK_SECONDS", 0.2)
    assert app.test_client().get("/readyz").status_code == 200
    monkeypatch.setattr(readiness, "KEEP_SECONDS", 0.0)
    with ThreadPoolExecutor(1) as pool:
        with _db(app).begin() as connection:
            connection.exec_driver_sql("LOCK TABLE beat IN ACCESS EXCLUSIVE MODE")
            hanging = pool.submit(app.test_client().get, "/readyz")
            until = time.monotonic() + 10
            while not readiness._lock.locked() and time.monotonic() < until:
                time.sleep(0.01)
            began = time.monotonic()
            assert app.test_client().get("/readyz").status_code == 200
            monkeypatch.setattr(readiness, "STALE_SECONDS", 0.0)
            assert app.test_client().get("/readyz").status_code == 503
            assert time.monotonic() - began < 5
        assert hanging.result(30).status_code == 200
    _db(app).dispose()


def test_without_the_database_the_other_figures_are_shown_and_that_it_is_down(settings: Settings) -> None:
    app = _app(settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/x"}))

    figures = _figures(app.test_client().get("/metrics"))

    assert (figures["hotline_database_up"], figures["hotline_queue_up"]) == (0, 1)
    assert "hotline_webhook_seconds_count" in figures and "hotline_tips_stuck" not in figures


def test_with_it_it_is_up(app: Flask) -> None:
    assert _figures(app.test_client().get("/metrics"))["hotline_database_up"] == 1


# --- models lie where the workers run
def test_whether_starter_models_are_in_use_the_workers_say_wherever_they_run(parts: Parts) -> None:
    assert readiness.starters_in_use(parts) == ("hi", "en")  # no worker has said anything: these are our own folders
    beat(parts.db, "worker")
    assert readiness.starters_in_use(parts) == ()
    beat(parts.db, "starter.en")
    assert readiness.starters_in_use(parts) == ("en",)
    with parts.db.session() as session:
        session.get_one(Beat, "starter.en").at = now() - timedelta(minutes=2)  # another model was chosen since
    assert readiness.starters_in_use(parts) == ()


def test_without_the_database_it_is_our_own_folders_that_tell(settings: Settings) -> None:
    app = _app(settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/x"}))
    assert readiness.starters_in_use(app.extensions["hotline"]) == ("hi", "en")
