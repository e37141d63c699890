"""The telephone provider's REST API (Twilio): fetch and erase recordings, erase call records, set a number's webhooks.

The account's key goes to the configured host only. Ids are checked before they become part of an address; no
address that came with a webhook is ever asked. Every request has a time limit; every error is a ProviderFault whose
message holds no id, number or answer of the provider, so that it may be logged and kept.
Never does: retry (the queue and the sweep do), log, or load the provider's library before it is needed.
"""

import logging
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

import requests

from settings import Settings
from workers.outside.refusals import (
    Damaged,
    NotReady,
    ProviderFault,
    Refused,
    StillInUse,
    TooLarge,
    Unavailable,
    fault_of,
    without_address,
)

if TYPE_CHECKING:
    from twilio.rest import Client

__all__ = ["Damaged", "NotReady", "ProviderFault", "Refused", "StillInUse", "Telephony", "TooLarge", "Unavailable"]

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
DOWNLOAD_SECONDS = 120
BYTES_A_SECOND = 16_000  # 8 kHz, 16 bit, mono
HEADER_ROOM = 65_536
_HOPS = 3
_SID = {"recording": re.compile(r"RE[0-9a-f]{32}"), "call": re.compile(r"CA[0-9a-f]{32}")}
_API = "https://api.twilio.com"


class Telephony:
    """The provider's account named in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.twilio_api_url
        self._account = settings.twilio_account_sid
        self._token = settings.twilio_auth_token
        self._limit = settings.max_recording_seconds * BYTES_A_SECOND + HEADER_ROOM
        self._client: Client | None = None
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # its finer lines hold addresses with ids

    # --- sound
    def recording(self, sid: str) -> bytes:
        """The WAV bytes of a recording, as many as announced. Raises ProviderFault."""
        url = f"{self._base}/2010-04-01/Accounts/{self._account_sid()}/Recordings/{_checked('recording', sid)}.wav"
        deadline = time.monotonic() + DOWNLOAD_SECONDS
        try:
            for _ in range(_HOPS):
                with self._get(url) as answer:
                    if not answer.is_redirect:
                        return self._body(answer, deadline)
                    url = urljoin(url, answer.headers["Location"])
        except requests.RequestException as fault:
            raise without_address(fault) from None
        except ValueError:
            raise Unavailable("the provider sent us to an address that is none") from None
        raise Unavailable("the provider sent us from one address to the next")

    def _get(self, url: str) -> requests.Response:
        ours, theirs = urlsplit(self._base), urlsplit(url)
        same_host = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
        if not same_host and theirs.scheme != "https" and ours.scheme == "https":
            raise Unavailable("the provider sent us to an address without TLS")
        session = requests.Session()
        session.trust_env = same_host  # a .netrc must not answer a foreign host either
        return session.get(
            url,
            auth=(self._account, self._token.get_secret_value()) if same_host else None,
            headers={"Accept-Encoding": "identity"},
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        )

    def _body(self, answer: requests.Response, deadline: float) -> bytes:
        if fault := fault_of(answer.status_code):
            raise fault
        announced = answer.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > self._limit:
            raise TooLarge("the recording is longer than HOTLINE_MAX_RECORDING_SECONDS allows")
        body = bytearray()
        for piece in answer.iter_content(65_536):
            body += piece
            if len(body) > self._limit:
                raise TooLarge("the recording is longer than HOTLINE_MAX_RECORDING_SECONDS allows")
            if time.monotonic() > deadline:
                raise Unavailable(f"the recording did not arrive within {DOWNLOAD_SECONDS} s")
        if announced.isdigit() and int(announced) != len(body):
            raise Damaged(f"{announced} bytes of sound were announced, {len(body)} came")
        return bytes(body)

    # --- what the provider holds
    def recording_info(self, sid: str) -> dict[str, Any]:
        """What the provider says of a recording, in the shape of recordings_of_call()."""
        return _described(self._rest().recordings(_checked("recording", sid)).fetch())

    def recordings_of_call(self, call_sid: str) -> list[dict[str, Any]]:
        """Recordings of one call, oldest first: sid, call_sid, status, source, seconds (int|None), created (UTC)."""
        found = self._rest().recordings.list(call_sid=_checked("call", call_sid), page_size=100)
        return sorted((_described(one) for one in found), key=lambda one: one["created"])

    def recent_recordings(self, since: datetime) -> list[dict[str, Any]]:
        """Recordings of the account made at or after `since`, oldest first, in the same shape."""
        found = self._rest().recordings.list(date_created_after=since, page_size=1000)
        all_of_them = sorted((_described(one) for one in found), key=lambda one: one["created"])
        return [one for one in all_of_them if one["created"] >= since]

    def number_called(self, call_sid: str) -> str | None:
        """Which of the account's numbers a call rang; None when the provider no longer knows the call."""
        try:
            return str(self._rest().calls(_checked("call", call_sid)).fetch().to)
        except NotReady:
            return None

    def erase(self, kind: Literal["recording", "call"] | str, sid: str) -> None:
        """Erase for good. An object the provider does not know counts as gone. Raises ProviderFault."""
        if kind not in _SID:
            raise Damaged(f"nobody knows how to erase a {kind}")
        there = self._rest().recordings if kind == "recording" else self._rest().calls
        try:
            there(_checked(kind, sid)).delete()
        except NotReady:
            return

    # --- the number
    def webhooks(self, number: str) -> dict[str, str] | None:
        """The addresses set at a number of ours (voice_url, voice_fallback_url, status_callback); None: not ours."""
        found = self._rest().incoming_phone_numbers.list(phone_number=number, limit=1)
        if not found:
            return None
        one = found[0]
        return {name: getattr(one, name) or "" for name in ("voice_url", "voice_fallback_url", "status_callback")}

    def set_webhooks(self, number: str, voice_url: str, fallback_url: str, status_url: str) -> bool:
        """Point a number's webhooks at us (all POST); False when the account has no such number."""
        found = self._rest().incoming_phone_numbers.list(phone_number=number, limit=1)
        if not found:
            return False
        found[0].update(
            voice_url=voice_url,
            voice_method="POST",
            voice_fallback_url=fallback_url,
            voice_fallback_method="POST",
            status_callback=status_url,
            status_callback_method="POST",
        )
        return True

    def warm_up(self) -> None:
        """Load the provider's library now (half a second), before many short-lived children would each do so."""
        if self._account:
            _ = (self._rest().recordings, self._rest().calls)

    def check(self) -> str:
        """The account's status at the provider ("active"); ProviderFault when the key or the network is wrong."""
        account = self._rest().api.v2010.accounts(self._account_sid()).fetch()
        return str(account.status)

    def _account_sid(self) -> str:
        if not re.fullmatch(r"AC[0-9a-zA-Z]{32}", self._account):
            raise Refused("TWILIO_ACCOUNT_SID is not set, or not of the form AC and 32 digits")
        return self._account

    def _rest(self) -> "Client":
        if self._client is None:
            self._client = _client(self._account_sid(), self._token.get_secret_value(), self._base)
        return self._client


