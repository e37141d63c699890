"""Messages as Twilio posts them, signed as Twilio's own library signs them, and the texts of the answers."""

import html
import itertools
import re
from urllib.parse import urlencode

from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from settings import Settings
from tests.ivr.posting import ACCOUNT, CALLER, TOKEN

HOTLINE = "+911800000000"
_SIDS = itertools.count(1)


def a_message(n: int | None = None) -> str:
    return f"SM{next(_SIDS) if n is None else n:032x}"


def a_file(n: int = 1, media_type: str = "image/jpeg", place: int = 0) -> dict[str, str]:
    """The parameters of a file that came with a message."""
    return {
        f"MediaUrl{place}": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{n:032x}/Media/ME{n:032x}",
        f"MediaContentType{place}": media_type,
    }


class Writer:
    """Somebody who writes to the hotline."""

    def __init__(self, app: Flask, settings: Settings, number: str = CALLER, channel: str = "sms") -> None:
        self._client = app.test_client()
        self._base = settings.public_url
        self._signs = RequestValidator(TOKEN)
        self._address = f"whatsapp:{number}" if channel == "whatsapp" else number

    def form(self, body: str, **more: str) -> dict[str, str]:
        """What Twilio sends; a value "(absent)" leaves the parameter out."""
        sid = more.get("MessageSid") or a_message()
        always = {
            "ToCountry": "IN", "ToState": "", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "FromZip": "",
            "SmsSid": sid, "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": body, "FromCountry": "IN",
            "To": HOTLINE, "ToZip": "", "NumSegments": "1", "MessageSid": sid, "AccountSid": ACCOUNT,
            "From": self._address, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return {name: value for name, value in (always | more).items() if value != "(absent)"}

    def post(self, path: str, form: dict[str, str], *, signature: str | None = None) -> TestResponse:
        """One webhook."""
        signed = self._signs.compute_signature(self._base + path, form) if signature is None else signature
        return self._client.post(
            path, data=urlencode(form), content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signed},
        )  # fmt: skip

    def write(self, body: str, **more: str) -> list[str]:
        """Send a message; the texts of the answer."""
        answer = self.post("/messages", self.form(body, **more))
        assert answer.status_code == 200 and answer.mimetype == "text/xml"
        return said(answer)


def said(answer: TestResponse) -> list[str]:
    """The texts of an answer."""
    return [html.unescape(body) for body in re.findall(r"<Body>(.*?)</Body>", answer.get_data(as_text=True))]
