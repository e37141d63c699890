"""How stories are read and played: what is wrong is told with file and line."""

from pathlib import Path

import pytest

from ivr.simulator.call import Call
from ivr.simulator.sound import tone, wav_bytes
from ivr.simulator.stories import StoryFault, code_heard, play_story, read_story
from ivr.simulator.telephone import Telephone
from tests.ivr.simulator.lines import TipLine, phone, prompt

ASK = "<Gather numDigits='1' action='/voice/menu'><Play>/prompts/hi/greeting.wav</Play></Gather>"
CODE = "".join(f"<Play>/prompts/hi/digit-{digit}.wav</Play>" for digit in "48217306")


class Small:
    """A world with one clip and one claim."""

    def __init__(self, folder: Path, telephone: Telephone) -> None:
        self.folder, self.telephone = folder, telephone
        self.claims: list[tuple[str, list[str]]] = []

    def speech(self, name: str) -> Path:
        if name != "clip":
            raise KeyError(f"the speech {name}")
        path = self.folder / "clip.wav"
        path.write_bytes(wav_bytes(tone(2.0)))
        return path

    def check(self, claim: str, words: list[str], call: Call) -> None:
        self.claims.append((claim, words))
        assert claim != "no tip", "there is one"


@pytest.fixture
def world(tmp_path: Path) -> Small:
    tips = TipLine(
        voice=ASK,
        voice__menu=f"{CODE}<Play>/prompts/hi/tell.wav</Play><Record action='/voice/told' finishOnKey='#'/>",
        voice__told="<Gather numDigits='8' action='/voice/code'/>",
        voice__code="<Play>/prompts/hi/found.wav</Play><Hangup/>",
    )
    names = ["greeting", "tell", "found", *(f"digit-{digit}" for digit in range(10))]
    tips.answers |= {f"/prompts/hi/{name}.wav": prompt(0.1) for name in names}
    return Small(tmp_path, phone(tips))


def story(folder: Path, text: str):  # type: ignore[no-untyped-def]
    path = folder / "a_call.txt"
    path.write_text(text, encoding="utf-8")
    return read_story(path)


GOOD = """
# A caller is told a code and uses it.
(calls)          greeting
1                digit-*, tell, (beep)
(speaks clip)
= tip            received,
                 one more
(presses the code)   found, (over)
"""


def test_a_true_story_is_played_to_its_end(world: Small, tmp_path: Path) -> None:
    read = story(tmp_path, GOOD)
    assert read.title == "A caller is told a code and uses it."
    steps: list[str] = []
    play_story(read, world, lambda step, call: steps.append(step.action))
    assert steps == ["(calls)", "1", "(speaks clip)", "(presses the code)"]
    assert world.claims == [("tip", ["received", "one more"])]


def test_the_code_is_what_the_caller_could_have_written_down(world: Small) -> None:
    call = world.telephone.call()
    assert code_heard(call) == ""
    call.press("1")
    assert code_heard(call) == "48217306"


UNTRUE = [
    ("(calls)   welcome", 1, "expected: welcome\n  heard:    greeting"),
    ("(calls)   greeting, more", 1, "heard:    greeting"),
    ("(calls)", 1, "expected: (nothing)"),
    ("(calls)   greeting, (beep)", 1, "does not end with (beep)"),
    ("(calls)   greeting\n1   ..., digit-7, tell", 2, "expected: ..., digit-7, tell"),
    ("(calls)   ...\n1   ...\n(speaks clip)\n1   ..., (over)\n\n2  ...", 6, "the call is over"),
    ("(calls)   ...\n(speaks clip)", 2, "not recording"),
    ("(calls)   ...\n1   ...\n(speaks nothing_there)", 3, "nobody knows 'the speech nothing_there'"),
    ("(calls)   ...\n(presses the code)", 2, "no code was said"),
    ("(calls)   ...\n= no tip", 2, "not so: there is one"),
]


@pytest.mark.parametrize(("text", "line", "says"), UNTRUE)
def test_an_untrue_story_fails_at_its_line(text: str, line: int, says: str, world: Small, tmp_path: Path) -> None:
    with pytest.raises(StoryFault) as caught:
        play_story(story(tmp_path, text), world)
    assert str(caught.value).startswith(f"{tmp_path / 'a_call.txt'}:{line}:")
    assert says in str(caught.value)


UNREADABLE = [
    ("", 1, "nothing happens"),
    ("# only a title\n", 1, "nothing happens"),
    ("1   greeting", 1, "begins with (calls)"),
    ("(calls)   a,,b", 1, "between two commas"),
    ("   greeting", 1, "cannot go on"),
    ("(calls)   greeting\n(sings)   x", 2, "neither keys nor a known action"),
    ("(calls)   greeting\n1 menu", 2, "are two spaces missing"),
    ("(calls) greeting", 1, "are two spaces missing"),
]


@pytest.mark.parametrize(("text", "line", "says"), UNREADABLE)
def test_an_unreadable_story_names_file_and_line(text: str, line: int, says: str, tmp_path: Path) -> None:
    with pytest.raises(StoryFault) as caught:
        story(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'a_call.txt'}:{line}:")
    assert says in str(caught.value)
