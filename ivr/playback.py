"""The caller hears the own recording before sending it.

The address carries a token locked by us, because the provider does not sign what it fetches for <Play>; to anybody else
(a proxy's log) it names no recording. A recording
that is not ready yet is replaced by a few words: a <Play> that fails would end the call.
Never does: keep the sound, or fetch anything but a recording id that this hotline itself wrote into the token.
"""

import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from flask import Response

from ivr.channels.prompts import Prompts
from models.secrecy import CannotOpen, Keys
from settings import Settings
from workers.outside.telephony import NotReady, ProviderFault, Telephony

TOKEN_SECONDS = 600
AT_ONCE = 2  # in one process
PATIENCE_SECONDS = 5.0  # the provider waits 15 s for a sound
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
        sound = None
        if recording_sid and self._places.acquire(blocking=False):
            try:
                sound = self._fetch(recording_sid)
            finally:
                self._places.release()
        if sound is None:
            prompt = self._prompts.get("cannot_play_yet", lang)
            sound = (prompt.sound or SILENCE).read_bytes()
        return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    def _fetch(self, recording_sid: str) -> bytes | None:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._telephony.recording(recording_sid)
            except NotReady:
                if time.monotonic() > give_up:
                    return None
                time.sleep(0.4)
            except ProviderFault:
                return None
