"""The telephone: hear() turns a webhook's parameters into what was heard, speak() a turn into TwiML.

Never does: decide what comes next; put anything into TwiML that did not come from our own scripts; redirect.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.channels.prompts import LANGUAGES, Prompts
from ivr.dialogue.turn import CODE, PAUSE, PLAYBACK, HangUp, Heard, Keys, Line, Record, State, Take, Turn

# One bilingual voice, so that a caller hears the same person in both languages.
SAY = {"hi": {"language": "hi-IN", "voice": "Polly.Aditi"}, "en": {"language": "en-IN", "voice": "Polly.Aditi"}}

MAX_SECONDS = 180
TROUBLE_TAKE = 90  # later than any take of the dialogue, so that it counts
SILENCE_SECONDS = 9  # a frightened caller pauses to think
# A recording that silence ended no later than this holds nothing else: a word is longer than what rounding adds.
SILENT_SECONDS = SILENCE_SECONDS + 1

RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

# Callers who withhold their number, as the provider writes them (words, and numbers spelling RESTRICTED, BLOCKED,
# UNKNOWN, ANONYMOUS and UNAVAILABLE on a keypad).
_WITHHELD = frozenset(
    {"", "anonymous", "restricted", "blocked", "unknown", "unavailable", "private",
     "+7378742833", "+2562533", "+8656696", "+266696687", "+86282452253"}
)  # fmt: skip

# What is personal is put in after the rest was rendered (and cached).
_MARKS = {mark: f"<Play>{escape(mark)}</Play>" for mark in (CODE, PLAYBACK)}

_NUMBERS = frozenset(field.name for field in fields(State) if field.type in (int, "int"))
_LONG = {"asks": 40, "answers": 80}  # letters of what is not as short as all else
_DEFAULT = State("")


def state_at(step: str, query: str) -> State:
    """The state that an address of ours carries; whatever is missing or odd in it is as at the start."""
    # What carries a tip, wrapped anew each time, is met but once: it would fill the cache and stay.
    return _state_in(step, query) if "answers=" in query else _known_state(step, query)


def _state_in(step: str, query: str) -> State:
    known: dict[str, str | int] = {}
    given = dict(parse_qsl(query))
    for field in fields(State):
        value = given.get(field.name, "")
        if field.name in _NUMBERS:
            known[field.name] = int(value) if value.isdecimal() and len(value) < 4 else 0
        else:
            known[field.name] = value[: _LONG.get(field.name, 8)]
    known["step"] = step
    if known["lang"] not in LANGUAGES:
        known["lang"] = "hi"
    return State(**known)  # type: ignore[arg-type]


_known_state = lru_cache(maxsize=20_000)(_state_in)


def hear(form: Mapping[str, str]) -> Heard:
    """What was heard, from a webhook's parameters; whatever is missing is silence."""
    digits = form.get("Digits", "")
    if not digits and form.get("FinishedOnKey") == "#":
        digits = "#"
    take = None
    if recording_sid(form):
        told = form.get("RecordingDuration", "")
        seconds = int(told) if told.isdecimal() else None
        take = Take(seconds, silent=not digits and seconds is not None and seconds <= SILENT_SECONDS)
    hung_up = digits == "hangup"
    return Heard("" if hung_up else digits[:10], take, hung_up)


def recording_sid(form: Mapping[str, str]) -> str:
    """The recording's id, from either place where it may stand; "" when there is none or it is not one."""
    if "RecordingSid" not in form and "RecordingUrl" not in form:
        return ""
    for place in (form.get("RecordingSid", ""), form.get("RecordingUrl", "").rsplit("/", 1)[-1]):
        if RECORDING_SID.fullmatch(place):
            return place
    return ""


def caller(form: Mapping[str, str]) -> str:
    """The number of the person on the line, "" when withheld. Used for a pseudonym or a sealed contact only."""
    number = form.get("To" if form.get("Direction", "").startswith("outbound") else "From", "")
    return "" if number.strip().lower() in _WITHHELD else number.strip()


