"""The web application on a fresh database, with nothing behind it but a queue that writes down what it is given."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlmodel import select

from ivr.app import create_app
from ivr.parts import Parts
from models.database import Database
from models.lifecycle import Status
from models.secrecy import create_keys, load_keys
from models.tables import Routing, Tip, metadata
from settings import Settings
from tests.ivr.answering import UNIT, Answering, ask
from tests.ivr.posting import ACCOUNT, TOKEN, Poster, a_call, a_recording
from tests.ivr.writing import Writer
from workers.queues import Job


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        var_dir=tmp_path / "var",
        public_url="https://hotline.example",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url="http://127.0.0.1:9",  # nobody listens: a webhook must not need the provider
        redis_url="redis://127.0.0.1:9/0",  # nor the queue
    )


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all applications: it takes longer than most tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(settings: Settings, compiled_pages: FileSystemBytecodeCache) -> Flask:
    settings.var_dir.mkdir(mode=0o700)
    create_keys(settings.keys)
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled_pages
    metadata.create_all(app.extensions["hotline"].db.engine)
    return app


@pytest.fixture
def parts(app: Flask) -> Parts:
    return app.extensions["hotline"]


@pytest.fixture
def caller(app: Flask, settings: Settings) -> Poster:
    return Poster(app, settings, a_call())


@pytest.fixture
def writer(app: Flask, settings: Settings) -> Writer:
    return Writer(app, settings)


@pytest.fixture
def keys(settings: Settings) -> Any:
    """With the workers' key, to read what was sealed."""
    return load_keys(settings.keys, private=True)


@pytest.fixture
def enqueued(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Job, str]]:
    """What was sent to the workers, in order."""
    sent: list[tuple[Job, str]] = []
    monkeypatch.setattr(parts.courier, "enqueue", lambda job, subject, **_: sent.append((job, subject)))
    return sent


@pytest.fixture
def told(app: Flask, settings: Settings, parts: Parts) -> str:
    """A tip told by telephone that officers have in hand, and its code."""
    caller = Poster(app, settings, a_call(7))
    caller.told(recording=a_recording(7))
    caller.answer("follow_up", "2", "&turn=8")
    caller.over()
    with parts.db.session() as session:
        tip = session.exec(select(Tip)).one()
        tip.status = Status.WORKING
        session.add(Routing(tip_id=tip.id, unit=UNIT, role="to"))
    return parts.keys.code_for(caller.call, 0)


@pytest.fixture
def answering(app: Flask, settings: Settings, parts: Parts, told: str) -> Answering:
    """Whoever told it calls again, has heard a question and is about to answer."""
    ask(parts, "when")
    return Answering(app, settings, told)


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """The application on either database."""
    if request.param == "postgresql":
        settings = settings.model_copy(update={"database_url": request.getfixturevalue("postgres_url")})
    settings.var_dir.mkdir(mode=0o700, exist_ok=True)
    create_keys(settings.keys)
    app = create_app(settings)
    db: Database = app.extensions["hotline"].db
    metadata.create_all(db.engine)
    yield app
    db.dispose()
