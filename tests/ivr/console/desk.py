"""What the console's tests share: tips as the workers leave them, officers, a browser with cookies and tokens.

Never does: go around the console to change what a test then looks at.
"""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import soundfile
from flask import Flask
from sqlmodel import SQLModel, select
from werkzeug.test import TestResponse

from ivr.console.officers import add_officer
from ivr.parts import Parts
from models.lifecycle import Status
from models.tables import Officer, Recording, Routing, Tip, Trail, Transcript

STATION, OFFICE, RANGE, ELSEWHERE = "KNP-NBS", "KNP-DCP-SOUTH", "KNP-CP", "JNP-SP"
PASSWORD = "nine-lamps-burn"

# As a worker stores them: unsure words, a gap, and what would be HTML if anybody let it.
WORDS: list[dict[str, Any]] = [
    {"w": "स्कूल", "start": 0.1, "end": 0.5, "conf": 0.99},
    {"w": "के", "start": 0.5, "end": 0.7, "conf": 0.97},
    {"w": "पीछे", "start": 0.7, "end": 1.1, "conf": 0.81},
    {"w": "नशा", "start": 1.1, "end": 1.5, "conf": 0.55},
    {"w": "बिकता", "start": 1.5, "end": 1.9, "conf": 0.96},
    {"w": "है", "start": 1.9, "end": 2.1, "conf": 0.98},
    {"hidden": "phone", "start": 2.1, "end": 2.9},
]


def sound(seconds: float = 3.0) -> bytes:
    """A WAV file like the workers' listening copies: 8 kHz, mono, 16 bits."""
    t = np.arange(int(8000 * seconds)) / 8000
    file = io.BytesIO()
    soundfile.write(file, (0.2 * np.sin(2 * np.pi * 330 * t)).astype("float32"), 8000, format="WAV", subtype="PCM_16")
    return file.getvalue()


def put(parts: Parts, *rows: SQLModel) -> None:
    """Store rows, each kind after those it refers to."""
    with parts.db.session() as session:
        for row in rows:
            session.add(row)
            session.flush()


def lay_tip(
    parts: Parts,
    units: dict[str, str],
    *,
    words: list[dict[str, Any]] | None = None,
    confidence: float = 0.95,
    model: str = "vosk-model-small-hi-0.22",
    with_sound: bool = True,
    seconds: float = 10,
    ago: timedelta = timedelta(days=3),
    **columns: Any,
) -> str:
    """A tip prepared and routed to these units (unit -> role). Returns its id."""
    hour = (datetime.now(UTC) - ago).replace(minute=0, second=0, microsecond=0)
    about: dict[str, Any] = {
        "status": Status.ROUTED, "language": "hi", "received_hour": hour, "category": "drugs_liquor",
        "category_by": "caller", "urgency": "U3", "district": "KNP", "station": STATION, "pin_code": "208021",
        "place_by": "caller", "follow_up": True, "code_hash": None, **columns,
    }  # fmt: skip
    tip = Tip(**about)
    recording = Recording(tip_id=tip.id, take=1, seconds=seconds, sha256="0" * 64)
    recording.listening = parts.vault.put_listening(sound()) if with_sound else None
    heard = WORDS if words is None else words
    transcript = Transcript(
        recording_id=recording.id, tip_id=tip.id, language=tip.language, model=model, confidence=confidence,
        text=" ".join(word.get("w", "[phone]") for word in heard), words=heard,
    )  # fmt: skip
    put(parts, tip, recording, transcript, *(Routing(tip_id=tip.id, unit=u, role=role) for u, role in units.items()))
    return tip.id


def lay_many(parts: Parts, n: int, units: dict[str, str], *, days_ago: float = 10, **columns: Any) -> list[str]:
    """So many tips as the overview counts them: routed, without words. Their ids."""
    hour = (datetime.now(UTC) - timedelta(days=days_ago)).replace(minute=0, second=0, microsecond=0)
    about: dict[str, Any] = {
        "status": Status.ROUTED, "language": "hi", "received_hour": hour, "category": "gambling", "district": "KNP",
        "station": STATION, **columns,
    }  # fmt: skip
    tips = [Tip(**about) for _ in range(n)]
    put(parts, *tips)
    put(parts, *(Routing(tip_id=tip.id, unit=unit, role=role) for tip in tips for unit, role in units.items()))
    return [tip.id for tip in tips]


def recording_of(parts: Parts, tip_id: str) -> str:
    """The id of a tip's (first) recording."""
    with parts.db.reading() as session:
        return session.exec(select(Recording.id).where(Recording.tip_id == tip_id)).first() or ""


def status_of(parts: Parts, tip_id: str) -> str:
    """Where a tip stands in the database."""
    with parts.db.reading() as session:
        tip = session.get(Tip, tip_id)
        assert tip is not None
        return tip.status


def trail_of(parts: Parts, tip_id: str) -> list[str]:
    """What was done to a tip, in order."""
    with parts.db.reading() as session:
        return [entry.what for entry in session.exec(select(Trail).where(Trail.tip_id == tip_id).order_by(Trail.id))]


def an_officer(parts: Parts, unit: str = OFFICE, role: str = "officer", username: str = "") -> str:
    """An officer of the unit, with PASSWORD. Returns the username."""
    username = username or f"{role}.{unit.lower()}"
    add_officer(parts.db, parts.catalogue, username, f"{role} of {unit}", unit, role, PASSWORD)
    return username


def set_officer(parts: Parts, username: str, **values: Any) -> None:
    """Change an officer's row, as the command line would."""
    with parts.db.session() as session:
        officer = session.exec(select(Officer).where(Officer.username == username)).one()
        for name, value in values.items():
            setattr(officer, name, value)


class Desk:
    """A browser: keeps cookies, and sends the token of the page it saw last with every form."""

    def __init__(self, app: Flask, base: str = "https://hotline.example") -> None:
        self.client = app.test_client()
        self.base = base
        self.token = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._seen(self.client.get(path, base_url=self.base, **more))

    def post(self, path: str, **form: str) -> TestResponse:
        return self._seen(self.client.post(path, base_url=self.base, data={"csrf_token": self.token, **form}))

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/console/sign-in")
        answer = self.post("/console/sign-in", username=username, password=password, **more)
        if answer.status_code == 303:
            self.get("/console/")
        return answer

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and (found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text)):
            self.token = found[1]
        return answer
