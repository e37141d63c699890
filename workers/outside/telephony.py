"""The telephone provider's REST API (Twilio): fetch and erase what it holds of informants, set a number's webhooks.

Ids are checked before they become part of an address. Every request has a time limit; every error is a ProviderFault
whose message holds no id, number or answer of the provider, so that it may be logged and kept.
Never does: retry (the queue and the sweep do), log, or load the provider's library before it is needed.
"""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests

from settings import Settings
from workers.outside.download import ANSWER_SECONDS, DOWNLOAD_SECONDS, Downloads, Limit
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

BYTES_A_SECOND = 16_000  # 8 kHz, 16 bit, mono
HEADER_ROOM = 65_536
_SID = {
    "recording": re.compile(r"RE[0-9a-f]{32}"),
    "answer": re.compile(r"RE[0-9a-f]{32}"),
    "call": re.compile(r"CA[0-9a-f]{32}"),
    "message": re.compile(r"(?:SM|MM)[0-9a-f]{32}"),
    "reply": re.compile(r"(?:SM|MM)[0-9a-f]{32}"),
    "media": re.compile(r"ME[0-9a-f]{32}"),
}
_API = "https://api.twilio.com"
# What a number of ours calls; the latter two only if it takes messages.
WEBHOOKS = ("voice_url", "voice_fallback_url", "status_callback", "sms_url", "sms_fallback_url")


class Telephony:
    """The provider's account named in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.twilio_api_url
        self._account = settings.twilio_account_sid
        self._token = settings.twilio_auth_token
        self._longest = Limit(
            settings.max_recording_seconds * BYTES_A_SECOND + HEADER_ROOM,
            "the recording is longer than HOTLINE_MAX_RECORDING_SECONDS allows",
        )
        self._largest_file = Limit(
            settings.max_media_mb * 1024 * 1024, "the file is larger than HOTLINE_MAX_MEDIA_MB allows"
        )
        self._downloads = Downloads(self._base, self._account, self._token.get_secret_value())
        self._client: Client | None = None
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # its finer lines hold addresses with ids

    # --- content
    def recording(self, sid: str, seconds: float = DOWNLOAD_SECONDS) -> bytes:
        """The WAV bytes of a recording, as many as announced, within so many `seconds`. Raises ProviderFault."""
        url = self._address(f"Recordings/{_checked('recording', sid)}.wav")
        return self._downloads.fetch(url, self._longest, seconds)

    def media(self, message_sid: str, media_sid: str) -> bytes:
        """The bytes of a file that came with a message, as they were sent. Raises ProviderFault."""
        message, media = _checked("message", message_sid), _checked("media", media_sid)
        return self._downloads.fetch(self._address(f"Messages/{message}/Media/{media}"), self._largest_file)

    def _address(self, path: str) -> str:
        return f"{self._base}/2010-04-01/Accounts/{self._account_sid()}/{path}"

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

    def recent_messages(self, number: str, since: datetime) -> list[dict[str, Any]]:
        """Messages to and from one address (+91..., whatsapp:+91...) sent at or after `since`, oldest first: sid,
        inbound (bool), is_reply (bool), body, media (how many), created (UTC). Other people's numbers are left out."""
        messages = self._rest().messages
        found = [
            *messages.list(to=number, date_sent_after=since, page_size=1000),
            *messages.list(from_=number, date_sent_after=since, page_size=1000),
        ]
        written = sorted((_written(one) for one in found), key=lambda one: one["created"])
        return [one for one in written if one["created"] >= since]

    def media_of_message(self, sid: str) -> list[dict[str, str]]:
        """The files that came with a message, in their order: sid, type (as the sender's side called it)."""
        found = self._rest().messages(_checked("message", sid)).media.list(page_size=100)
        found.sort(key=lambda one: one.date_created or datetime.now(UTC))
        return [{"sid": str(one.sid), "type": str(one.content_type or "")[:100]} for one in found]

    def erase(self, kind: str, sid: str, parent: str | None = None) -> bool:
        """Erase a recording (or answer), call, message, reply or media (`parent`: its message); False when this account
        does not know (any more) what to erase. Raises ProviderFault."""
        if kind not in _SID:
            raise Damaged(f"nobody knows how to erase a {kind}")
        rest, sid = self._rest(), _checked(kind, sid)
        try:
            if kind in ("recording", "answer"):
                rest.recordings(sid).delete()
            elif kind == "call":
                rest.calls(sid).delete()
            elif kind == "media":
                rest.messages(_checked("message", parent or "")).media(sid).delete()
            else:
                rest.messages(sid).delete()
        except NotReady:
            return False
        return True

    # --- the number
    def webhooks(self, number: str) -> dict[str, str] | None:
        """The addresses set at a number of ours (WEBHOOKS -> address, "" where none is set); None: not ours."""
        one = self._number(number)
        return None if one is None else {name: getattr(one, name, None) or "" for name in _webhooks_of(one)}

    def set_webhooks(self, number: str, addresses: Mapping[str, str]) -> bool:
        """Point a number's webhooks (WEBHOOKS -> address) at us, all by POST; False: the account has no such number.

        Those for messages are left alone on a number that can only be called.
        """
        one = self._number(number)
        if one is None:
            return False
        wanted = {name: address for name, address in addresses.items() if name in _webhooks_of(one)}
        methods = {f"{name.removesuffix('_url')}_method": "POST" for name in wanted}
        one.update(**wanted, **methods)
        return True

    def _number(self, number: str) -> Any:
        found = self._rest().incoming_phone_numbers.list(phone_number=number, limit=1)
        return found[0] if found else None

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


def _webhooks_of(number: Any) -> tuple[str, ...]:
    can = getattr(number, "capabilities", None) or {}
    only_voice = isinstance(can, Mapping) and can.get("sms", can.get("SMS", True)) is False
    return tuple(name for name in WEBHOOKS if not (only_voice and name.startswith("sms_")))


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


def _written(one: Any) -> dict[str, Any]:
    created = one.date_sent or one.date_created or datetime.now(UTC)
    direction = str(one.direction or "")
    return {
        "sid": str(one.sid),
        "inbound": direction == "inbound",
        "is_reply": direction == "outbound-reply",
        "body": str(one.body or ""),
        "media": int(one.num_media) if str(one.num_media or "").isdigit() else 0,
        "created": created if created.tzinfo else created.replace(tzinfo=UTC),
    }
