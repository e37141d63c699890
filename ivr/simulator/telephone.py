"""A caller's telephone, and the telephone company between it and the hotline.

    telephone = Telephone("https://tips.example", token, account_sid, provider, app=app)
    call = telephone.call()
    call.press("1"); call.speak(pcm); call.hang_up()

Strict by default: whatever Twilio would warn of or fail on is raised as a TwilioFault with Twilio's number. Time is
simulated: nothing sleeps.
Never does: look into the hotline; it knows its addresses and its token.
"""

import random
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal, Protocol

from ivr.simulator.call import Call
from ivr.simulator.fault import TwilioFault
from ivr.simulator.line import AppLine, Line, LiveLine
from ivr.simulator.post import Kind, Post
from ivr.simulator.sound import Played, played
from ivr.simulator.store import Exchange, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ivr.simulator.messenger import Messenger

WITHHELD = "+266696687"  # "ANONYMOUS" on a keypad: what Twilio sends for a withheld number
Silent = Literal["saved", "next verb", "absent"]
Sounds = dict[str, tuple[Played, bytes, str]]  # address: what it sounds like, its bytes and type


class Named(Protocol):
    """Who knows prompts by their words (ivr.channels.prompts.Prompts)."""

    def name_of(self, text: str, lang: str) -> str | None:
        """The prompt with these words."""


class WithStore(Protocol):
    """A Provider, as far as a telephone is concerned."""

    store: Store


class Telephone:
    """One telephone with a number. Each `call()` is one Call. See the keyword arguments for what a bad day is.

    app: WSGI application in this process; else real HTTP to base_url (or connect_to, where it really listens).
    strict: raise every fault; else they are kept in Call.faults and Twilio's way on is taken (fallback, defaults).
    limit: seconds for a whole answer. duplicates, shuffle, hold, threads, never: see post.Post.
    lost_tail: seconds cut from a recording before the key. silent: what becomes of a recording without a sound:
    kept, or not made and the next verb follows (some accounts), or announced as absent. sounds: what the company has
    kept of sounds that may be kept; shared by telephones that are given the same.
    """

    def __init__(
        self,
        base_url: str,
        auth_token: str,
        account_sid: str,
        provider: "Exchange | WithStore",
        number: str = "+919876543210",
        *,
        called: str = "+915122304050",
        app: "WSGIApplication | None" = None,
        connect_to: str | None = None,
        voice_url: str | None = None,
        fallback_url: str | None = None,
        status_url: str | None = None,
        prompts: Named | None = None,
        strict: bool = True,
        limit: float = 15.0,
        duplicates: bool = False,
        shuffle: random.Random | None = None,
        hold: bool = False,
        threads: bool = False,
        never: Collection[Kind] = (),
        lost_tail: float = 0.0,
        silent: Silent = "saved",
        empty_digits: Literal["empty", "absent"] = "empty",
        sounds: "Sounds | None" = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.auth_token = auth_token
        self.account_sid = account_sid
        self.exchange: Exchange = provider.store if hasattr(provider, "store") else provider
        self.number = number
        self.called = called
        self.line: Line = AppLine(app) if app is not None else LiveLine(self.base_url, connect_to)
        self.voice_url = self.base_url + "/voice" if voice_url is None else voice_url
        self.fallback_url = self.base_url + "/voice/fallback" if fallback_url is None else fallback_url
        self.status_url = self.base_url + "/voice/status" if status_url is None else status_url
        self.prompts = prompts
        self.strict = strict
        self.limit = limit
        self.post = Post(duplicates=duplicates, shuffle=shuffle, hold=hold, threads=threads, never=never)
        self.lost_tail = lost_tail
        self.silent: Silent = silent
        self.empty_digits = empty_digits
        self._sounds: Sounds = {} if sounds is None else sounds

    def call(self, *, withheld: bool = False) -> Call:
        """Ring the hotline and listen until it waits for something, or hangs up."""
        call = Call(self, WITHHELD if withheld else self.number)
        call.begin()
        return call

    def deliver(self) -> None:
        """Everything still on its way arrives: late callbacks, second webhooks."""
        self.post.deliver()

    def sound(self, messenger: "Messenger", url: str, *, in_gather: bool) -> tuple[Played, bytes, str]:
        """What a played file sounds like, its bytes and type; fetched anew unless its headers allow keeping it."""
        if url in self._sounds:
            return self._sounds[url]
        answer = messenger.fetch(url)
        kind = answer.headers.get("content-type", "")
        if int(answer.headers.get("content-length") or len(answer.body)) != len(answer.body):
            raise TwilioFault(13420, "Play: the file is shorter than announced")
        found = played(answer.body, kind, in_gather=in_gather), answer.body, kind
        keeping = answer.headers.get("cache-control", "")
        if re.search(r"max-age=[1-9]", keeping) and "no-store" not in keeping:
            self._sounds[url] = found
        return found
