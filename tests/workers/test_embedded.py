"""The queue server that comes with the hotline: private, found again, and never two on one folder."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT, Settings
from workers import embedded
from workers.embedded import QueueServer, QueueServerFault
from workers.queues import connect


@pytest.fixture
def server(settings: Settings) -> Iterator[QueueServer]:
    server = embedded.start(settings)
    yield server
    server.stop()


def test_what_was_queued_survives_a_stop_and_a_kill(settings: Settings) -> None:
    for end in (signal.SIGTERM, signal.SIGKILL):
        server = embedded.start(settings)
        with connect(embedded.url(settings)) as client:
            client.set(f"kept-{end}", "x")
            time.sleep(1.1 if end is signal.SIGKILL else 0)  # appended every second
        assert server.process is not None
        os.kill(server.process.pid, end)
        server.process.wait(5)

        again = embedded.start(settings)
        with connect(embedded.url(settings)) as client:
            assert client.exists(f"kept-{end}")
        again.stop()


def test_nobody_else_can_reach_it(server: QueueServer, settings: Settings) -> None:
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600
    for file in server.folder.rglob("*"):
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file
    with connect(embedded.url(settings)) as client:
        assert client.config_get("port")["port"] == "0"


def test_a_second_start_finds_the_running_one(server: QueueServer, settings: Settings) -> None:
    second = embedded.start(settings)

    assert second.process is None and second.alive()
    second.stop()
    assert server.process is not None and server.process.wait(5) == 0
    assert not second.alive()


def test_a_socket_left_behind_does_not_stand_in_the_way(settings: Settings) -> None:
    path = embedded.socket_path(settings.var_dir)
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch()

    server = embedded.start(settings)

    assert server.alive()
    server.stop()


def test_a_path_too_long_for_the_kernel_gets_a_private_socket_elsewhere(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / ("deep" * 30) / "with space")

    server = embedded.start(settings)

    with connect(embedded.url(settings)) as client:
        assert client.ping()
    assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
    assert len(os.fsencode(server.socket)) < 100
    server.stop()


def test_a_folder_that_is_somebody_elses_trap_is_refused(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "queue").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(QueueServerFault, match="belongs to somebody else"):
        embedded.start(settings)


def test_damaged_files_are_reported_with_what_to_do(settings: Settings) -> None:
    server = embedded.start(settings)
    with connect(embedded.url(settings)) as client:
        client.set("a", "b")
    server.stop()
    for file in (server.folder / "appendonlydir").glob("*.manifest"):
        file.write_text("nonsense\n")

    with pytest.raises(QueueServerFault, match="move that folder away"):
        embedded.start(settings)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_it_ends_when_the_process_that_started_it_is_killed(settings: Settings) -> None:
    code = (
        "import sys, time; from pathlib import Path; from settings import Settings; from workers import embedded;"
        "print(embedded.start(Settings(var_dir=Path(sys.argv[1]))).process.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(settings.var_dir)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())

    starter.kill()
    starter.wait()
    starter.stdout.close()

    end = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and _state(pid) != "Z" and time.monotonic() < end:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists() or _state(pid) == "Z"


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"
