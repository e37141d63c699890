"""The parameters of Twilio's webhooks, as captured from real traffic; empty ones included. PURE.

Never does: sign or send them.
"""

import json
import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from ivr.channels.segments import size_of
from ivr.simulator.store import ABSENT_CODE

_GEO = ("City", "State", "Zip", "Country")


def call_form(account_sid: str, call_sid: str, caller: str, called: str, status: str) -> dict[str, str]:
    """What every webhook of a call carries."""
    fields = {
        "CallSid": call_sid, "AccountSid": account_sid, "From": caller, "To": called, "Caller": caller,
        "Called": called, "CallStatus": status, "ApiVersion": "2010-04-01", "Direction": "inbound",
    }  # fmt: skip
    for side in ("From", "To", "Caller", "Called"):
        country = "LS" if fields[side].startswith("+266") else "IN"
        fields |= {f"{side}City": "", f"{side}State": "", f"{side}Zip": "", f"{side}Country": country}
    return fields


def ended_form(call: dict[str, str], begun: datetime, seconds: float) -> dict[str, str]:
    """The number's status callback, from the call's form with its last status."""
    whole = math.ceil(seconds)
    return call | {
        "CallDuration": str(whole), "Duration": str(math.ceil(whole / 60)), "SequenceNumber": "0",
        "Timestamp": format_datetime(begun + timedelta(seconds=whole)), "SipResponseCode": "200",
        "CallbackSource": "call-progress-events",
    }  # fmt: skip


def recording_form(
    account_sid: str, call_sid: str, recording_sid: str, url: str, started: datetime, seconds: int, *, absent: bool
) -> dict[str, str]:
    """The recording status callback. It has no From and no To."""
    return {
        "RecordingSource": "RecordVerb", "RecordingSid": recording_sid, "RecordingUrl": url,
        "RecordingStatus": "absent" if absent else "completed", "RecordingChannels": "1",
        "ErrorCode": str(ABSENT_CODE) if absent else "0", "CallSid": call_sid,
        "RecordingStartTime": format_datetime(started), "AccountSid": account_sid, "RecordingDuration": str(seconds),
    }  # fmt: skip


def sms_form(account_sid: str, sid: str, sender: str, receiver: str, body: str) -> dict[str, str]:
    """The webhook of an SMS (or MMS), without its media."""
    fields = _message_form(account_sid, sid, sender, receiver, body)
    for side in ("To", "From"):
        fields |= {side + part: "IN" if part == "Country" else "" for part in _GEO}
    return fields


def whatsapp_form(
    account_sid: str, sid: str, sender: str, receiver: str, body: str, *, profile: str, kind: str
) -> dict[str, str]:
    """The webhook of a WhatsApp message, without its media. `kind`: text, image, video, audio, location ..."""
    digits = sender.removeprefix("whatsapp:+")
    context = {"type": "whatsapp", "data": {"context": {"ProfileName": profile, "WaId": digits}}}
    return _message_form(account_sid, sid, sender, receiver, body) | {
        "ProfileName": profile, "WaId": digits, "MessageType": kind, "ChannelMetadata": json.dumps(context),
        "ReferralNumMedia": "0",
    }  # fmt: skip


def media_fields(account_sid: str, message_sid: str, media: list[tuple[str, str]]) -> dict[str, str]:
    """The parameters of a message's files: (media sid, type) each."""
    fields = {"NumMedia": str(len(media))}
    for number, (sid, content_type) in enumerate(media):
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{message_sid}/Media/{sid}"
        fields |= {f"MediaUrl{number}": "https://api.twilio.com" + path, f"MediaContentType{number}": content_type}
    return fields


def message_status_form(account_sid: str, sid: str, sender: str, receiver: str, status: str) -> dict[str, str]:
    """A status callback of a message that the hotline sent."""
    fields = {
        "MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "To": receiver, "From": sender,
        "AccountSid": account_sid, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    if receiver.startswith("whatsapp:"):
        fields |= {"ChannelToAddress": receiver, "ChannelPrefix": "whatsapp", "StructuredMessage": "false"}
        fields |= {"EventType": status.upper()} if status in ("delivered", "read") else {}
    elif status == "delivered":
        fields["RawDlrDoneDate"] = datetime.now(UTC).strftime("%y%m%d%H%M")
    return fields


def _message_form(account_sid: str, sid: str, sender: str, receiver: str, body: str) -> dict[str, str]:
    return {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": account_sid, "From": sender,
        "To": receiver, "Body": body, "NumMedia": "0", "NumSegments": str(size_of(body).segments),
        "SmsStatus": "received", "ApiVersion": "2010-04-01",
    }  # fmt: skip
