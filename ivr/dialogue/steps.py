"""The conversation as a table: what each step says and asks, and what each key leads to. PURE.

Read it from top to bottom and you have heard the call. What a key does is the name of a step to go to, or of an
action in engine.py (written with brackets). `last` is the way on after the third try: the safest one for the tip.
Never does: hold words (audio_prompts does) or know kinds and places (the catalogue does).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.dialogue.turn import Ask, Keys

TRIES = 3
# The greeting is for those who have not chosen yet, or chose by mistake: each language is offered in itself.
SPOKEN_IN = {"greeting": "hi", "greeting_english": "en"}


@dataclass(frozen=True)
class Step:
    """A question. `keys` maps an answer to where it leads; any other answer is handed to `other`, if there is one.

    `again` is what is left of `says` when it was heard already: after a mistake, or on the way back.
    """

    name: str
    says: tuple[str, ...]
    ask: Ask
    again: tuple[str, ...] = ()  # (): all of it
    keys: Mapping[str, str] = field(default_factory=dict)
    other: str = ""
    silence: str = ""  # where silence leads; "": it is asked again, as after a wrong key
    last: str = ""
    parting: str = "going_on"  # what is said before the way on is taken; "": nothing
    back: str = ""  # where * leads; everywhere 0 repeats
    untold: bool = False  # stands before the telling: a call that breaks off here has told nothing yet


_REVIEW = {"1": "(send)", "#": "(send)", "2": "(tell_again)", "3": "(hear)"}
_TABLE = (
    # Ring. Both languages are offered, each in itself; silence goes on in Hindi, or in what was chosen before.
    Step("language", ("greeting", "greeting_english"), Keys(), untold=True,
         keys={"1": "(hindi)", "2": "(english)"}, silence="(language)", last="(language)", parting=""),
    Step("main", ("danger", "promise", "main_menu"), Keys(), again=("main_menu",), untold=True,
         keys={"1": "(tell)", "2": "my_tip", "3": "helplines"}, silence="(tell)", last="(tell)", parting="",
         back="language"),
    # Tell first: whoever hangs up now has already told. After the recording comes `told` in engine.py.
    Step("review", ("review",), Keys(), keys=_REVIEW | {"*": "(throw_away)"}, last="kinds"),
    # The same on the way back. Everywhere else * goes back: who presses it once more must not lose what was told.
    Step("review_again", ("review",), Keys(), keys=_REVIEW | {"*": "throw_away"}, last="kinds"),
    Step("throw_away", ("throw_away",), Keys(),
         keys={"1": "(throw_away)", "2": "(keep_it)", "#": "(keep_it)"}, last="kinds", back="review_again"),
    # What is it about? Two short menus, or a two-digit code at the first. That # skips it, is said where time allows.
    Step("kinds", ("kinds", "(menu)"), Keys(2, timeout=4), again=("(menu)",),
         keys={"#": "place"}, other="(choose_menu)", last="place", back="review_again"),
    Step("kind", ("(submenu)", "kind_end"), Keys(), again=("(submenu)",),
         keys={"#": "place"}, other="(choose_kind)", last="place", back="kinds"),
    # Where?
    Step("place", ("place",), Keys(6),
         keys={"#": "follow_up"}, other="(find_place)", last="follow_up", back="kinds"),
    Step("place_check", ("place_is", "(place)", "place_right"), Keys(),
         keys={"1": "(keep_place)", "2": "place", "#": "follow_up"}, last="(keep_place)", back="place"),
    Step("place_pick", ("place_which", "(stations)", "or_hash"), Keys(), again=("(stations)",),
         keys={"#": "(keep_place)", "9": "(more_stations)"}, other="(pick_station)", last="(keep_place)", back="place"),
    # That it is kept, is said with the code.
    Step("follow_up", ("follow_up",), Keys(),
         keys={"1": "(welcome_answer)", "2": "(no_answer)", "#": "(no_answer)"}, last="(no_answer)", parting="",
         back="place"),
    Step("code", ("(code)", "(pictures)", "code_use"), Keys(),
         other="(goodbye)", silence="(goodbye)", last="(goodbye)", parting=""),
    # What became of my tip? And helplines.
    Step("my_tip", ("status",), Keys(8), untold=True,
         keys={"#": "main"}, other="(tell_status)", last="main", parting="status_not_found", back="main"),
    # Behind the status stands what officers ask. Who does not answer now hears it again the next time.
    Step("asked", ("asked", "(questions)", "asked_end"), Keys(), untold=True,
         keys={"1": "(answer)"}, other="(not_now)", silence="(not_now)", last="(not_now)", parting=""),
    Step("answered", ("answered",), Keys(),
         keys={"1": "(answer)"}, other="(goodbye)", silence="(goodbye)", last="(goodbye)", parting=""),
    Step("helplines", ("helplines", "main_menu"), Keys(), again=("main_menu",), untold=True,
         keys={"1": "(tell)", "2": "my_tip", "3": "helplines"}, silence="(tell)", last="(tell)", parting="",
         back="main"),
)  # fmt: skip

STEPS: dict[str, Step] = {step.name: step for step in _TABLE}
UNTOLD = frozenset(step.name for step in _TABLE if step.untold)
_PLACES = {name: place for place, name in enumerate(STEPS)}


def is_back(target: str, step: str) -> bool:
    """Whether a step lies before another one, so that its question was heard already."""
    return _PLACES[target] < _PLACES[step]
