"""Real parts of a worker: database, queue server, speech models, vault; and a telephone company of one's own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.simulator.provider import Provider
from models.secrecy import create_keys
from models.tables import metadata
from settings import ROOT, Settings
from tests.workers import files
from tests.workers.processes import Process
from tests.workers.telling import ACCOUNT, TOKEN, Teller, Told, clip
from tests.workers.writing import Sent, Writer, Written
from workers import jobs, pipeline
from workers.outside.speech import Ears
from workers.parts import Parts, assemble

SPEECH = ROOT / "ivr" / "simulator" / "speech"


@pytest.fixture(scope="session")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Ears:
    """Both starter models, loaded once."""
    ears = Ears(Settings(var_dir=tmp_path_factory.mktemp("no-models")))
    ears.load()
    return ears


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(ACCOUNT, TOKEN) as provider:
        yield provider


@pytest.fixture
def settings(tmp_path: Path, provider: Provider, redis_url: str) -> Settings:
    return Settings(
        var_dir=tmp_path / "var",
        redis_url=redis_url,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url=provider.url,
        lease_seconds=5,
        sweep_seconds=1,
        worker_processes=2,
    )


@pytest.fixture
def parts(settings: Settings, ears: Ears) -> Iterator[Parts]:
    settings.var_dir.mkdir(mode=0o700)
    create_keys(settings.keys)
    parts = replace(assemble(settings), ears=ears)
    metadata.create_all(parts.db.engine)
    yield parts
    parts.db.dispose()


@pytest.fixture
def teller(parts: Parts, provider: Provider) -> Teller:
    """Somebody who tells tips: the provider then holds the sound, the database the tip."""
    return Teller(parts, provider)


@pytest.fixture
def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def writer(parts: Parts, provider: Provider) -> Writer:
    """Somebody who writes: the provider then holds the files, the database the sealed words."""
    return Writer(parts, provider)


@pytest.fixture
def told(parts: Parts, teller: Teller) -> Told:
    """A tip of one take that was heard and has its officers."""
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    return told


@pytest.fixture
def prepared(parts: Parts, teller: Teller) -> Told:
    """The same of two takes."""
    told = teller.tell(clip("hello_hi"), clip("hello_en"))
    pipeline.prepare(parts, told.tip_id)
    return told


@pytest.fixture
def written(parts: Parts, provider: Provider) -> Written:
    """A tip of words, a photo and a voice note that has its officers."""
    note = (files.clip_as("OGG", "OPUS"), "audio/ogg")
    written = Writer(parts, provider).write(Sent("barra me jua", files=((files.jpeg(), "image/jpeg"), note)))
    pipeline.prepare(parts, written.tip_id)
    return written


@pytest.fixture
def start(parts: Parts, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts `python -m workers`; what still runs after the test is killed."""
    running: list[Process] = []

    def start(*what: str, **more: str) -> Process:
        running.append(Process(parts.settings, what, tmp_path / f"{what[0]}.log", **more))
        return running[-1]

    yield start
    for process in running:
        children = process.children() if process.process.poll() is None else []
        process.process.kill()
        process.process.wait(5)
        for child in children:
            if child.is_running():
                child.kill()


@pytest.fixture
def frugal(parts: Parts) -> Parts:
    """A hotline that grants a tip next to nothing: the first film uses it up."""
    return replace(parts, settings=parts.settings.model_copy(update={"max_media_minutes": 0.001}))


@pytest.fixture(autouse=True)
def no_parts_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """What jobs work with belongs to a process; here many tests share one, in any order."""
    monkeypatch.setattr(jobs, "_parts", None)
