"""What the company keeps of messages: both ways, their files, when each may be erased, and who said STOP.

Never does: speak HTTP, or forget that something was erased.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

# A message that still moves cannot be changed (20009).
FINAL = ("received", "delivered", "undelivered", "failed", "read")


@dataclass
class KeptMessage:
    """A message, in or out. It holds the informant's number either way.

    `final_at`, on the store's clock: from then on it may be erased; None while it moves or its webhook runs.
    """

    sid: str
    sender: str
    receiver: str
    body: str
    direction: str  # inbound, outbound-reply or outbound-api
    status: str
    segments: int
    made: datetime
    final_at: float | None = None
    error: int | None = None
    erased_at: datetime | None = None


@dataclass
class KeptMedia:
    """A file of a message. It stays when its message goes."""

    sid: str
    message_sid: str
    content: bytes
    content_type: str
    made: datetime
    erased_at: datetime | None = None


class Mailbox:
    """The messages of an account. `final_after`: seconds until a message that has come to rest may be erased."""

    lock: threading.RLock
    clock: Callable[[], float]

    def __init__(self, final_after: float = 0.0) -> None:
        self.final_after = final_after
        self.messages: dict[str, KeptMessage] = {}
        self.media: dict[str, KeptMedia] = {}
        self.stopped: set[tuple[str, str]] = set()  # (our number, theirs): nothing is sent until they say START

    def keep_message(
        self, sid: str, sender: str, receiver: str, body: str, *, direction: str = "inbound",
        status: str = "received", segments: int = 1, final: bool = True, error: int | None = None,
    ) -> None:  # fmt: skip
        """A message came in or goes out. final=False: its webhook runs, `settle_message` tells of the end."""
        with self.lock:
            kept = KeptMessage(sid, sender, receiver, body, direction, status, segments, datetime.now(UTC), error=error)
            self.messages[sid] = kept
            if final and status in FINAL:
                kept.final_at = self.clock() + self.final_after

    def settle_message(self, sid: str, status: str = "received") -> None:
        """A message has got on, or its webhook is over."""
        with self.lock:
            kept = self.messages[sid]
            kept.status = status
            if status in FINAL and kept.final_at is None:
                kept.final_at = self.clock() + self.final_after

    def keep_media(self, sid: str, message_sid: str, content: bytes, content_type: str) -> None:
        """A file came with a message."""
        with self.lock:
            self.media[sid] = KeptMedia(sid, message_sid, content, content_type, datetime.now(UTC))

    def is_final(self, message: KeptMessage) -> bool:
        """Whether a message may be changed and erased."""
        return message.final_at is not None and self.clock() >= message.final_at

    def stop(self, ours: str, theirs: str, *, stopped: bool) -> None:
        """The informant said STOP, or START."""
        with self.lock:
            (self.stopped.add if stopped else self.stopped.discard)((ours, theirs))

    def is_stopped(self, ours: str, theirs: str) -> bool:
        """Whether nothing may be sent to them."""
        return (ours, theirs) in self.stopped

    def erase_message(self, message: KeptMessage) -> None:
        """Take words and numbers away for good."""
        with self.lock:
            message.erased_at = datetime.now(UTC)
            message.sender = message.receiver = message.body = ""

    def erase_media(self, media: KeptMedia) -> None:
        """Take a file away for good."""
        with self.lock:
            media.erased_at = datetime.now(UTC)
            media.content = b""

    def mail_objects(self) -> list[tuple[str, str]]:
        """Every message and file that is still there: ("message" or "media", sid)."""
        kept: list[KeptMessage | KeptMedia] = [*self.messages.values(), *self.media.values()]
        return [
            ("message" if isinstance(one, KeptMessage) else "media", one.sid) for one in kept if one.erased_at is None
        ]
