"""A story as written: its steps, each with what is done and what must follow. See stories.py for what a line may be.

Never does: play one.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ivr.simulator.writing import read_written

_KEYS = re.compile(r"[0-9*#][0-9*# ]*")
_COMMENT = re.compile(r"\s*#( \S.*)?")  # a # and two spaces are the key
SPEAKS = re.compile(r"\(speaks ([a-z0-9_]+)(?:, then (hangs up|falls silent|[0-9*#]))?\)")
WAITS = re.compile(r"\(waits (\d{1,4}) minutes\)")
ASKS = re.compile(r"\((asks|takes back) ([a-z]+)\)")  # what officers do with the tip whose code was told last
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
    spoken = action in _PLAIN or _KEYS.fullmatch(action) or SPEAKS.fullmatch(action)
    others = WAITS.fullmatch(action) or ASKS.fullmatch(action)
    known = spoken or action.startswith("= ") or others or read_written(action)
    if not known:
        raise StoryFault(f"{path}:{number}: {action!r} is neither keys nor a known action (are two spaces missing?)")
    if first and not (action.startswith(("(calls", "=")) or read_written(action)):
        raise StoryFault(f"{path}:{number}: a story begins with (calls) or a message")
