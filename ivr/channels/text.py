"""SMS and WhatsApp: hear() turns a webhook's parameters into a message, speak() texts into TwiML.

Of the parameters only those named here are read: never the profile's name, the WhatsApp id, or the place of a number.
No address that comes with a message is asked: of a file's address only the ids in its path are taken.
Never does: decide what is answered; put anything into TwiML that did not come from our own texts.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from twilio.twiml.messaging_response import Message as MessageVerb
from twilio.twiml.messaging_response import MessagingResponse

from ivr.channels import voice

SMS, WHATSAPP = "sms", "whatsapp"
MOST_MEDIA = 10
_SCALE = 1000  # three decimals of a degree: about 100 m, enough for a place and too coarse for a house
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_MEDIA_PATH = re.compile(
    r"/2010-04-01/Accounts/(AC[0-9a-zA-Z]{32})/Messages/((?:SM|MM)[0-9a-f]{32})/Media/(ME[0-9a-f]{32})(?:\.json)?"
)
_BEHIND = re.compile(r"[0-9]{1,2}|[A-Za-z]{1,12}")  # a number of a menu or a keyword; nothing else is taken for typed
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
# To these words the provider itself answers over SMS, and sends nothing of ours afterwards (or again).
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
START_WORDS = frozenset({"START", "UNSTOP"})
YES = "YES"  # likewise, but only of somebody who has stopped: to all others it is a word like any other


@dataclass(frozen=True, slots=True)
class Media:
    """One file of a message. `sid` is "" when its address is not one of ours at the provider: it is not fetched.
    `parent`: the id of the message under which the provider keeps it."""

    sid: str
    parent: str
    declared_type: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came. It lives no longer than the request.

    `sid`: the provider's id, "" when it sent none that is well formed; `claim`: what makes the message one and the
    same when it comes twice (the id, or a hash of all parameters). `number`: "" when it is withheld or not a person's
    (a short code, a name): such a sender gets no answer. `place`: (latitude, longitude), cut to about 100 m.
    `word`: "stop" or "start" when the provider answers this message itself, "yes" when it does so of one who has
    stopped, else "".
    """

    sid: str
    claim: str
    number: str
    channel: str
    body: str
    media: tuple[Media, ...]
    place: tuple[float, float] | None
    word: str


def hear(form: Mapping[str, str], account: str, api_url: str) -> Incoming:
    """The message in a webhook's parameters. Any form gives one; what is missing or odd is as if not sent."""
    sid = next((value for name in _SID_NAMES if MESSAGE_SID.fullmatch(value := form.get(name, ""))), "")
    sender = form.get("From", "").strip()
    channel = WHATSAPP if sender.lower().startswith("whatsapp:") else SMS
    number = sender[len("whatsapp:") :] if channel == WHATSAPP else sender
    number = voice.caller({"From": number})
    if not _NUMBER.fullmatch(number) or number == form.get("To", "").strip().removeprefix("whatsapp:"):
        number = ""  # nobody who could read an answer, or we ourselves
    body = _body(form)
    media = tuple(_media(form, account, api_url))
    word = body.strip().upper() if channel == SMS and not media else ""
    return Incoming(
        sid=sid,
        claim=sid or _hash(form),
        number=number,
        channel=channel,
        body=body,
        media=media,
        place=_place(form),
        word=_word(word),
    )


def _word(word: str) -> str:
    if word in STOP_WORDS:
        return "stop"
    return "start" if word in START_WORDS else "yes" if word == YES else ""


def message_sid(form: Mapping[str, str]) -> str:
    """The id of the message that a status callback speaks of, "" when there is none."""
    return next((value for name in _SID_NAMES if MESSAGE_SID.fullmatch(value := form.get(name, ""))), "")


def _body(form: Mapping[str, str]) -> str:
    """What was written; of a button or an entry of a list that was pressed the word or number that stands behind it, as
    if it were typed. Text beside a button that is not its own was written by somebody, and wins."""
    body, shown = form.get("Body", ""), form.get("ButtonText", "") or form.get("ListTitle", "")
    behind = form.get("ButtonPayload", "") or form.get("ListId", "")
    if body.strip() in ("", shown.strip()) and _BEHIND.fullmatch(behind):
        return behind
    return body or shown or behind


_SID_NAMES = ("MessageSid", "SmsMessageSid", "SmsSid")


def _hash(form: Mapping[str, str]) -> str:
    whole = "\0".join(f"{name}\0{value}" for name, value in sorted(form.items()))
    return f"form:{hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()}"


def _media(form: Mapping[str, str], account: str, api_url: str) -> Iterable[Media]:
    # How many files were announced is not asked: there is nothing to keep of one without an address.
    known: set[str] = set()
    for place in range(MOST_MEDIA):
        url = form.get(f"MediaUrl{place}", "")
        if not url:
            continue
        parent, sid = _media_sids(url, account, api_url)
        if sid and sid in known:
            continue
        known.add(sid)
        declared = "".join(letter for letter in form.get(f"MediaContentType{place}", "") if letter.isprintable())
        yield Media(sid, parent, declared[:100])


def _media_sids(url: str, account: str, api_url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    if parts.netloc not in ("api.twilio.com", urlsplit(api_url).netloc) or parts.scheme not in ("https", "http"):
        return "", ""
    found = _MEDIA_PATH.fullmatch(parts.path)
    return (found.group(2), found.group(3)) if found and found.group(1) == account else ("", "")


def _place(form: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        lat, lon = float(form.get("Latitude", "")), float(form.get("Longitude", ""))
    except ValueError:
        return None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return _cut(lat), _cut(lon)


def _cut(degrees: float) -> float:
    return math.trunc(degrees * _SCALE) / _SCALE


class Writing:
    """Writes answers as TwiML for one public address. Nothing is remembered: answers hold codes.

    The provider tells that address what becomes of our messages, which are to be erased too. It carries nothing of the
    conversation: a proxy may log it with the time, and the conversation's id stands in the database."""

    def __init__(self, public_url: str) -> None:
        self._status = f"{public_url}/messages/status"

    def speak(self, texts: tuple[str, ...]) -> str:
        """TwiML in which each text is a message of its own, in order; without texts: the empty answer."""
        if not texts:
            return NOTHING
        response = MessagingResponse()
        for text in texts:
            verb = MessageVerb(action=self._status, method="POST", status_callback=self._status)
            verb.body(text)
            response.append(verb)
        return str(response)
