"""What the telephone company keeps: calls, recordings, numbers, messages (mailbox.py); what of it was erased, and when.

Never does: speak HTTP (rest.py and provider.py do), or forget that something was erased.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from ivr.simulator.mailbox import KeptMedia, KeptMessage, Mailbox

ABSENT_CODE = 13617  # any number but 0: which one Twilio gives for a recording it could not make is not documented


def new_sid(prefix: str) -> str:
    """An id as Twilio makes them: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


@dataclass
class KeptCall:
    """The call record: it holds the caller's number, so it has to be erased too."""

    sid: str
    caller: str
    called: str
    started: datetime
    status: str = "ringing"
    seconds: int = 0
    ended: datetime | None = None
    erased_at: datetime | None = None


@dataclass
class KeptRecording:
    """One recording. `ready_at` is on the store's clock: before it the sound is 404, as at Twilio."""

    sid: str
    call_sid: str
    wav: bytes
    seconds: int
    started: datetime
    ready_at: float
    absent: bool = False
    erased_at: datetime | None = None


@dataclass
class KeptNumber:
    """A number of the account, with the addresses it calls."""

    sid: str
    number: str
    settings: dict[str, str] = field(default_factory=dict)


class Exchange(Protocol):
    """The side of the company that the telephone works on."""

    def open_call(self, sid: str, caller: str, called: str) -> None:
        """A call begins."""

    def end_call(self, sid: str, status: str, seconds: int) -> None:
        """A call is over."""

    def keep_recording(self, sid: str, call_sid: str, wav: bytes, seconds: int, *, absent: bool = False) -> None:
        """A recording was made in a call."""

    def keep_message(
        self, sid: str, sender: str, receiver: str, body: str, *, direction: str = "inbound",
        status: str = "received", segments: int = 1, final: bool = True, error: int | None = None,
    ) -> None:  # fmt: skip
        """See mailbox.Mailbox, as for the following."""

    def settle_message(self, sid: str, status: str = "received") -> None: ...

    def keep_media(self, sid: str, message_sid: str, content: bytes, content_type: str) -> None: ...

    def stop(self, ours: str, theirs: str, *, stopped: bool) -> None: ...

    def is_stopped(self, ours: str, theirs: str) -> bool: ...


class Store(Mailbox):
    """An Exchange in memory; safe for several threads."""

    def __init__(
        self, *, ready_after: float = 0.0, final_after: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(final_after)
        self.ready_after = ready_after
        self.clock = clock
        self.calls: dict[str, KeptCall] = {}
        self.recordings: dict[str, KeptRecording] = {}
        self.numbers: dict[str, KeptNumber] = {}
        self.lock = threading.RLock()

    def open_call(self, sid: str, caller: str, called: str) -> None:
        with self.lock:
            self.calls[sid] = KeptCall(sid, caller, called, datetime.now(UTC), status="in-progress")

    def end_call(self, sid: str, status: str, seconds: int) -> None:
        with self.lock:
            call = self.calls[sid]
            call.status, call.seconds, call.ended = status, seconds, datetime.now(UTC)

    def keep_recording(self, sid: str, call_sid: str, wav: bytes, seconds: int, *, absent: bool = False) -> None:
        with self.lock:
            ready_at = self.clock() + self.ready_after
            self.recordings[sid] = KeptRecording(sid, call_sid, wav, seconds, datetime.now(UTC), ready_at, absent)

    def add_number(self, number: str, **settings: str) -> KeptNumber:
        """Give the account a number, with settings such as VoiceUrl."""
        with self.lock:
            kept = KeptNumber(new_sid("PN"), number, dict(settings))
            self.numbers[kept.sid] = kept
            return kept

    def is_ready(self, recording: KeptRecording) -> bool:
        """Whether its sound can be fetched."""
        return not recording.absent and recording.erased_at is None and self.clock() >= recording.ready_at

    def erase(self, kept: KeptCall | KeptRecording) -> None:
        """Take the content away for good; what and when stays known."""
        with self.lock:
            kept.erased_at = datetime.now(UTC)
            if isinstance(kept, KeptRecording):
                kept.wav = b""
            else:
                kept.caller = ""

    def objects(self) -> list[tuple[str, str]]:
        """Everything of informants that is still there: ("call", "recording", "message" or "media", sid)."""
        with self.lock:
            calls = [("call", call.sid) for call in self.calls.values() if call.erased_at is None]
            recordings = [("recording", one.sid) for one in self.recordings.values() if one.erased_at is None]
            return calls + recordings + self.mail_objects()

    def erased(self) -> dict[str, datetime]:
        """What was erased through the API, and when."""
        with self.lock:
            kept: list[KeptCall | KeptRecording | KeptMessage | KeptMedia] = [
                *self.calls.values(), *self.recordings.values(), *self.messages.values(), *self.media.values(),
            ]  # fmt: skip
            return {one.sid: one.erased_at for one in kept if one.erased_at is not None}
