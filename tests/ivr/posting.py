"""Single webhooks, signed as Twilio's own library signs them, for tests that need them out of order or malformed.

Whole calls belong to ivr.simulator, which obeys the TwiML it is given; this only posts.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from settings import Settings

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32
CALLER = "+919876543210"


def a_call(n: int = 1) -> str:
    return f"CA{n:032x}"


def a_recording(n: int = 1) -> str:
    return f"RE{n:032x}"


class Poster:
    """Posts what Twilio would post for one call."""

    def __init__(self, app: Flask, settings: Settings, call: str, number: str = CALLER) -> None:
        self._client = app.test_client()
        self._base = settings.public_url
        self._signs = RequestValidator(TOKEN)
        self.call = call
        self.number = number

    def form(self, **more: str) -> dict[str, str]:
        always = {
            "CallSid": self.call, "AccountSid": ACCOUNT, "From": self.number, "To": "+911800000000",
            "Caller": self.number, "Called": "+911800000000", "CallStatus": "in-progress", "ApiVersion": "2010-04-01",
            "Direction": "inbound", "FromCity": "", "FromState": "", "FromZip": "", "FromCountry": "IN",
        }  # fmt: skip
        return {name: value for name, value in (always | more).items() if value != "(absent)"}

    def post(self, path: str, *, signature: str | None = None, **more: str) -> TestResponse:
        form = self.form(**more)
        signed = self._signs.compute_signature(self._base + path, form)
        headers: dict[str, Any] = {"X-Twilio-Signature": signed if signature is None else signature}
        if signature == "(absent)":
            headers = {}
        return self._client.post(
            path, data=urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers
        )

    # --- the webhooks of a whole call, by name
    def told(self, take: int = 1, recording: str | None = None, seconds: int = 9, keys: str = "#", **more: str):  # type: ignore[no-untyped-def]
        return self.post(
            f"/voice/told?turn=2&take={take}", RecordingSid=recording or a_recording(), Digits=keys,
            RecordingUrl=f"https://api.twilio.com/x/Recordings/{recording or a_recording()}",
            RecordingDuration=str(seconds), **more,
        )  # fmt: skip

    def recording_ready(self, take: int = 1, recording: str | None = None):  # type: ignore[no-untyped-def]
        return self.post(
            f"/voice/recording?turn=2&take={take}", RecordingSid=recording or a_recording(), RecordingDuration="9",
            RecordingStatus="completed", RecordingSource="RecordVerb", RecordingChannels="1", ErrorCode="0",
            From="(absent)", To="(absent)", Caller="(absent)", Called="(absent)", CallStatus="(absent)",
        )  # fmt: skip

    def answer(self, step: str, keys: str, query: str = ""):  # type: ignore[no-untyped-def]
        return self.post(f"/voice/{step}?take=1{query}", Digits=keys, msg="Gather End")

    def over(self):  # type: ignore[no-untyped-def]
        return self.post("/voice/status", CallStatus="completed", CallDuration="60", SequenceNumber="0")


def a_whole_call(caller: Poster) -> list:  # type: ignore[type-arg]
    """Every webhook of a call in which all is told, in order, each to be posted when a test likes."""
    return [
        lambda: caller.post("/voice", CallStatus="ringing"),
        lambda: caller.answer("language", "1"),
        lambda: caller.answer("main", "1", "&turn=1"),
        lambda: caller.told(),
        lambda: caller.recording_ready(),
        lambda: caller.answer("review", "1", "&turn=3"),
        lambda: caller.answer("kinds", "1", "&turn=4"),
        lambda: caller.answer("kind", "2", "&turn=5&menu=1"),
        lambda: caller.answer("place", "208005", "&turn=6"),
        lambda: caller.answer("place_check", "1", "&turn=7&pin=208005"),
        lambda: caller.answer("follow_up", "1", "&turn=8"),
        lambda: caller.answer("code", "", "&turn=9"),
        lambda: caller.over(),
    ]
