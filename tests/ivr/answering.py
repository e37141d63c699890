"""Officers' questions, and informants who answer them on a second call.

Never does: listen, or read what was answered (workers do).
"""

import re
from typing import Any

from flask import Flask

from ivr.parts import Parts
from models.tables import Asked, Tip
from settings import Settings
from tests.ivr.kept import rows
from tests.ivr.posting import Poster, a_call, a_recording

UNIT = "KNP-NBS"


def ask(parts: Parts, *questions: str, unit: str = UNIT) -> None:
    tip = rows(parts, Tip)[0]
    with parts.db.session() as session:
        for question in questions:
            session.add(Asked(tip_id=tip.id, question=question, unit=unit, asked_on=tip.received_hour.date()))


def change(parts: Parts, tip_id: str, **facts: Any) -> None:
    with parts.db.session() as session:
        tip = session.get_one(Tip, tip_id)
        for name, value in facts.items():
            setattr(tip, name, value)


def states(parts: Parts) -> list[str]:
    return [f"{one.question} {one.state}" for one in rows(parts, Asked)]


def address_in(twiml: str, step: str) -> str:
    """The path of an address in TwiML, as the provider would post to it."""
    found = re.search(rf'"https://hotline.example(/voice/{step}[^"]*)"', twiml)
    assert found, twiml
    return found[1].replace("&amp;", "&")


class Answering:
    """A second call, of somebody who has the code, as far as the beep."""

    def __init__(self, app: Flask, settings: Settings, code: str, n: int = 8) -> None:
        self.caller = Poster(app, settings, a_call(n), number="+919811111111")
        self.heard = self.caller.answer("my_tip", code, f"&turn={n}").text
        twiml = self.caller.post(address_in(self.heard, "asked"), Digits="1").text
        self.told, self.ready = address_in(twiml, "told"), address_in(twiml, "recording")

    def action(self, sound: str = "", keys: str = "#", seconds: int = 9) -> str:
        sid = sound or a_recording(8)
        return self.caller.post(self.told, RecordingSid=sid, Digits=keys, RecordingDuration=str(seconds)).text

    def callback(self, sound: str = "") -> None:
        self.caller.post(
            self.ready, RecordingSid=sound or a_recording(8), RecordingDuration="9", RecordingStatus="completed"
        )
