"""What reaches the caller's ear: prompts by name, with their words or their sound.

Never does: decide what comes next in the call.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from ivr.simulator.messenger import Messenger, absolute
from ivr.simulator.twiml import Verb

if TYPE_CHECKING:
    from ivr.simulator.telephone import Telephone

LETTERS_A_SECOND = 14.0
ENDLESS = 1000  # what loop="0" means


@dataclass(frozen=True)
class Heard:
    """Something the caller heard. `name` is the prompt's, "" when nobody knows it; `lang` "hi" or "en"."""

    kind: Literal["play", "say", "beep", "trouble"]
    name: str = ""
    lang: str = ""
    text: str = ""
    seconds: float = 0.0
    url: str = ""
    sound: bytes = b""
    sound_type: str = ""

    def __str__(self) -> str:
        return self.name or (f'"{self.text}"' if self.text else f"({self.kind})")


def listen(verb: Verb, telephone: "Telephone", messenger: Messenger, base_url: str, *, in_gather: bool) -> Heard | None:
    """What a Say or Play lets the caller hear; None for what makes no sound. TwilioFault when it cannot be played."""
    times = int(verb.attributes.get("loop", 1)) or ENDLESS
    if verb.name == "Say":
        lang = verb.attributes.get("language", "en-US").partition("-")[0]
        text = " ".join(verb.text.split())
        name = (telephone.prompts.name_of(text, lang) if telephone.prompts else None) or ""
        return Heard("say", name, lang, text, times * len(text) / LETTERS_A_SECOND)
    if verb.name == "Pause" or not verb.text:
        return None
    url = absolute(base_url, verb.text)
    sound, body, kind = telephone.sound(messenger, url, in_gather=in_gather)
    path = urlsplit(url).path
    prompt = re.search(r"/prompts/(\w+)/([^/]+)\.wav$", path)
    lang, name = prompt.groups() if prompt else ("", path.rsplit("/", 1)[-1].partition(".")[0])
    return Heard("play", name, lang, "", times * sound.seconds, url, body, kind)
