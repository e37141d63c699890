"""A connection that never finishes its request does not keep a thread for long."""

import http.client
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from ivr.patience import REQUEST_SECONDS
from settings import ROOT

APP = """
def app(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"heard %d" % len(body)]
"""
HEAD = b"POST /voice HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\nContent-Length: 400\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One process of eight threads, as `serve` has two; its port."""
    folder = tmp_path_factory.mktemp("patience")
    (folder / "listener.py").write_text(APP)
    log = folder / "log"
    with socket.create_server(("127.0.0.1", 0)) as door, log.open("wb") as out:
        words = ["-m", "gunicorn", "listener:app", "-k", "ivr.patience.PatientWorker", "--threads", "8", "-w", "1"]
        process = subprocess.Popen(
            [sys.executable, *words, "-b", f"fd://{door.fileno()}", "--keep-alive", "15", "--pythonpath", str(folder)],
            cwd=ROOT, stdout=out, stderr=out, pass_fds=(door.fileno(),),
        )  # fmt: skip
        port = door.getsockname()[1]
        try:
            assert answer(port, patience=30) == "heard 5"
            yield port
        finally:
            process.terminate()
            assert process.wait(15) == 0
    assert "Traceback" not in log.read_text()


def answer(port: int, body: bytes = b"hello", patience: float = 3) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("POST", "/voice", body)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_whoever_does_not_finish_is_cut_off_though_a_byte_comes_now_and_then(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        began = time.monotonic()
        slow.sendall(HEAD)
        slow.settimeout(0.5)
        while time.monotonic() - began < 4 * REQUEST_SECONDS:
            try:
                slow.sendall(b"a")
                if slow.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert REQUEST_SECONDS - 1 < time.monotonic() - began < 3 * REQUEST_SECONDS


def test_eight_who_do_not_finish_keep_a_call_waiting_no_longer_than_that(port: int) -> None:
    with ExitStack() as crowd:
        for _ in range(8):
            crowd.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(HEAD)
        assert answer(port, patience=3 * REQUEST_SECONDS) == "heard 5"


@pytest.mark.parametrize("size", [0, 1, 5_000, 60_000])
def test_a_request_in_pieces_is_heard_whole(port: int, size: int) -> None:
    request = HEAD.replace(b"400", str(size).encode()) + b"b" * size
    with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        for _ in range(2):  # the connection serves a second time
            middle = len(HEAD) + size // 2
            for start, end in itertools.pairwise((0, 10, len(HEAD) - 1, middle, len(request))):
                caller.sendall(request[start:end])
                time.sleep(0.05)
            said = b""
            while not said.endswith(b"\r\n0\r\n\r\n"):
                said += caller.recv(1000)
            assert f"heard {size}".encode() in said