class Voice:
    """Speaks turns as TwiML for one public address. Turns without a personal part are cached as text; those of one tip
    (State.answers) are not."""

    def __init__(self, public_url: str, prompts: Prompts) -> None:
        self._base = public_url
        self._prompts = prompts
        self._write = lru_cache(maxsize=20_000)(self._rendered)
        self._digit = lru_cache(maxsize=64)(self._rendered_digit)

    def speak(self, turn: Turn, *, code: str = "", playback: str = "") -> str:
        """TwiML of a turn. `code` fills CODE with its digits, `playback` is the address of the caller's own words."""
        write = self._rendered if turn.state.answers else self._write
        text = write(turn.lines, turn.ask, turn.state)
        if code:
            half = len(code) // 2
            groups = [
                "".join(self._digit(digit, turn.state.lang) for digit in part) for part in (code[:half], code[half:])
            ]
            text = text.replace(_MARKS[CODE], '<Pause length="1" />'.join(groups))
        return text.replace(_MARKS[PLAYBACK], f"<Play>{escape(playback)}</Play>") if playback else text

    def trouble(self, lang: str, *, record: bool, after_take: int = 0) -> str:
        """What the fallback says when a webhook of ours failed: "speak now, we will hear it", or "it is kept"."""
        bye = Turn((Line("trouble_goodbye", lang),), HangUp(), State("trouble", lang))
        if not record:
            return self.speak(bye)
        take = max(TROUBLE_TAKE, after_take + 1)
        nothing = Turn((Line("not_heard_goodbye", lang),), HangUp(), State("trouble", lang))
        return self.speak(Turn((Line("trouble", lang),), Record(take, nothing), State("told", lang, take=take)))

    def _rendered(self, lines: tuple[Line, ...], ask: object, state: State) -> str:
        response = VoiceResponse()
        self._put(response, lines, ask, state)
        return str(response)

    def _rendered_digit(self, digit: str, lang: str) -> str:
        response = VoiceResponse()
        self._prompt(response, Line(f"digit-{digit}", lang))
        return str(response).partition("<Response>")[2].removesuffix("</Response>")

    def _put(self, response: VoiceResponse, lines: tuple[Line, ...], ask: object, state: State) -> None:
        if isinstance(ask, Keys):
            # Every key counts as a digit (no finish key) and silence is reported too: no answer is ever lost
            # between two documents, and no redirect is needed.
            gather = Gather(
                action=self.address(state), method="POST", num_digits=ask.count, timeout=ask.timeout,
                finish_on_key="", action_on_empty_result=True,
            )  # fmt: skip
            self._say(gather, lines)
            response.append(gather)
            return
        self._say(response, lines)
        if isinstance(ask, Record):
            response.record(
                action=self.address(state), method="POST", max_length=MAX_SECONDS, timeout=SILENCE_SECONDS,
                finish_on_key="#", play_beep=True, trim="do-not-trim",
                recording_status_callback=self.address(state, "recording"),
                recording_status_callback_method="POST", recording_status_callback_event="completed absent",
            )  # fmt: skip
            if ask.otherwise is not None:
                self._put(response, ask.otherwise.lines, ask.otherwise.ask, ask.otherwise.state)
        elif isinstance(ask, HangUp):
            response.hangup()

    def _say(self, verb: VoiceResponse | Gather, lines: tuple[Line, ...]) -> None:
        for line in lines:
            if line.name == PAUSE:
                verb.pause(length=1)
            elif line.name in _MARKS:
                verb.play(line.name)
            else:
                self._prompt(verb, line)

    def _prompt(self, verb: VoiceResponse | Gather, line: Line) -> None:
        prompt = self._prompts.get(line.name, line.lang)
        if prompt.sound is None:
            verb.say(prompt.text, **SAY[line.lang])
        else:
            verb.play(f"{self._base}/prompts/{line.lang}/{prompt.name}.wav?v={prompt.version}")

    def address(self, state: State, step: str = "") -> str:
        """The signed-whole address that brings this state back with the next answer."""
        query = {
            field.name: value
            for field in fields(State)
            if field.name != "step" and (value := getattr(state, field.name)) != getattr(_DEFAULT, field.name)
        }
        return f"{self._base}/voice/{step or state.step}" + (f"?{urlencode(query)}" if query else "")
