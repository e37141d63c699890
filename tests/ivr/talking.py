"""Conversations in writing as tests hold them: what was read of each message, one after the other, without a channel.

Never does: read words (interpret does), or keep anything.
"""

import itertools

from ivr.dialogue.typed import reply
from ivr.dialogue.typed_facts import TypedFacts
from ivr.dialogue.typed_turn import EMPTY, Read, Reply, State
from models.catalogue import load

FACTS = TypedFacts(load())
_SAME = itertools.count()


def read(intent: str = "tip", **more: object) -> Read:
    """A message of four Hindi words unless said otherwise."""
    content = intent in ("tip", "answer", "unknown")
    given = {"content": content, "words": 4, "lang": "hi", "same": str(next(_SAME))} | more
    return Read(intent, **given)  # type: ignore[arg-type]


def photo(**more: object) -> Read:
    return Read(EMPTY, content=True, media=True, **more)  # type: ignore[arg-type]


def voice_note(**more: object) -> Read:
    return photo(voice=True, **more)


GAMBLING = {"category": "gambling"}
PLACE = {"district": "KNP", "station": "KNP-NBS"}


def talk(*messages: Read, state: State | None = None, **more: bool) -> list[Reply]:
    """The replies to one message after the other."""
    state, replies = state or State(), []
    for message in messages:
        replies.append(reply(state, message, FACTS, **more))
        state = replies[-1].state
    return replies


def texts(*messages: Read) -> list[tuple[str, ...]]:
    return [answer.texts for answer in talk(*messages)]
