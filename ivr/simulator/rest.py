"""The part of Twilio's REST API that a hotline uses, as a function of a request: same paths, shapes and refusals.

Paths below /2010-04-01/Accounts/{AC}: Recordings, Calls, IncomingPhoneNumbers, the account itself.
Never does: read a socket (provider.py does), or grant what Twilio would refuse.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from ivr.simulator.store import ABSENT_CODE, KeptCall, KeptNumber, KeptRecording, Store

ROOT = "/2010-04-01/Accounts"
PAGE_SIZE, LARGEST_PAGE = 50, 1000
MESSAGES = {20003: "Authenticate", 20404: "The requested resource {path} was not found", 20429: "Too Many Requests"}
NUMBER_SETTINGS = (
    "VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "StatusCallback", "StatusCallbackMethod",
    "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod", "FriendlyName",
)  # fmt: skip


@dataclass
class Reply:
    """An answer before it goes on the wire."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def refusal(status: int, code: int, message: str, *, as_json: bool) -> Reply:
    """An error body in Twilio's shape: JSON for .json addresses, XML for all others."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    if as_json:
        body = json.dumps({"code": code, "message": message, "more_info": more, "status": status}).encode()
        return Reply(status, body)
    xml = (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException>"
        f"<Code>{code}</Code><Message>{escape(message)}</Message><MoreInfo>{more}</MoreInfo>"
        f"<Status>{status}</Status></RestException></TwilioResponse>"
    )
    return Reply(status, xml.encode(), "application/xml")


def _json(data: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(data).encode(), "application/json;charset=utf-8")


class RestApi:
    """Answers requests of one account out of its store."""

    def __init__(self, store: Store, account_sid: str) -> None:
        self.store = store
        self.account_sid = account_sid
        self.root = f"{ROOT}/{account_sid}"

    def answer(self, method: str, path: str, query: str, form: dict[str, str]) -> Reply:
        """The reply to an authenticated request; `path` without the query."""
        as_json = path.endswith(".json")
        plain = re.sub(r"\.(json|wav)$", "", path)
        fields = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        reply: Reply | None = None
        if plain == self.root and method == "GET":
            reply = _json({"sid": self.account_sid, "friendly_name": "Simulator", "status": "active", "type": "Full"})
        elif match := re.fullmatch(rf"{self.root}/Recordings/(RE[0-9a-f]{{32}})", plain):
            reply = self._recording(method, match[1], as_json)
        elif match := re.fullmatch(rf"{self.root}(?:/Calls/(CA[0-9a-f]{{32}}))?/Recordings", plain):
            if method == "GET" and as_json:
                reply = self._recordings(path, {**fields, **({"CallSid": match[1]} if match[1] else {})})
        elif match := re.fullmatch(rf"{self.root}/Calls/(CA[0-9a-f]{{32}})", plain):
            reply = self._call(method, match[1], as_json)
        elif match := re.fullmatch(rf"{self.root}/IncomingPhoneNumbers(?:/(PN[0-9a-f]{{32}}))?", plain):
            reply = self._number(method, match[1], path, fields, form)
        return reply or refusal(404, 20404, MESSAGES[20404].format(path=path), as_json=as_json)

    def _recording(self, method: str, sid: str, as_json: bool) -> Reply | None:
        recording = self.store.recordings.get(sid)
        if recording is None or recording.erased_at is not None:
            return None
        if method == "DELETE":
            self.store.erase(recording)
            return Reply(204)
        if method != "GET":
            return None
        if as_json:
            return _json(self._recording_data(recording))
        if not self.store.is_ready(recording):
            return None
        return Reply(200, recording.wav, "audio/x-wav")

    def _recordings(self, path: str, fields: dict[str, str]) -> Reply:
        found = [
            recording
            for recording in self.store.recordings.values()
            if recording.erased_at is None
            and fields.get("CallSid") in (None, recording.call_sid)
            and _in_time(recording.started, fields, "DateCreated")
        ]
        found.sort(key=lambda recording: recording.started, reverse=True)
        return self._page(path, "recordings", [self._recording_data(one) for one in found], fields)

    def _call(self, method: str, sid: str, as_json: bool) -> Reply | None:
        call = self.store.calls.get(sid)
        if call is None or call.erased_at is not None:
            return None
        if method == "GET":
            return _json(self._call_data(call))
        if method != "DELETE":
            return None
        if call.ended is None:
            return refusal(409, 20009, "Call is still in progress and cannot be deleted", as_json=as_json)
        self.store.erase(call)
        return Reply(204)

    def _number(
        self, method: str, sid: str | None, path: str, fields: dict[str, str], form: dict[str, str]
    ) -> Reply | None:
        if sid is None:
            if method != "GET":
                return None
            wanted = fields.get("PhoneNumber", "").replace(" ", "+")
            numbers = [one for one in self.store.numbers.values() if wanted in one.number]
            return self._page(path, "incoming_phone_numbers", [self._number_data(one) for one in numbers], fields)
        number = self.store.numbers.get(sid)
        if number is None or method not in ("GET", "POST"):
            return None
        for name, value in form.items() if method == "POST" else ():
            if name in NUMBER_SETTINGS:
                if name.endswith(("Url", "Callback")) and value and not re.match(r"https?://[^/\s]+", value):
                    return refusal(400, 21502, f"{name} is not valid: {value}", as_json=True)
                number.settings[name] = value
        return _json(self._number_data(number))

    def _page(self, path: str, name: str, rows: list[dict[str, object]], fields: dict[str, str]) -> Reply:
        written = [fields.get("PageSize") or str(PAGE_SIZE), fields.get("Page") or "0"]
        if not all(number.isdigit() for number in written):
            return refusal(400, 20001, "Page and PageSize must be whole numbers", as_json=True)
        size, page = min(max(int(written[0]), 1), LARGEST_PAGE), int(written[1])
        part = rows[page * size : (page + 1) * size]

        def uri(number: int) -> str:
            return f"{path}?{urlencode({**fields, 'PageSize': size, 'Page': number})}"

        more = (page + 1) * size < len(rows)
        return _json(
            {
                name: part, "page": page, "page_size": size, "start": page * size,
                "end": page * size + max(len(part) - 1, 0), "uri": uri(page), "first_page_uri": uri(0),
                "next_page_uri": uri(page + 1) + f"&PageToken=PA{name}{page + 1}" if more else None,
                "previous_page_uri": uri(page - 1) if page else None,
            }
        )  # fmt: skip

    def _recording_data(self, recording: KeptRecording) -> dict[str, object]:
        status = "completed" if self.store.is_ready(recording) else "processing"
        uri = f"{self.root}/Recordings/{recording.sid}"
        return {
            "sid": recording.sid, "account_sid": self.account_sid, "call_sid": recording.call_sid,
            "conference_sid": None, "api_version": "2010-04-01", "channels": 1, "source": "RecordVerb",
            "status": "absent" if recording.absent else status, "duration": str(recording.seconds),
            "error_code": ABSENT_CODE if recording.absent else None, "price": None, "price_unit": "USD",
            "start_time": _time(recording.started), "date_created": _time(recording.started),
            "date_updated": _time(recording.started), "encryption_details": None, "uri": uri + ".json",
            "media_url": "https://api.twilio.com" + uri, "subresource_uris": {},
        }  # fmt: skip

    def _call_data(self, call: KeptCall) -> dict[str, object]:
        return {
            "sid": call.sid, "account_sid": self.account_sid, "from": call.caller, "to": call.called,
            "direction": "inbound", "status": call.status, "duration": str(call.seconds) if call.ended else None,
            "start_time": _time(call.started), "end_time": _time(call.ended) if call.ended else None,
            "date_created": _time(call.started), "date_updated": _time(call.ended or call.started),
            "api_version": "2010-04-01", "price": None, "price_unit": "USD",
            "uri": f"{self.root}/Calls/{call.sid}.json",
            "subresource_uris": {"recordings": f"{self.root}/Calls/{call.sid}/Recordings.json"},
        }  # fmt: skip

    def _number_data(self, number: KeptNumber) -> dict[str, object]:
        settings = {_snake(name): number.settings.get(name, "") for name in NUMBER_SETTINGS}
        for name in [name for name in settings if name.endswith("_method")]:
            settings[name] = settings[name] or "POST"
        return {
            "sid": number.sid, "account_sid": self.account_sid, "phone_number": number.number,
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False}, "api_version": "2010-04-01",
            "uri": f"{self.root}/IncomingPhoneNumbers/{number.sid}.json", **settings,
        }  # fmt: skip


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _time(moment: datetime) -> str:
    return format_datetime(moment)


def _in_time(moment: datetime, fields: dict[str, str], name: str) -> bool:
    # Twilio's own client sends a day or a moment as `DateCreated`, `DateCreated<` and `DateCreated>`, both inclusive.
    written = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    exact, before, after = (fields.get(name + sign, "") for sign in ("", "<", ">"))
    return (
        (not exact or written[: len(exact)] == exact)
        and (not before or written[: len(before)] <= before)
        and (not after or written[: len(after)] >= after)
    )
