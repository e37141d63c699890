"""What the telephone company does with one message: asks the hotline, carries its answers, reports what became of them.

STOP and START of an SMS are answered by the company itself; after STOP nothing is carried until START, which the
hotline, having got the text too, cannot change.
Never does: act for the informant (handset.py does), or sleep.
"""

from functools import partial
from typing import TYPE_CHECKING

from ivr.channels.segments import size_of
from ivr.simulator.chat import Bubble
from ivr.simulator.fault import TwilioFault
from ivr.simulator.forms import message_status_form
from ivr.simulator.messenger import Document, absolute
from ivr.simulator.post import Letter
from ivr.simulator.store import new_sid
from ivr.simulator.twiml import Verb

if TYPE_CHECKING:
    from ivr.simulator.handset import Handset

MOST_DOCUMENTS = 20
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
_ORDER = ("queued", "sent", "delivered", "read")


class Carriage:
    """One message on its way, and the answers to it."""

    def __init__(self, handset: "Handset", sid: str) -> None:
        self.handset = handset
        self.sid = sid
        self._reached: dict[str, int] = {}  # our replies: how far each has got

    def deliver(self, form: dict[str, str], body: str) -> None:
        """Ask the hotline and carry out what it answers."""
        own = self.handset
        self._keyword(body)
        try:
            url: str = own.message_url
            method = "POST"
            for _ in range(MOST_DOCUMENTS):
                document = own.messenger.document(method, url, form, {})
                redirect = self._carry_out(document) if document else None
                if redirect is None or document is None:
                    return
                method = redirect.attributes.get("method", "POST")
                url = absolute(document.url, redirect.text)
            own.report(TwilioFault(14106, f"{MOST_DOCUMENTS} redirects: a loop"))
        finally:
            own.exchange.settle_message(self.sid)

    def _keyword(self, body: str) -> None:
        """What the company answers by itself, before the hotline is asked."""
        own, word = self.handset, body.strip().upper()
        if own.channel != "sms":
            return
        if word in STOP:
            self._say(STOPPED)
            own.exchange.stop(own.called, own.address, stopped=True)
        elif word in START and own.exchange.is_stopped(own.called, own.address):
            own.exchange.stop(own.called, own.address, stopped=False)
            self._say(STARTED)
        elif word in HELP:
            self._say(HELPED)

    def _say(self, text: str) -> None:
        own = self.handset
        own.exchange.keep_message(
            new_sid("SM"), own.called, own.address, text, direction="outbound-reply", status="delivered",
            segments=size_of(text).segments,
        )  # fmt: skip
        own.take_in(Bubble(text, by="company"))

    def _carry_out(self, document: Document) -> Verb | None:
        for verb in document.verbs:
            if verb.name == "Redirect":
                return verb
            self._reply(verb, document.url)
        return None

    def _reply(self, verb: Verb, base: str) -> None:
        own = self.handset
        sender, receiver = verb.attributes.get("from", own.called), verb.attributes.get("to", own.address)
        urls = {
            absolute(base, verb.attributes[name]) for name in ("action", "statusCallback") if name in verb.attributes
        }
        if own.exchange.is_stopped(sender, receiver):
            own.refused.append(verb.text)
            return
        sid, media = new_sid("MM" if verb.nested else "SM"), tuple(one.text for one in verb.nested)
        own.exchange.keep_message(
            sid, sender, receiver, verb.text, direction="outbound-reply", status="queued",
            segments=size_of(verb.text).segments,
        )  # fmt: skip
        if receiver == own.address:
            name = own.name_of(verb.text) if own.name_of else None
            own.take_in(Bubble(verb.text, name or "", media))
        steps = ("sent", "delivered", "read") if own.channel == "whatsapp" else ("sent", "delivered")
        self._reached[sid] = 0
        if not urls or "status" in own.post.never:
            own.exchange.settle_message(sid, "delivered")
            return
        method = verb.attributes.get("method", "POST")
        for status in steps:
            fields = message_status_form(own.account_sid, sid, sender, receiver, status)
            own.post.put(Letter("status", partial(self._tell, method, sorted(urls), sid, status, fields)))

    def _tell(self, method: str, urls: list[str], sid: str, status: str, fields: dict[str, str]) -> None:
        # Callbacks come in any order, but what is delivered does not become merely sent again.
        if _ORDER.index(status) > self._reached[sid]:
            self._reached[sid] = _ORDER.index(status)
            self.handset.exchange.settle_message(sid, status)
        for url in urls:
            self.handset.messenger.callback(method, url, fields)