def _client(account: str, token: str, base: str) -> "Client":
    from twilio.http.http_client import TwilioHttpClient
    from twilio.http.response import Response
    from twilio.rest import Client

    class ApiHost(TwilioHttpClient):  # type: ignore[misc]  # the library has no type marker
        """The library's own hook for another API host; here errors become ours before the library words them."""

        def request(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
            try:
                answer = super().request(method, url.replace(_API, base, 1), *rest, **named)
            except requests.RequestException as fault:
                raise without_address(fault) from None
            if refusal := fault_of(answer.status_code, answer.text):
                raise refusal
            if answer.status_code != 204 and not answer.text.lstrip().startswith("{"):
                raise Unavailable("the provider answered with something other than JSON")
            return answer

        def log_request(self, kwargs: Mapping[str, Any]) -> None:
            """Nothing: the library would log addresses with ids in them."""

        def log_response(self, status_code: int, response: object) -> None:
            """Nothing, for the same reason."""

    return Client(account, token, http_client=ApiHost(timeout=ANSWER_SECONDS))


def _checked(kind: str, sid: str) -> str:
    if not _SID[kind].fullmatch(sid):
        raise Damaged(f"not the id of a {kind}")
    return sid


def _described(one: Any) -> dict[str, Any]:
    created = one.start_time or one.date_created
    if created is None:
        created = datetime.now(UTC)
    return {
        "sid": one.sid,
        "call_sid": one.call_sid,
        "status": str(one.status or ""),
        "source": str(one.source or ""),
        "seconds": int(one.duration) if str(one.duration or "").isdigit() else None,
        "created": created if created.tzinfo else created.replace(tzinfo=UTC),
    }
