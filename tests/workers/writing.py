"""Tips as the webhook for messages leaves them: sealed words in the database, messages and files at the provider."""

from dataclasses import dataclass, field
from typing import Any

from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import hour, now
from models.lifecycle import Status
from models.message import Attachment, Message
from models.recording import ProviderCopy
from models.tip import Tip, new_id
from tests.workers.telling import CALLER
from workers.parts import Parts

NUMBER = "+911234567890"


@dataclass(frozen=True)
class Sent:
    """One message: its text, its files as (bytes, declared type), a place."""

    text: str = ""
    files: tuple[tuple[bytes, str], ...] = ()
    place: dict[str, float] | None = None


@dataclass
class Written:
    """A tip told in writing, and what the provider calls its parts."""

    tip_id: str
    messages: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)


class Writer:
    """Sends messages, and writes what webhooks would have written."""

    def __init__(self, parts: Parts, provider: Provider) -> None:
        self.parts, self.provider = parts, provider

    def write(self, *messages: Sent, **facts: Any) -> Written:
        """A received tip of these messages."""
        moment = now()
        values = {"language": "hi", "status": Status.RECEIVED, "channel": "whatsapp", "ended_at": moment}
        tip = Tip(**{"conversation_key": new_id(), "received_hour": hour(moment), **values, **facts})
        with self.parts.db.session() as session:
            session.add(tip)
        written = Written(tip.id)
        for message in messages:
            self.add(written, message)
        return written

    def add(self, written: Written, sent: Sent) -> str:
        """One more message of a tip; the id of its row."""
        with self.parts.db.session() as session:
            tip = session.get_one(Tip, written.tip_id)
            sid, moment = self.post(sent.text, len(sent.files)), now()
            key = tip.conversation_key or ""
            copy = self.copy(sid, "message", key)
            copy.due_at = None if sent.files else moment
            sealed = self.parts.keys.seal(sent.text.encode()) if sent.text else None
            position = len(written.messages) + 1
            message = Message(tip_id=tip.id, position=position, language=tip.language, sealed=sealed)
            session.add_all([copy, message])
            session.flush()
            for number, (content, declared) in enumerate(sent.files):
                media = self.attach(sid, content, declared)
                its = self.copy(media, "media", key)
                its.parent = sid
                session.add(its)
                session.flush()
                session.add(
                    Attachment(
                        tip_id=tip.id, message_id=message.id, position=number, copy_id=its.id, declared_type=declared
                    )
                )
                written.media.append(media)
            if sent.place:
                session.add(
                    Attachment(
                        tip_id=tip.id, message_id=message.id, position=9, kind="location", status="ready",
                        place=sent.place,
                    )
                )  # fmt: skip
            written.messages.append(sid)
            return message.id

    def post(self, text: str, files: int = 0, sender: str = "whatsapp:" + CALLER, **facts: Any) -> str:
        """A message at the provider of which no webhook has told us."""
        sid = new_sid("MM" if files else "SM")
        ours = ("whatsapp:" if sender.startswith("whatsapp:") else "") + NUMBER
        self.provider.store.keep_message(sid, sender, ours, text, **facts)
        return sid

    def attach(self, sid: str, content: bytes, declared: str) -> str:
        """A file at the provider."""
        media = new_sid("ME")
        self.provider.store.keep_media(media, sid, content, declared)
        return media

    def copy(self, sid: str, kind: str, conversation: str) -> ProviderCopy:
        """A row of the ledger."""
        return ProviderCopy(
            sid_key=self.parts.keys.sid_key(sid), sid=sid, kind=kind, conversation_key=conversation, heard_at=now()
        )
