"""The caller hears the own recording before sending it.

The address carries a token locked by us, because the provider does not sign what it fetches for <Play>; to anybody else
(a proxy's log) it names no recording. A recording that is not there in time is replaced by a few words: a <Play> that
fails, or takes too long, would end the call.
Never does: keep the sound, or fetch anything but a recording id that this hotline itself wrote into the token.
"""

import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Response

from ivr.channels.prompts import Prompts
from models.secrecy import CannotOpen, Keys
from settings import Settings
from workers.outside.telephony import NotReady, ProviderFault, Telephony

TOKEN_SECONDS = 600
AT_ONCE = 2  # in one process
PATIENCE_SECONDS = 8.0  # for everything; the provider waits 15 s for a sound
AGAIN_SECONDS = 0.4
SILENCE = Path(__file__).with_name("silence.wav")


class Playback:
    """Addresses of recordings for the caller, and what lies behind them."""

    def __init__(self, settings: Settings, keys: Keys, prompts: Prompts, telephony: Telephony) -> None:
        self._base = settings.public_url
        self._keys = keys
        self._prompts = prompts
        self._telephony = telephony
        # Calls are answered by the same threads: a slow provider must not hold them all.
        self._places = threading.BoundedSemaphore(AT_ONCE)
        # Fetching has threads of its own: names looked up, hosts tried in turn and bytes that trickle have no common
        # time limit, but the caller's patience has.
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="playback")

    def address(self, recording_sid: str, lang: str) -> str:
        """Where the provider hears this recording for the next ten minutes."""
        token = self._keys.lock(json.dumps([recording_sid, lang, int(time.time()) + TOKEN_SECONDS]).encode())
        return f"{self._base}/voice/playback?t={urlsafe_b64encode(token).decode()}"

    def serve(self, token: str) -> Response:
        """The sound behind a token; 404 for a token that is not ours or too old."""
        try:
            recording_sid, lang, until = json.loads(self._keys.unlock(urlsafe_b64decode(token)))
        except (CannotOpen, ValueError):
            until = 0
        if until < time.time():
            return Response("no such sound\n", 404, mimetype="text/plain")
        sound = self._fetch(recording_sid) if recording_sid else None
        if sound is None:
            prompt = self._prompts.get("cannot_play_yet", lang)
            sound = (prompt.sound or SILENCE).read_bytes()
        return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    def _fetch(self, recording_sid: str) -> bytes | None:
        """The sound, or None when it cannot be had in time."""
        if not self._places.acquire(blocking=False):
            return None
        fetching = self._hands.submit(self._ask, recording_sid, time.monotonic() + PATIENCE_SECONDS)
        fetching.add_done_callback(lambda _: self._places.release())
        try:
            return fetching.result(PATIENCE_SECONDS)
        except (ProviderFault, TimeoutError):
            return None

    def _ask(self, recording_sid: str, deadline: float) -> bytes:
        """Ask until it is ready, or until the deadline has passed: then it is a ProviderFault."""
        while True:
            try:
                return self._telephony.recording(recording_sid, deadline - time.monotonic())
            except NotReady:
                time.sleep(AGAIN_SECONDS)
