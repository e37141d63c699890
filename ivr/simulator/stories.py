"""Stories: calls written down so that a police officer can read them, and played on the telephone to see they are true.

    # A caller says what happens, sends it, and welcomes an answer.
    (calls)             greeting, ...
    1                   danger, promise, main_menu
    (speaks drugs_hi)   review
    = tip               drugs_liquor, received

On the left what the caller does: keys, or one of the actions in brackets (tests/stories/README.md lists them). On
the right, after two spaces, the prompts heard then, by name and in order: exactly these, unless `...` stands for any
others or a name ends in * (one or more prompts that begin so). `(beep)` and `(over)` say how the step ends. A line
that begins with spaces goes on with the line above. Lines with = are checked by the World, which knows the database.
Never does: know the hotline's dialogue or its tables.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from ivr.simulator.call import Call
from ivr.simulator.fault import NotSimulated, TwilioFault, WrongMoment
from ivr.simulator.telephone import Telephone

STATES: dict[str, Callable[[Call], bool]] = {"(beep)": lambda call: call.recording, "(over)": lambda call: call.ended}
_KEYS = re.compile(r"[0-9*#][0-9*# ]*")
_COMMENT = re.compile(r"\s*#( \S.*)?")  # a # and two spaces are the key
_SPEAKS = re.compile(r"\(speaks ([a-z0-9_]+)(?:, then (hangs up|falls silent|[0-9*#]))?\)")
_PLAIN = ("(calls)", "(calls withheld)", "(nothing)", "(hangs up)", "(presses the code)", "(presses a wrong code)")


class StoryFault(Exception):
    """A story cannot be read, or is not true. The message begins with file and line."""


@dataclass
class Step:
    """One line: what is done and the prompts that must follow; or, after =, a claim and its words."""

    number: int
    action: str
    expected: list[str] = field(default_factory=list)

    @property
    def claim(self) -> str:
        """What the line claims of the database ("tip", "no tip"), or ""."""
        return self.action[1:].strip() if self.action.startswith("=") else ""


@dataclass
class Story:
    """A parsed file. `title` is its first comment."""

    path: Path
    title: str
    steps: list[Step]


class World(Protocol):
    """What a story needs around it."""

    telephone: Telephone

    def speech(self, name: str) -> Path:
        """The sound file of what the caller says. KeyError when there is none of that name."""

    def check(self, claim: str, words: list[str], call: Call) -> None:
        """Is it so? AssertionError says what is there instead; KeyError: nobody can check such a claim."""


def read_story(path: Path) -> Story:
    """Parse a story file. StoryFault names file and line."""
    title = ""
    steps: list[Step] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or _COMMENT.fullmatch(line):
            title = title or line.strip("# ").strip()
            continue
        action, _, right = line.strip().partition("  ") if not line.startswith(" ") else ("", "", line)
        names = [name.strip() for name in right.split(",")] if right.strip() else []
        if names and names[-1] == "":
            names.pop()  # a comma at the end: the line below goes on
        if "" in names:
            raise StoryFault(f"{path}:{number}: a name is missing between two commas")
        if line.startswith(" "):
            if not steps:
                raise StoryFault(f"{path}:{number}: the first line cannot go on with anything")
            steps[-1].expected += names
            continue
        _check_action(action, path, number, first=not any(not step.claim for step in steps))
        steps.append(Step(number, action, names))
    if not steps:
        raise StoryFault(f"{path}:1: nothing happens in this story")
    return Story(path, title, steps)


def _check_action(action: str, path: Path, number: int, *, first: bool) -> None:
    known = action in _PLAIN or _KEYS.fullmatch(action) or _SPEAKS.fullmatch(action) or action.startswith("= ")
    if not known:
        raise StoryFault(f"{path}:{number}: {action!r} is neither keys nor a known action (are two spaces missing?)")
    if first and not action.startswith(("(calls", "=")):
        raise StoryFault(f"{path}:{number}: a story begins with (calls)")


def play_story(story: Story, world: World, saw: Callable[[Step, Call], None] | None = None) -> None:
    """Play it. StoryFault says which line is not true, what was expected and what was heard."""
    call: Call | None = None
    code = ""
    for step in story.steps:
        try:
            if step.claim:
                if call is None:
                    raise StoryFault("nobody has called yet")
                world.telephone.deliver()
                world.check(step.claim, step.expected, call)
                continue
            code = (code_heard(call) if call else "") or code
            call = _do(step.action, world, call, code)
            problem = _difference(step, call)
        except (TwilioFault, NotSimulated, WrongMoment, StoryFault) as fault:
            raise StoryFault(f"{_at(story, step)}\n  {fault}") from fault
        except AssertionError as fault:
            raise StoryFault(f"{_at(story, step)}\n  not so: {fault}") from fault
        except KeyError as fault:
            raise StoryFault(f"{_at(story, step)}\n  nobody knows {fault}") from fault
        if problem:
            raise StoryFault(f"{_at(story, step)}\n{problem}")
        if saw:
            saw(step, call)
    if call is not None and not call.ended:
        call.hang_up()
    world.telephone.deliver()


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
    elif speaks := _SPEAKS.fullmatch(action):
        ends = {None: "#", "hangs up": "hangup", "falls silent": "silence"}
        call.speak(world.speech(speaks[1]), ends.get(speaks[2], speaks[2] or "#"))
    else:
        call.press(action.replace(" ", ""))
    return call


def _difference(step: Step, call: Call) -> str:
    heard = call.names()
    for state, holds in STATES.items():
        if state in step.expected and not holds(call):
            return _both(step.expected, heard, f"the step does not end with {state}")
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
