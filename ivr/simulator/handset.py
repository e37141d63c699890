"""A telephone that writes: SMS or WhatsApp to the hotline, and the telephone company that carries both ways.

    handset = Handset("https://tips.example", token, account_sid, provider, app=app)
    for bubble in handset.send("Hi", Enclosure.of(Path("street.jpg"))):
        print(bubble.text, bubble.size.segments)

Strict by default, like the telephone: whatever Twilio would warn of or fail on is raised as a TwilioFault.
Never does: look into the hotline; it knows its addresses and its token. Nothing sleeps.
"""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from ivr.channels.segments import size_of
from ivr.simulator.carriage import Carriage
from ivr.simulator.chat import Bubble, Enclosure, Pin
from ivr.simulator.fault import TwilioFault
from ivr.simulator.forms import media_fields, sms_form, whatsapp_form
from ivr.simulator.line import AppLine, Line, LiveLine
from ivr.simulator.messaging_twiml import MOST_MEDIA, read_messages
from ivr.simulator.messenger import Messenger
from ivr.simulator.post import Kind, Post
from ivr.simulator.store import Exchange, new_sid

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ivr.simulator.telephone import WithStore

Channel = Literal["sms", "whatsapp"]
_KINDS = {"image": "image", "video": "video", "audio": "audio"}


class Handset:
    """One telephone with a number on one channel. See the keyword arguments for what a bad day is.

    app, connect_to, strict, limit, duplicates, shuffle, hold, threads, never: as for the Telephone.
    name_of: tells a text's name from its words, if anybody can. `received`: since the last message sent;
    `thread`: everything since the beginning. `refused`: texts of the hotline that were not carried, after STOP.
    """

    def __init__(
        self,
        base_url: str,
        auth_token: str,
        account_sid: str,
        provider: "Exchange | WithStore",
        number: str = "+919876543210",
        *,
        channel: Channel = "sms",
        called: str = "+915122304050",
        app: "WSGIApplication | None" = None,
        connect_to: str | None = None,
        message_url: str | None = None,
        fallback_url: str | None = None,
        profile: str = "Ravi",
        name_of: Callable[[str], str | None] | None = None,
        strict: bool = True,
        limit: float = 15.0,
        duplicates: bool = False,
        shuffle: random.Random | None = None,
        hold: bool = False,
        threads: bool = False,
        never: Collection[Kind] = (),
    ) -> None:
        base = base_url.rstrip("/")
        self.account_sid = account_sid
        self.exchange: Exchange = provider.store if hasattr(provider, "store") else provider
        self.channel: Channel = channel
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        self.address, self.called = prefix + number, prefix + called
        self.message_url = base + "/messages" if message_url is None else message_url
        self.profile = profile
        self.name_of = name_of
        self.strict = strict
        self.received: list[Bubble] = []
        self.thread: list[Bubble] = []
        self.refused: list[str] = []
        self.faults: list[TwilioFault] = []
        self.sids: list[str] = []  # of the messages sent, in order
        self.post = Post(duplicates=duplicates, shuffle=shuffle, hold=hold, threads=threads, never=never)
        line: Line = AppLine(app) if app is not None else LiveLine(base, connect_to)
        fallback = base + "/messages/fallback" if fallback_url is None else fallback_url
        self.messenger = Messenger(line.session(), auth_token, self.post, self.report, limit, fallback, read_messages)

    def send(
        self,
        body: str = "",
        *enclosures: Enclosure,
        pin: Pin | None = None,
        button: tuple[str, str] | None = None,
        fields: Mapping[str, str | None] | None = None,
    ) -> list[Bubble]:
        """Send one message; what comes back at once. `button`: text and payload of a quick reply pressed (WhatsApp).

        `fields` change the webhook's parameters (None takes one away): how the real network surprises.
        """
        self.received = []
        form = self.compose(body, *enclosures, pin=pin, button=button)
        for name, value in (fields or {}).items():
            form.pop(name, None)
            form |= {} if value is None else {name: value}
        Carriage(self, self.sids[-1]).deliver(form, body)
        self.post.moment()
        return self.received

    def burst(self, bodies: Sequence[str], order: Sequence[int] | None = None) -> list[Bubble]:
        """Several messages written one after the other that reach the hotline in another order."""
        self.received = []
        forms = [self.compose(body) for body in bodies]
        for number in order if order is not None else range(len(bodies)):
            Carriage(self, forms[number]["MessageSid"]).deliver(forms[number], bodies[number])
        self.post.moment()
        return self.received

    def deliver(self) -> None:
        """Everything still on its way arrives: late callbacks, second webhooks."""
        self.post.deliver()

    def names(self) -> list[str]:
        """Names of the texts received since the last message sent (the words, where one has no name)."""
        return [str(bubble) for bubble in self.received]

    def take_in(self, bubble: Bubble) -> None:
        """A message reaches the telephone; done by the company."""
        self.received.append(bubble)
        self.thread.append(bubble)

    def report(self, fault: TwilioFault) -> None:
        """Something Twilio would write into its error log; done by the company."""
        if fault not in self.faults:
            self.faults.append(fault)
        if self.strict:
            raise fault

    def compose(
        self, body: str = "", *enclosures: Enclosure, pin: Pin | None = None, button: tuple[str, str] | None = None
    ) -> dict[str, str]:
        """Hand a message to the company, which keeps it; the parameters of its webhook, not yet sent."""
        most = MOST_MEDIA if self.channel == "sms" else 1
        if len(enclosures) > most:
            raise ValueError(f"a message over {self.channel} holds at most {most} files")
        if self.channel == "sms" and (pin or button):
            raise ValueError("an SMS holds no location and no button")
        sid = new_sid("MM" if enclosures else "SM")
        self.sids.append(sid)
        self.exchange.keep_message(sid, self.address, self.called, body, segments=size_of(body).segments, final=False)
        media = [(new_sid("ME"), enclosure.content_type) for enclosure in enclosures]
        for (media_sid, content_type), enclosure in zip(media, enclosures, strict=True):
            self.exchange.keep_media(media_sid, sid, enclosure.content, content_type)
        return self._form(sid, body, media, pin, button)

    def _form(
        self, sid: str, body: str, media: list[tuple[str, str]], pin: Pin | None, button: tuple[str, str] | None
    ) -> dict[str, str]:
        if self.channel == "sms":
            form = sms_form(self.account_sid, sid, self.address, self.called, body)
            return form | media_fields(self.account_sid, sid, media)
        kind = "location" if pin else "button" if button else _kind(media)
        form = whatsapp_form(
            self.account_sid, sid, self.address, self.called, body, profile=self.profile, kind=kind
        ) | media_fields(self.account_sid, sid, media)
        if pin:
            form |= {"Latitude": str(pin.latitude), "Longitude": str(pin.longitude)}
            form |= {name: value for name, value in (("Address", pin.address), ("Label", pin.label)) if value}
        if button:
            form |= {"ButtonText": button[0], "ButtonPayload": button[1]}
        return form


def _kind(media: list[tuple[str, str]]) -> str:
    """WhatsApp's MessageType."""
    if not media:
        return "text"
    content_type = media[0][1]
    return "contacts" if "vcard" in content_type else _KINDS.get(content_type.partition("/")[0], "document")
