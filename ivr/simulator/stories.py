"""Stories: calls and chats written down so that a police officer can read them, and played to see that they are true.

    # A caller says what happens, sends it, and welcomes an answer.
    (calls)             greeting, ...
    1                   danger, promise, main_menu
    (speaks drugs_hi)   review
    (texts) STATUS      status_code
    = tip               drugs_liquor, received

On the left what the informant does: keys, or one of the actions in brackets (tests/stories/README.md lists them). On
the right, after two spaces, the prompts heard or texts received then, by name and in order: exactly these, unless
`...` stands for any others or a name ends in * (one or more prompts that begin so). `(beep)` and `(over)` say how
the step ends, `(twilio)` is an answer of the company itself. A line that begins with spaces goes on with the line
above. Lines with = are checked by the World, which knows the database.
Never does: know the hotline's dialogue or its tables.
"""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from ivr.simulator.call import Call
from ivr.simulator.chat import Enclosure
from ivr.simulator.fault import NotSimulated, TwilioFault, WrongMoment
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.story import ASKS, SPEAKS, WAITS, Step, Story, StoryFault, read_story
from ivr.simulator.telephone import Telephone
from ivr.simulator.writing import Written, code_read, read_written, write

__all__ = ["Step", "Story", "StoryFault", "World", "code_heard", "play_story", "read_story"]

STATES: dict[str, Callable[[Call], bool]] = {"(beep)": lambda call: call.recording, "(over)": lambda call: call.ended}


class World(Protocol):
    """What a story needs around it."""

    telephone: Telephone

    def handset(self, channel: Channel) -> Handset:
        """The same person's telephone, for writing; the same one each time."""

    def enclosure(self, kind: str, name: str) -> Enclosure:
        """A photo, voice note, contact card or file to send. KeyError when there is none of that name."""

    def pass_time(self, minutes: int) -> None:
        """So many minutes go by, and the hotline's schedule does what it does then."""

    def officer(self, does: str, question: str, code: str) -> None:
        """Officers have the tip with this code in hand, and one "asks" a question or "takes back" it. KeyError: there
        is no such question."""

    def speech(self, name: str) -> Path:
        """The sound file of what the caller says. KeyError when there is none of that name."""

    def check(self, claim: str, words: list[str], told: Call | Handset) -> None:
        """Is it so? AssertionError says what is there instead; KeyError: nobody can check such a claim."""


def play_story(story: Story, world: World, saw: Callable[[Step, Call], None] | None = None) -> None:
    """Play it. StoryFault says which line is not true, what was expected and what was heard."""
    person = _Person(world)
    for step in story.steps:
        try:
            if step.claim:
                if person.told is None:
                    raise StoryFault("nobody has called or written yet")
                person.deliver()
                world.check(step.claim, step.expected, person.told)
                continue
            problem = person.does(step)
        except (TwilioFault, NotSimulated, WrongMoment, StoryFault, ValueError) as fault:
            raise StoryFault(f"{_at(story, step)}\n  {fault}") from fault
        except AssertionError as fault:
            raise StoryFault(f"{_at(story, step)}\n  not so: {fault}") from fault
        except KeyError as fault:
            raise StoryFault(f"{_at(story, step)}\n  nobody knows {fault}") from fault
        if problem:
            raise StoryFault(f"{_at(story, step)}\n{problem}")
        if saw and person.call is not None:
            saw(step, person.call)
    if person.call is not None and not person.call.ended:
        person.call.hang_up()
    person.deliver()


class _Person:
    """Whoever acts in a story: one number, calling and writing. `told`: how they last reached the hotline."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.call: Call | None = None
        self.told: Call | Handset | None = None
        self.code = ""
        self._handsets: list[Handset] = []

    def does(self, step: Step) -> str:
        """Do what the line says; what is not as expected then, or ""."""
        if waits := WAITS.fullmatch(step.action):
            self.world.pass_time(int(waits[1]))
            return _both(step.expected, [], "time passes in silence") if step.expected else ""
        if asks := ASKS.fullmatch(step.action):
            self.deliver()
            self.code = (code_heard(self.call) if self.call is not None else "") or self.code
            self.world.officer(asks[1], asks[2], self.code)
            return _both(step.expected, [], "the informant hears nothing of it") if step.expected else ""
        if written := read_written(step.action):
            handset = self._write(written)
            return _difference(step, handset.names())
        if self.call is not None:
            self.code = code_heard(self.call) or self.code
        self.told = self.call = _do(step.action, self.world, self.call, self.code)
        for state, holds in STATES.items():
            if state in step.expected and not holds(self.call):
                return _both(step.expected, self.call.names(), f"the step does not end with {state}")
        return _difference(step, self.call.names())

    def deliver(self) -> None:
        """Everything on its way to the hotline arrives."""
        self.world.telephone.deliver()
        for handset in self._handsets:
            handset.deliver()

    def _write(self, written: Written) -> Handset:
        if self.call is not None:
            self.code = code_heard(self.call) or self.code
        handset = self.world.handset(written.channel)
        if handset not in self._handsets:
            self._handsets.append(handset)
        if "code}" in written.words and not self.code:
            raise StoryFault("no code was told before")
        write(handset, written, self.code, self.world.enclosure)
        self.told = handset
        self.code = code_read(handset) or self.code
        return handset


def code_heard(call: Call) -> str:
    """The reference code as the caller could have written it down: the first eight digits said one after the other."""
    digits = ""
    for heard in call.everything:
        match = re.fullmatch(r"digit-(\d)", heard.name)
        digits = digits + match[1] if match else ""
        if len(digits) == 8:
            return digits
    return ""


def _do(action: str, world: World, call: Call | None, code: str) -> Call:
    if action.startswith("(calls"):
        if call is not None and not call.ended:
            call.hang_up()
        return world.telephone.call(withheld=action == "(calls withheld)")
    assert call is not None
    if action == "(nothing)":
        call.wait()
    elif action == "(hangs up)":
        call.hang_up()
    elif action in ("(presses the code)", "(presses a wrong code)"):
        if not code:
            raise StoryFault("no code was said before")
        wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
        call.press(wrong if "wrong" in action else code)
    elif speaks := SPEAKS.fullmatch(action):
        ends = {None: "#", "hangs up": "hangup", "falls silent": "silence"}
        call.speak(world.speech(speaks[1]), ends.get(speaks[2], speaks[2] or "#"))
    else:
        call.press(action.replace(" ", ""))
    return call


def _difference(step: Step, heard: list[str]) -> str:
    wanted = [name for name in step.expected if name not in STATES]
    return "" if _matches(wanted, heard) else _both(step.expected, heard, "")


def _both(expected: list[str], heard: list[str], why: str) -> str:
    lines = [f"  expected: {', '.join(expected) or '(nothing)'}", f"  heard:    {', '.join(heard) or '(nothing)'}"]
    return "\n".join(lines + ([f"  {why}"] if why else []))


def _matches(wanted: list[str], heard: list[str]) -> bool:
    if not wanted:
        return not heard
    first, rest = wanted[0], wanted[1:]
    if first == "...":
        return any(_matches(rest, heard[skipped:]) for skipped in range(len(heard) + 1))
    if not heard or not fnmatchcase(heard[0], first):
        return False
    return _matches(rest, heard[1:]) or ("*" in first and _matches(wanted, heard[1:]))


def _at(story: Story, step: Step) -> str:
    right = ", ".join(step.expected)
    return f"{story.path}:{step.number}: {step.action}  {right}".rstrip()
