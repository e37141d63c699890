"""The caller hears the own words: the address tells nobody which recording it is, and does not live long."""

import socket
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator

import pytest
from flask import Flask

from ivr import playback
from ivr.parts import Parts
from ivr.playback import Playback
from settings import Settings
from workers.outside.telephony import Telephony

RECORDING = "RE" + "7" * 32


def path_of(parts: Parts) -> str:
    return parts.playback.address(RECORDING, "hi").removeprefix("https://hotline.example")


def test_the_address_does_not_name_the_recording(parts: Parts) -> None:
    token = parts.playback.address(RECORDING, "hi").partition("?t=")[2]

    assert RECORDING not in token
    assert RECORDING.encode() not in urlsafe_b64decode(token)
    assert parts.playback.address(RECORDING, "hi").partition("?t=")[2] != token


def test_a_provider_that_does_not_answer_is_bridged_by_words(app: Flask, parts: Parts) -> None:
    answer = app.test_client().get(path_of(parts))

    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.data.startswith(b"RIFF")


@pytest.fixture(params=[b"", b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-wav\r\n\r\nRIFF"])
def sluggish(request: pytest.FixtureRequest) -> Iterator[str]:
    """A provider that takes the question and never answers, or answers drop by drop; its address."""
    closing = threading.Event()

    def answer(caller: socket.socket) -> None:
        with caller:
            caller.recv(65_536)
            caller.sendall(request.param)
            while not closing.wait(0.05):
                if request.param:
                    caller.sendall(b"\0")

    def listen() -> None:
        while not closing.is_set():
            try:
                caller, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(caller,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        closing.set()


def test_a_provider_that_never_finishes_is_not_waited_for_longer_than_the_call_lasts(
    app: Flask, parts: Parts, settings: Settings, sluggish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert playback.PATIENCE_SECONDS < 12  # the provider gives up on us after 15
    monkeypatch.setattr(playback, "PATIENCE_SECONDS", 0.3)
    slow = settings.model_copy(update={"twilio_api_url": sluggish})
    line = Playback(slow, parts.keys, parts.prompts, Telephony(slow))
    for _ in range(4):  # also when all places are taken by what is still under way
        began = time.monotonic()
        with app.test_request_context():
            answer = line.serve(line.address(RECORDING, "hi").partition("?t=")[2])
        assert time.monotonic() - began < 1.5
        assert answer.get_data() == parts.playback.serve(path_of(parts).partition("?t=")[2]).get_data()


def test_an_old_address_leads_nowhere(app: Flask, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(parts)
    an_hour_ago = playback.time.time() - 3600
    monkeypatch.setattr(playback.time, "time", lambda: an_hour_ago)
    old = path_of(parts)
    monkeypatch.undo()

    assert app.test_client().get(old).status_code == 404
    assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "AAAA", "%00", "é", "A" * 3000])
def test_a_token_that_is_not_ours_leads_nowhere(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/voice/playback?t={token}").status_code == 404
