"""Twilio brings messages, SMS and WhatsApp alike: hear -> take -> speak. The rest lives in correspondence.

Never does: log a parameter; ask an address given in a webhook; decide what is written.
"""

from flask import Blueprint, Response, g

import interpret
from ivr.channels import text
from ivr.channels.text import Incoming
from ivr.correspondence import Answer
from ivr.lane import Nothing, Twiml
from ivr.parts import parts

messages = Blueprint("messages", __name__)


@messages.post("/messages")
def message() -> Response:
    """A message comes in."""
    return Twiml(_worded(parts().correspondence.take(_heard())))


@messages.post("/messages/status")
def status() -> Response:
    """News of a message of ours: it exists at the provider, and is to be erased there."""
    sid = text.message_sid(g.form)
    if sid:
        parts().correspondence.answered(sid)
    return Nothing()


@messages.post("/messages/fallback")
def fallback() -> Response:
    """Something of ours failed. Needs no database: the message stays at the provider, and a worker finds it there."""
    heard = _heard()
    reading = interpret.read(heard.body, parts().catalogue)
    if not heard.number or heard.word in ("stop", "start") or reading.intent == "stop":
        return Twiml(text.NOTHING)
    lang = "en" if reading.language == "en" else "hi"
    return Twiml(parts().writing.speak((parts().texts.get("trouble", lang).text,)))


def _heard() -> Incoming:
    settings = parts().settings
    return text.hear(g.form, settings.twilio_account_sid, settings.twilio_api_url)


def _worded(answer: Answer) -> str:
    values = {"code": answer.code, "number": answer.number}
    texts = [parts().texts.get(name, lang) for lang in answer.langs for name in answer.texts]
    return parts().writing.speak(tuple(one.filled(values) for one in texts))
