"""Tips told in writing as workers leave them: messages, and files ready to be looked at.

Never does: go through a webhook or a worker.
"""

import io
from typing import Any

from PIL import Image
from sqlmodel import select

from ivr.parts import Parts
from models.message import Attachment, Message
from models.recording import Recording
from tests.ivr.console.desk import lay_tip, put


def jpeg(colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (120, 90), colour).save(out, "JPEG")
    return out.getvalue()


def write(parts: Parts, tip: str, text: str | None = "बर्रा में जुआ", *attachments: dict[str, Any]) -> list[str]:
    """A message of a tip with these attachments; their ids. `shown` and `thumbnail` are bytes here."""
    with parts.db.reading() as session:
        position = len(session.exec(select(Message).where(Message.tip_id == tip)).all()) + 1
    message = Message(tip_id=tip, position=position, language="hi", text=text)
    rows = []
    for number, facts in enumerate(attachments):
        row = Attachment(tip_id=tip, message_id=message.id, position=number, status="ready")
        for name, value in facts.items():
            is_object = name in ("shown", "thumbnail") and isinstance(value, bytes)
            setattr(row, name, parts.vault.put_listening(value) if is_object else value)
        rows.append(row)
    put(parts, message, *rows)
    return [row.id for row in rows]


def lay_letter(parts: Parts, units: dict[str, str], **columns: Any) -> str:
    """A tip told in writing alone."""
    tip = lay_tip(parts, units, with_sound=False, **{"channel": "whatsapp", **columns})
    with parts.db.session() as session:
        session.delete(session.exec(select(Recording).where(Recording.tip_id == tip)).one())
    return tip


PHOTO: dict[str, Any] = {
    "kind": "photo", "shown": jpeg(), "shown_type": "image/jpeg", "thumbnail": jpeg("red"), "original": "f" * 32,
    "sha256": "a" * 64, "size": 5000,
}  # fmt: skip
