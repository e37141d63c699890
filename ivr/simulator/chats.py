"""Handsets lent to people: each chat of the page /phone is a real Handset here, in the telephone company's process.

Never does: run for ever; a chat nobody touches for a while is put away.
"""

import base64
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from ivr.simulator.chat import Bubble, Enclosure, Pin
from ivr.simulator.fault import NotSimulated, TwilioFault
from ivr.simulator.handset import Channel, Handset

MOST_CHATS = 50
FORGOTTEN_SECONDS = 2 * 3600


class ChatRefusal(Exception):
    """The chat cannot do that; the message is for the person at the page."""


class Chats:
    """Chats by a random id. Safe for several threads; one chat does one thing at a time."""

    def __init__(self, handset: Callable[[Channel], Handset]) -> None:
        self._handset = handset
        self._chats: dict[str, tuple[Handset, threading.Lock]] = {}
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def open(self, channel: str) -> dict[str, object]:
        """A fresh chat over "sms" or "whatsapp"; its state, see `send`."""
        if channel not in ("sms", "whatsapp"):
            raise ChatRefusal("no such channel")
        self._tidy()
        name, handset = secrets.token_hex(8), self._handset("sms" if channel == "sms" else "whatsapp")
        with self._lock:
            self._chats[name] = handset, threading.Lock()
            self._used[name] = time.monotonic()
        return _state(name, handset, [])

    def send(self, name: str, message: dict[str, Any]) -> dict[str, object]:
        """Send {"body", "files": [{"name", "type", "data": base64}], "pin": [lat, lon]}; what came back.

        {"chat", "channel", "bubbles": [{"by", "text", "name", "encoding", "segments"}], "faults"}.
        """
        with self._lock:
            if name not in self._chats:
                raise ChatRefusal("this chat is gone")
            self._used[name] = time.monotonic()
            handset, lock = self._chats[name]
        with lock:
            try:
                files = [
                    Enclosure(base64.b64decode(one["data"], validate=True), str(one["type"])[:100], str(one["name"]))
                    for one in message.get("files", ())
                ]
                pin = Pin(float(message["pin"][0]), float(message["pin"][1])) if message.get("pin") else None
                bubbles = handset.send(str(message.get("body", "")), *files, pin=pin)
            except (TwilioFault, NotSimulated, ValueError, KeyError, IndexError, TypeError) as fault:
                raise ChatRefusal(str(fault)) from None
            return _state(name, handset, bubbles)

    def _tidy(self) -> None:
        with self._lock:
            oldest_first = sorted(self._used, key=lambda name: self._used[name])
            spare = max(len(oldest_first) + 1 - MOST_CHATS, 0)
            limit = time.monotonic() - FORGOTTEN_SECONDS
            for place, name in enumerate(oldest_first):
                if place < spare or self._used[name] < limit:
                    del self._chats[name], self._used[name]


def _state(name: str, handset: Handset, bubbles: list[Bubble]) -> dict[str, object]:
    shown = [
        {"by": one.by, "text": one.text, "name": one.name, "encoding": one.size.encoding,
         "segments": one.size.segments, "media": list(one.media)}
        for one in bubbles
    ]  # fmt: skip
    faults = [str(fault) for fault in handset.faults]
    handset.faults.clear()
    return {"chat": name, "channel": handset.channel, "bubbles": shown, "faults": faults}
