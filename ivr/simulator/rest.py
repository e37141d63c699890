"""The part of Twilio's REST API that a hotline uses, as a function of a request: same paths, shapes and refusals.

Paths below /2010-04-01/Accounts/{AC}: Recordings, Calls, IncomingPhoneNumbers, the account
itself; Messages in rest_messages.py.
Never does: read a socket (provider.py does), or grant what Twilio would refuse.
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

from ivr.simulator.mailbox import KeptMedia
from ivr.simulator.replies import MESSAGES, ROOT, Reply, in_time, json_reply, page_of, refusal, snake, written_time
from ivr.simulator.rest_messages import MessagesApi
from ivr.simulator.store import ABSENT_CODE, KeptCall, KeptNumber, KeptRecording, Store

NUMBER_SETTINGS = (
    "VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "StatusCallback", "StatusCallbackMethod",
    "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod", "FriendlyName",
)  # fmt: skip


def _no_storage(media: KeptMedia) -> str:
    return f"https://mms.twiliocdn.com/{media.sid}"


class RestApi:
    """Answers requests of one account out of its store."""

    def __init__(self, store: Store, account_sid: str, link: Callable[[KeptMedia], str] = _no_storage) -> None:
        self.store = store
        self.account_sid = account_sid
        self.root = f"{ROOT}/{account_sid}"
        self.messages = MessagesApi(store, account_sid, self.root, link)

    def answer(self, method: str, path: str, query: str, form: dict[str, str]) -> Reply:
        """The reply to an authenticated request; `path` without the query."""
        as_json = path.endswith(".json")
        plain = re.sub(r"\.(json|wav)$", "", path)
        fields = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        reply: Reply | None = None
        if plain == self.root and method == "GET":
            reply = json_reply(
                {"sid": self.account_sid, "friendly_name": "Simulator", "status": "active", "type": "Full"}
            )
        elif match := re.fullmatch(rf"{self.root}/Recordings/(RE[0-9a-f]{{32}})", plain):
            reply = self._recording(method, match[1], as_json)
        elif match := re.fullmatch(rf"{self.root}(?:/Calls/(CA[0-9a-f]{{32}}))?/Recordings", plain):
            if method == "GET" and as_json:
                reply = self._recordings(path, {**fields, **({"CallSid": match[1]} if match[1] else {})})
        elif match := re.fullmatch(rf"{self.root}/Calls/(CA[0-9a-f]{{32}})", plain):
            reply = self._call(method, match[1], as_json)
        elif match := re.fullmatch(rf"{self.root}/IncomingPhoneNumbers(?:/(PN[0-9a-f]{{32}}))?", plain):
            reply = self._number(method, match[1], path, fields, form)
        elif path.startswith(f"{self.root}/Messages"):
            reply = self.messages.answer(method, path, fields, form)
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
            return json_reply(self._recording_data(recording))
        if not self.store.is_ready(recording):
            return None
        return Reply(200, recording.wav, "audio/x-wav")

    def _recordings(self, path: str, fields: dict[str, str]) -> Reply:
        found = [
            recording
            for recording in self.store.recordings.values()
            if recording.erased_at is None
            and fields.get("CallSid") in (None, recording.call_sid)
            and in_time(recording.started, fields, "DateCreated")
        ]
        found.sort(key=lambda recording: recording.started, reverse=True)
        return page_of(path, "recordings", [self._recording_data(one) for one in found], fields)

    def _call(self, method: str, sid: str, as_json: bool) -> Reply | None:
        call = self.store.calls.get(sid)
        if call is None or call.erased_at is not None:
            return None
        if method == "GET":
            return json_reply(self._call_data(call))
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
            return page_of(path, "incoming_phone_numbers", [self._number_data(one) for one in numbers], fields)
        number = self.store.numbers.get(sid)
        if number is None or method not in ("GET", "POST"):
            return None
        for name, value in form.items() if method == "POST" else ():
            if name in NUMBER_SETTINGS:
                if name.endswith(("Url", "Callback")) and value and not re.match(r"https?://[^/\s]+", value):
                    return refusal(400, 21502, f"{name} is not valid: {value}", as_json=True)
                number.settings[name] = value
        return json_reply(self._number_data(number))

    def _recording_data(self, recording: KeptRecording) -> dict[str, object]:
        status = "completed" if self.store.is_ready(recording) else "processing"
        uri = f"{self.root}/Recordings/{recording.sid}"
        return {
            "sid": recording.sid, "account_sid": self.account_sid, "call_sid": recording.call_sid,
            "conference_sid": None, "api_version": "2010-04-01", "channels": 1, "source": "RecordVerb",
            "status": "absent" if recording.absent else status, "duration": str(recording.seconds),
            "error_code": ABSENT_CODE if recording.absent else None, "price": None, "price_unit": "USD",
            "start_time": written_time(recording.started), "date_created": written_time(recording.started),
            "date_updated": written_time(recording.started), "encryption_details": None, "uri": uri + ".json",
            "media_url": "https://api.twilio.com" + uri, "subresource_uris": {},
        }  # fmt: skip

    def _call_data(self, call: KeptCall) -> dict[str, object]:
        return {
            "sid": call.sid, "account_sid": self.account_sid, "from": call.caller, "to": call.called,
            "direction": "inbound", "status": call.status, "duration": str(call.seconds) if call.ended else None,
            "start_time": written_time(call.started), "end_time": written_time(call.ended) if call.ended else None,
            "date_created": written_time(call.started), "date_updated": written_time(call.ended or call.started),
            "api_version": "2010-04-01", "price": None, "price_unit": "USD",
            "uri": f"{self.root}/Calls/{call.sid}.json",
            "subresource_uris": {"recordings": f"{self.root}/Calls/{call.sid}/Recordings.json"},
        }  # fmt: skip

    def _number_data(self, number: KeptNumber) -> dict[str, object]:
        settings = {snake(name): number.settings.get(name, "") for name in NUMBER_SETTINGS}
        for name in [name for name in settings if name.endswith("_method")]:
            settings[name] = settings[name] or "POST"
        return {
            "sid": number.sid, "account_sid": self.account_sid, "phone_number": number.number,
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False}, "api_version": "2010-04-01",
            "uri": f"{self.root}/IncomingPhoneNumbers/{number.sid}.json", **settings,
        }  # fmt: skip
