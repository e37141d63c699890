"""`serve`: everything comes up, comes back when killed, and goes without leaving anything behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from settings import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Running:
    """A `serve` of our own, with its output."""

    def __init__(self, var: Path, port: int, **more: str) -> None:
        self.var, self.port = var, port
        self.log = var.parent / f"serve-{port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "serve"], cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, "HOTLINE_VAR_DIR": str(var), "HOTLINE_PORT": str(port), **more},
                start_new_session=True,
            )  # fmt: skip

    @property
    def text(self) -> str:
        return self.log.read_text()

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def all_of_it(self) -> list[psutil.Process]:
        mother = psutil.Process(self.process.pid)
        return [mother, *mother.children(recursive=True)]

    def child(self, words: str) -> psutil.Process:
        for one in self.all_of_it()[1:]:
            if words in " ".join(one.cmdline()) and one.ppid() == self.process.pid:
                return one
        raise AssertionError(f"no child {words}")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(15)


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    begun = time.monotonic()
    while not true():
        waited = time.monotonic() - begun
        assert waited < seconds, "it did not happen in time"
        time.sleep(min(0.05 + waited / 20, 0.5))


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    begun: list[Running] = []

    def begin(**more: str) -> Running:
        begun.append(Running(tmp_path / "var", free_port(), **more))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            left = one.all_of_it()
            for process in left:
                process.kill()
            one.process.wait()


def test_everything_comes_up_survives_kills_and_stops_cleanly(serve: Callable[..., Running]) -> None:
    running = serve()
    until(lambda: "ready: calls at" in running.text and "models loaded" in running.text)
    assert running.get("/healthz") == 200 and running.get("/readyz") == 200
    assert "starter model is in use" in running.text and "./hotline models fetch hi" in running.text
    assert oct(running.var.stat().st_mode).endswith("700")
    for file in running.var.rglob("*"):
        assert file.is_symlink() or not file.stat().st_mode & 0o077, file
    groups = {os.getpgid(one.pid) for one in running.all_of_it() if "valkey" not in one.name()}
    assert groups == {running.process.pid}

    for words in ("workers work", "ivr web", "workers schedule", "valkey-server"):
        victim = running.child(words)
        victim.kill()
        until(lambda words=words, victim=victim: _another(running, words, victim.pid))
    until(lambda: running.text.count("models loaded") == 2 and running.get("/readyz") == 200)

    everybody = running.all_of_it()
    begun = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - begun < 10
    assert [one for one in everybody if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
    assert running.text.rstrip().endswith("stopped") and "Traceback" not in running.text


def test_when_it_is_killed_itself_nothing_goes_on_without_it(serve: Callable[..., Running]) -> None:
    running = serve()
    until(lambda: "ready: calls at" in running.text and "models loaded" in running.text)
    everybody = running.all_of_it()

    running.process.kill()
    running.process.wait()

    until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in everybody), 40)


def test_ctrl_c_in_the_middle_of_starting_is_quiet(serve: Callable[..., Running]) -> None:
    running = serve()
    until(lambda: "starting in" in running.text)
    time.sleep(0.3)

    os.killpg(running.process.pid, signal.SIGINT)

    assert running.process.wait(15) in (0, 1)
    assert "Traceback" not in running.text


def test_without_a_model_everything_runs_but_recordings_wait_and_it_is_said_how_to_mend_it(
    serve: Callable[..., Running],
) -> None:
    running = serve(HOTLINE_MODEL_HI="/nowhere")
    until(lambda: "ready: calls at" in running.text and "calls are answered and kept" in running.text)

    assert "NO SPEECH MODEL" in running.text and "./hotline models fetch hi" in running.text
    assert running.child("workers work").is_running()
    assert running.get("/healthz") == 200
    assert running.process.poll() is None
    assert running.stop(signal.SIGHUP) == 0


def test_it_refuses_to_run_twice_on_one_folder_or_on_a_port_in_use(serve: Callable[..., Running]) -> None:
    first = serve()
    until(lambda: "starting in" in first.text)

    second = serve()
    assert second.process.wait(30) == 2
    assert f"already runs on {first.var} (process {first.process.pid})" in second.text

    third = serve(HOTLINE_VAR_DIR=str(first.var) + "-other", HOTLINE_PORT=str(first.port))
    assert third.process.wait(30) == 2
    assert f"Port {first.port} on 127.0.0.1 cannot be opened" in third.text
    assert "Traceback" not in second.text + third.text
    first.stop()


def _another(running: Running, words: str, pid: int) -> bool:
    try:
        return running.child(words).pid != pid
    except (AssertionError, psutil.NoSuchProcess):
        return False
