"""SMS webhooks a second over a mix of what people write, against a bare Flask view under the same server, in the same
run.

    python -m benchmarks.messages [--database URL] [--seconds 8] [--rounds 3]

In turns: a tip in one Hindi message, a dialogue in English that begins with a keyword, and a question what became of a
tip; and with every answer of ours the provider's news of it. Every person is a new one. Measured and printed as in
benchmarks.webhooks.
Never does: assert anything.
"""

from collections.abc import Iterator

from benchmarks.webhooks import ACCOUNT, main, signing
from models.database import Database, now
from models.lifecycle import Status
from models.secrecy import load_keys
from models.tip import Tip
from settings import Settings

HOTLINE = "+911800000000"
CODE = "24681357"  # of the one tip that is asked about

# What one person writes, in order.
PEOPLE = (
    ("नौबस्ता कानपुर में स्कूल के पीछे रोज शाम को चरस बिकती है",),
    ("GAMBLING", "Naubasta, behind the closed oil mill", "since two weeks, every evening", "DONE"),
    (f"STATUS {CODE[:4]} {CODE[4:]}",),
)


def requests(base: str, start: int) -> Iterator[bytes]:
    """Signed requests as bytes, person after person, without end."""
    sign, n, sid = signing(base), start, start * 100
    while True:
        n += 1
        number = f"+9198{n % 10**8:08d}"
        for body in PEOPLE[n % len(PEOPLE)]:
            sid += 2
            yield sign("/messages", _message(f"SM{sid:032x}", number, body))
            yield sign("/messages/status", _news(f"SM{sid + 1:032x}", number))


def _message(sid: str, number: str, body: str) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Body": body, "From": number, "FromCity": "",
        "FromCountry": "IN", "FromState": "", "FromZip": "", "MessageSid": sid, "NumMedia": "0", "NumSegments": "1",
        "SmsMessageSid": sid, "SmsSid": sid, "SmsStatus": "received", "To": HOTLINE, "ToCity": "", "ToCountry": "IN",
        "ToState": "", "ToZip": "",
    }  # fmt: skip


def _news(sid: str, number: str) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "From": HOTLINE, "MessageSid": sid, "MessageStatus": "sent",
        "SmsSid": sid, "SmsStatus": "sent", "To": number,
    }  # fmt: skip


def lay_tip(settings: Settings) -> None:
    """The tip that is asked about."""
    moment, code = now().replace(minute=0, second=0, microsecond=0), load_keys(settings.keys).code_hash(CODE)
    database = Database(settings.database)
    with database.session() as session:
        session.add(Tip(status=Status.WORKING, channel="sms", language="hi", received_hour=moment, code_hash=code))
    database.dispose()


if __name__ == "__main__":
    main(requests, __doc__, lay_tip)
