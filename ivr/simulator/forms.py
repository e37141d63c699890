"""The parameters of Twilio's webhooks, as captured from real traffic; empty ones included. PURE.

Never does: sign or send them.
"""

import math
from datetime import datetime, timedelta
from email.utils import format_datetime

from ivr.simulator.store import ABSENT_CODE


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
