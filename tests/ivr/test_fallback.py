"""When a webhook of ours fails: the provider asks the fallback, which needs nothing that may have failed."""

from flask import Flask

from ivr.parts import Parts
from tests.ivr.posting import Poster


def test_the_fallback_records_who_has_not_told_and_thanks_who_has(caller: Poster) -> None:
    early = caller.post("/voice/fallback", ErrorCode="11200", ErrorUrl="https://hotline.example/voice/main?lang=en")
    late = caller.post("/voice/fallback", ErrorCode="11200", ErrorUrl="https://hotline.example/voice/kinds?take=1")
    assert b"<Record" in early.data and b"take=90" in early.data
    assert b"<Record" not in late.data and b"<Hangup" in late.data


def test_the_fallback_needs_no_database(app: Flask, caller: Poster, parts: Parts) -> None:
    parts.db.engine.dispose()
    for file in parts.settings.var_dir.glob("hotline.db*"):
        file.unlink()
    assert caller.told().status_code == 500
    assert caller.post("/voice/fallback", ErrorUrl="https://hotline.example/voice").status_code == 200


def test_a_second_trouble_records_a_take_of_its_own(caller: Poster) -> None:
    again = caller.post("/voice/fallback", ErrorUrl="https://hotline.example/voice/main?lang=en&take=90")
    assert b"take=91" in again.data and b"lang=en" in again.data
    assert b"not_heard_goodbye" in again.data and b"trouble_goodbye" not in again.data  # if there is no recording
