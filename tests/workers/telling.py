"""Tips as webhooks leave them: rows in the database, sound and a call record at the provider."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import soundfile

from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import hour, now
from models.lifecycle import Status
from models.recording import ProviderCopy, Recording, Transcript
from models.tip import Tip
from settings import ROOT
from workers.parts import Parts

ACCOUNT, TOKEN = "AC" + "7" * 32, "an auth token of a test"
SPEECH = ROOT / "ivr" / "simulator" / "speech"
CALLER = "+919812345678"


def clip(name: str) -> bytes:
    """A WAV file of telephone speech."""
    return (SPEECH / f"{name}.wav").read_bytes()


def clips(*names: str) -> bytes:
    """Several of them, one after the other, as one WAV file."""
    parts = [soundfile.read(SPEECH / f"{name}.wav", dtype="int16")[0] for name in names]
    out = io.BytesIO()
    soundfile.write(out, np.concatenate(parts), 8000, format="WAV", subtype="PCM_16")
    return out.getvalue()


@dataclass
class Told:
    """One call that has ended."""

    tip_id: str
    call_sid: str
    recording_sids: list[str]


class Teller:
    """Places calls at the provider and writes what webhooks would have written."""

    def __init__(self, parts: Parts, provider: Provider) -> None:
        self.parts, self.provider = parts, provider

    def call(self, *sounds: bytes, ended: bool = True) -> tuple[str, list[str]]:
        """A call with recordings of which no webhook has told us."""
        call_sid = new_sid("CA")
        self.provider.store.open_call(call_sid, CALLER, "+911234567890")
        sids = [new_sid("RE") for _ in sounds]
        for sid, sound in zip(sids, sounds, strict=True):
            self.provider.store.keep_recording(sid, call_sid, sound, max(0, len(sound) - 44) // 16_000)
        if ended:
            self.provider.store.end_call(call_sid, "completed", 60)
        return call_sid, sids

    def tell(self, *sounds: bytes, announced: int | None = None, **facts: Any) -> Told:
        """A received tip of one take for each sound."""
        call_sid, sids = self.call(*sounds)
        key = self.parts.keys.sid_key(call_sid)
        moment = now()
        values = {"language": "hi", "status": Status.RECEIVED, "last_turn_at": moment, "ended_at": moment}
        tip = Tip(**{"conversation_key": key, "received_hour": hour(moment), **values, **facts})
        with self.parts.db.session() as session:
            session.add(tip)
            session.add(self.copy(call_sid, "call", key, moment))
            for take, sid in enumerate(sids, start=1):
                row = self.copy(sid, "recording", key, moment)
                row.take, row.language, row.seconds = take, tip.language, announced
                session.add(row)
        return Told(tip.id, call_sid, sids)

    def copy(self, sid: str, kind: str, conversation: str, moment: datetime) -> ProviderCopy:
        """A row of the ledger."""
        return ProviderCopy(
            sid_key=self.parts.keys.sid_key(sid), sid=sid, kind=kind, conversation_key=conversation, heard_at=moment
        )

    # --- what became of it
    def tip(self, told: Told | str) -> Tip:
        with self.parts.db.reading() as session:
            return session.get_one(Tip, told if isinstance(told, str) else told.tip_id)

    def rows(self, table: type[Any]) -> list[Any]:
        from sqlmodel import select

        with self.parts.db.reading() as session:
            return list(session.exec(select(table)).all())

    def transcripts(self) -> list[Transcript]:
        return self.rows(Transcript)

    def recordings(self) -> list[Recording]:
        return self.rows(Recording)

    def copies(self) -> list[ProviderCopy]:
        return self.rows(ProviderCopy)

    def vault_names(self) -> set[str]:
        return {name for name, _ in self.parts.vault.names()}

    def set(self, row: Any, **facts: Any) -> None:
        """Change a row of the database by hand."""
        with self.parts.db.session() as session:
            merged = session.merge(row)
            for name, value in facts.items():
                setattr(merged, name, value)
