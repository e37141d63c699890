"""The caller hears the own words: the address tells nobody which recording it is, and does not live long."""

from base64 import urlsafe_b64decode

import pytest
from flask import Flask

from ivr import playback
from ivr.parts import Parts

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
