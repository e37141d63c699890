"""The vocabulary of a conversation: what was heard, where it stands, what is said and asked next. PURE.

Never does: decide anything.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class State:
    """Where a conversation stands. It travels in the signed action URLs, so a menu step writes nothing."""

    step: str
    lang: str = "hi"
    tries: int = 0  # answers to this question that were not understood, or silence
    turn: int = 0  # counts up through the call: of two answers to one question the later one counts
    take: int = 0  # how many recordings were begun in this call
    heard: int = 0  # the last of them in which something was told; 0: none, or thrown away
    sent: int = 0  # the one that the caller sent by a key
    menu: str = ""  # first key of the menu of kinds
    pin: str = ""
    page: int = 0  # of the stations that share a PIN code
    code_try: int = 0  # which derivation of the reference code is in use
    shows: int = 0  # 1: of such a thing there may be pictures
    asks: str = ""  # officers' questions, by their ids with dots between
    answers: str = ""  # the tip they are asked about, wrapped: what is recorded goes there; "": it is a tip of its own


@dataclass(frozen=True)
class Take:
    """A recording the caller has made: its length in seconds as announced by the provider (0: nothing, None: unknown).

    `silent`: nobody can have said anything in it. It is kept all the same: a worker listens.
    """

    seconds: int | None
    silent: bool = False


@dataclass(frozen=True)
class Heard:
    """One thing heard: keys pressed ("" is silence), perhaps a recording, perhaps the receiver put down.

    `known` is what was looked up for a reference code: a status, "unknown" or "locked"; `asks` and `answers` are what
    its officers ask, as in State.
    """

    keys: str = ""
    take: Take | None = None
    hung_up: bool = False
    known: str = ""
    asks: str = ""
    answers: str = ""


@dataclass(frozen=True)
class Line:
    """One thing said: a prompt by name, in a language. CODE, PLAYBACK and PAUSE are not prompts but marks."""

    name: str
    lang: str


CODE = "<code>"  # the reference code, digit by digit in two groups
PLAYBACK = "<playback>"  # the caller's own last recording
PAUSE = "<pause>"


@dataclass(frozen=True)
class Keys:
    """Wait for keys: at most `count`, `timeout` seconds for the first and between them."""

    count: int = 1
    timeout: int = 6


@dataclass(frozen=True)
class Record:
    """Record what is said; `take` is this recording's number in the call.

    `otherwise` follows at once when the provider has nothing to hand over after all (an empty recording).
    """

    take: int
    otherwise: "Turn | None" = None


@dataclass(frozen=True)
class HangUp:
    """Nothing more to ask."""


Ask = Keys | Record | HangUp


@dataclass(frozen=True)
class Keep:
    """What this turn adds to the tip. None: nothing said about it."""

    recorded: int | None = None  # number of the take just recorded
    answered: bool = False  # and it answers what officers ask
    sent: int | None = None  # takes from this one count, earlier ones were told again
    discarded: int | None = None  # takes up to this one are thrown away
    category: str | None = None
    pin: str | None = None
    district: str | None = None
    station: str | None = None
    follow_up: bool | None = None
    ended: bool = False
    code: bool = False  # the caller is to be told a reference code


@dataclass(frozen=True)
class Turn:
    """The answer: what is said, what is asked, the state the next answer comes back with, what is kept."""

    lines: tuple[Line, ...]
    ask: Ask
    state: State
    keep: Keep | None = None

    def saying_first(self, *names: str) -> "Turn":
        """The same turn with some words before it."""
        return replace(self, lines=tuple(Line(name, self.state.lang) for name in names) + self.lines)

    def keeping(self, keep: Keep) -> "Turn":
        """The same turn, with something to keep."""
        return replace(self, keep=keep)
