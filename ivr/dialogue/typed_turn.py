"""The vocabulary of a conversation in writing: what was read, where it stands, what is answered and kept. PURE.

Never does: decide anything, or hold a word of what was written (`same` is a keyed hash).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Protocol

# What the sender wants, beside the intents of `interpret`: has said all; wrote nothing that can be read; is no human
# being but a telephone or a shop that answers by itself.
DONE, EMPTY, MACHINE = "done", "empty", "machine"
ASK = "ask_"  # how the texts that put an officer's question begin; its id follows


@dataclass(frozen=True)
class State:
    """Where a conversation stands, kept in Conversation.state between two messages. No content."""

    lang: str = ""  # "hi" or "en"; "": not known yet
    asked: str = ""  # the question that waits for its answer
    counts: Mapping[str, int] = field(default_factory=dict)  # how often each question or text was written, or wish met
    told: bool = False  # something is kept; when attached: something was added
    sent: bool = False  # and on its way to officers
    what: bool = False  # it is known what goes on,
    where: bool = False  # where,
    since: bool = False  # and since when; or there is no use in asking
    ended: bool = False  # nothing more is asked; what still comes is added
    attached: bool = False  # what comes belongs to a tip told earlier or by telephone
    wants: bool = False  # to add to such a tip, whose code has not come yet
    answers: str = ""  # the tip, wrapped, of which something was asked last: what is told now answers it
    category: str = ""
    category_by: str = ""
    district: str = ""
    same: str = ""  # hash of the last message, if it was short also of the question it answered,
    times: int = 0  # and how often it came in a row
    parts: tuple[int, ...] = ()  # of a text in several parts: which have come,
    of: int = 0  # of how many,
    base: int = 0  # and the position of the first
    code_try: int = 0  # which derivation of the reference code is in use
    last: str = ""  # hash of the last message's id,
    wrote: tuple[str, ...] = ()  # what it was answered,
    both: bool = False  # and whether in both languages: the provider may ask twice

    def stored(self) -> dict[str, Any]:
        """For a JSON column: what differs from the beginning."""
        return {name: value for name, value in asdict(self).items() if value != getattr(_BEGINNING, name)}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "State":
        """From stored(); whatever an older or newer version stored besides is left out."""
        known = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        for name in ("parts", "wrote"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    def counting(self, name: str) -> "State":
        """The same, with one more of a question or text."""
        return replace(self, counts={**self.counts, name: self.counts.get(name, 0) + 1})


_BEGINNING = State()


@dataclass(frozen=True)
class Read:
    """One message as understood. `intent` is one of interpret's or DONE, EMPTY or MACHINE."""

    intent: str
    content: bool = False  # it tells something: it is kept
    words: int = 0
    media: bool = False  # a file or a point on the map came with it
    point: bool = False  # a point on the map
    voice: bool = False  # a voice note: it says what goes on, or answers, though nobody has heard it yet
    lang: str = ""  # "": in doubt
    switch: str = ""  # the language it asks for
    choice: str = ""  # the language that its number stands for, if that was the question
    number: str = ""  # it says nothing but this number of one or two digits
    category: str = ""
    district: str = ""
    station: str = ""
    outside: bool = False  # a place that is not served
    since: bool = False  # it says since when
    guessed: bool = False  # what it wants is only likely, by words that others used
    no: bool = False  # its wish to stop is a mere "no, not wanted", which may answer a question
    yes: bool = False  # it says nothing but yes
    now: bool = False  # it says that somebody is in danger at this moment
    known: str = ""  # what became of the code in it: a status, "unknown" or "locked"; "": there is no code
    asks: tuple[str, ...] = ()  # what the officers of that tip ask, and
    answers: str = ""  # the tip, wrapped
    part: tuple[int, int] | None = None  # (2, 3) for the second of three parts
    same: str = ""  # keyed hash of its words
    word: str = ""  # "stop" or "start": the provider itself answers this word; "yes": if the sender is stopped


@dataclass(frozen=True)
class Keep:
    """What a message adds. `category`: None: nothing new."""

    content: bool = False
    category: str | None = None
    category_by: str = "words"
    place_by: str = "words"
    urgent: bool = False  # somebody is in danger now
    send: bool = False  # the tip is complete, or cannot wait
    code: bool = False  # the reference code is told
    attach: bool = False  # from this message on everything belongs to the tip with the code in it
    answers: str = ""  # this message answers what was asked of this tip (wrapped), and belongs to it
    joins: bool = False  # and so does what was told in this conversation before, and is not sent yet
    stop: bool = False  # the conversation is over, and its sender wants no answers
    resume: bool = False  # its sender wants answers again


@dataclass(frozen=True)
class Reply:
    """The answer: the names of the texts to write, the state that waits for the next message, what is kept.

    `both`: the language is in doubt, and these texts are written in both."""

    texts: tuple[str, ...]
    state: State
    keep: Keep = Keep()
    both: bool = False


class Facts(Protocol):
    """What the dialogue asks of the catalogue."""

    def category_with_code(self, code: str) -> str:
        """The category of a two-digit code, or ""."""

    def urgency(self, category: str) -> str:
        """U1 to U4 of a category, "" of none."""

    def helpline(self, category: str) -> str:
        """Whom to call first if it is happening now; "" for a complaint about those who would come."""

    def accuses(self, category: str) -> bool:
        """Whether it is a complaint about those who might have a tip in hand."""
