"""Telephones lent to people: each call of the page /phone is a real Call here, in the telephone company's process.

Never does: run for ever; a call nobody touches for a while is hung up.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping

from ivr.simulator.call import Call
from ivr.simulator.chats import Chats
from ivr.simulator.fault import NotSimulated, TwilioFault, WrongMoment
from ivr.simulator.telephone import Telephone

MOST_CALLS = 50
FORGOTTEN_SECONDS = 15 * 60


class DeskRefusal(Exception):
    """The desk cannot do that; the message is for the person at the page."""


class Desk:
    """Calls by a random id. Safe for several threads; one call does one thing at a time. `chats`: handsets, if any."""

    def __init__(self, telephone: Callable[[], Telephone], chats: Chats | None = None) -> None:
        self._telephone = telephone
        self.chats = chats
        self._calls: dict[str, tuple[Call, threading.Lock]] = {}
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def call(self, *, withheld: bool = False) -> dict[str, object]:
        """Ring the hotline; the state of the new call, see `state`."""
        self._tidy()
        try:
            call = self._telephone().call(withheld=withheld)
        except (TwilioFault, NotSimulated) as fault:
            raise DeskRefusal(str(fault)) from None
        name = secrets.token_hex(8)
        with self._lock:
            self._calls[name] = call, threading.Lock()
            self._used[name] = time.monotonic()
        return self._state(name, call, 0)

    def act(self, name: str, what: str, fields: Mapping[str, str], body: bytes) -> dict[str, object]:
        """Do one thing in a call: key (?key=), wait, speech (body: a sound file, ?finish=), hangup."""
        call, lock = self._found(name)
        with lock:
            before = len(call.everything)
            try:
                if what == "key":
                    call.key(fields["key"][:1])
                elif what == "wait":
                    call.wait()
                elif what == "speech":
                    call.speak(body, fields.get("finish", "#"))
                elif what == "hangup":
                    call.hang_up()
                else:
                    raise DeskRefusal("no such action")
            except (TwilioFault, NotSimulated, WrongMoment, ValueError) as fault:
                raise DeskRefusal(str(fault)) from None
            return self._state(name, call, before)

    def sound(self, name: str, number: int) -> tuple[str, bytes]:
        """A sound that was heard in a call: its type and bytes."""
        call, _ = self._found(name)
        heard = call.everything[number] if number < len(call.everything) else None
        if heard is None or not heard.sound:
            raise DeskRefusal("nothing was played there")
        return heard.sound_type, heard.sound

    def _found(self, name: str) -> tuple[Call, threading.Lock]:
        with self._lock:
            if name not in self._calls:
                raise DeskRefusal("this call is over")
            self._used[name] = time.monotonic()
            return self._calls[name]

    def _state(self, name: str, call: Call, before: int) -> dict[str, object]:
        waiting = call.waiting
        heard = [
            {"kind": one.kind, "name": one.name, "lang": one.lang, "text": one.text, "sound": bool(one.sound),
             "number": number, "seconds": round(one.seconds, 2)}
            for number, one in enumerate(call.everything[before:], before)
        ]  # fmt: skip
        return {
            "call": name, "ended": call.ended, "seconds": round(call.seconds), "heard": heard, "digits": call.digits,
            "waiting": waiting.name.lower() if waiting else "", "faults": [str(fault) for fault in call.faults],
            "timeout": int(waiting.attributes.get("timeout", 5)) if waiting else 0,
            "longest": int(waiting.attributes.get("maxLength", 3600)) if waiting else 0,
        }  # fmt: skip

    def _tidy(self) -> None:
        with self._lock:
            oldest_first = sorted(self._used, key=lambda name: self._used[name])
            spare = max(len(oldest_first) + 1 - MOST_CALLS, 0)
            limit = time.monotonic() - FORGOTTEN_SECONDS
            gone = [name for place, name in enumerate(oldest_first) if place < spare or self._used[name] < limit]
            left = [self._calls.pop(name) for name in gone]
            for name in gone:
                del self._used[name]
        for call, lock in left:
            with lock:
                if not call.ended:
                    call.hang_up()
