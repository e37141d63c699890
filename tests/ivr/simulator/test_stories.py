"""How stories are read and played: what is wrong is told with file and line."""

from pathlib import Path

import pytest

from ivr.simulator.call import Call
from ivr.simulator.chat import Enclosure
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.sound import tone, wav_bytes
from ivr.simulator.stories import StoryFault, code_heard, play_story, read_story
from ivr.simulator.telephone import Telephone
from tests.ivr.simulator.lines import ACCOUNT, BASE, TOKEN, TipLine, phone, prompt

ASK = "<Gather numDigits='1' action='/voice/menu'><Play>/prompts/hi/greeting.wav</Play></Gather>"
CODE = "".join(f"<Play>/prompts/hi/digit-{digit}.wav</Play>" for digit in "48217306")


class Small:
    """A world with one clip and one claim."""

    def __init__(self, folder: Path, telephone: Telephone) -> None:
        self.folder, self.telephone = folder, telephone
        self.claims: list[tuple[str, list[str]]] = []
        self.minutes = 0
        self.handsets: dict[str, Handset] = {}
        self.line: TipLine | None = None

    def handset(self, channel: Channel) -> Handset:
        if channel not in self.handsets:
            names = {"Thanks.": "thanks", "Code 4821 7306.": "code"}
            self.handsets[channel] = Handset(
                BASE, TOKEN, ACCOUNT, self.telephone.exchange, channel=channel, app=self.line, name_of=names.get
            )
        return self.handsets[channel]

    def enclosure(self, kind: str, name: str) -> Enclosure:
        if kind != "photo":
            raise KeyError(f"the {kind} {name}")
        return Enclosure(b"a picture", "image/jpeg", name)

    def pass_time(self, minutes: int) -> None:
        self.minutes += minutes

    def officer(self, does: str, question: str, code: str) -> None:
        raise KeyError(question)

    def speech(self, name: str) -> Path:
        if name != "clip":
            raise KeyError(f"the speech {name}")
        path = self.folder / "clip.wav"
        path.write_bytes(wav_bytes(tone(2.0)))
        return path

    def check(self, claim: str, words: list[str], told: Call | Handset) -> None:
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
    tips.answers["/messages"] = lambda request: (
        "<Message>Code 4821 7306.</Message>" if "STATUS" in request.form["Body"] else "<Message>Thanks.</Message>"
    )
    world = Small(tmp_path, phone(tips))
    world.line = tips
    return world


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


WRITTEN = """
# Somebody calls, writes, sends a photo, and uses the code on either.
(calls)                        greeting
1                              digit-*, tell, (beep)
(hangs up)
(texts) add {code} # or 2      thanks
(whatsapp photo street.jpg) see here  thanks
(whatsapp location 26.45,80.33)  thanks
(waits 31 minutes)
(texts) STATUS                 code
(texts) not {wrong code}       thanks
(texts) STOP                   (twilio)
= tip                          received
"""


def test_a_story_is_told_by_voice_and_in_writing(world: Small, tmp_path: Path) -> None:
    play_story(story(tmp_path, WRITTEN), world)
    assert world.line is not None and world.minutes == 31
    bodies = [request.form["Body"] for request in world.line.asked if request.path == "/messages"]
    assert bodies == ["add 48217306 # or 2", "see here", "", "STATUS", "not 48217307", "STOP"]
    assert list(world.handsets) == ["sms", "whatsapp"] and world.claims == [("tip", ["received"])]


UNTRUE = [
    ("(texts) Hi   thanks\n(texts) Hi   code", 2, "expected: code\n  heard:    thanks"),
    ("(texts) Hi   thanks, thanks", 1, "heard:    thanks"),
    ("(texts) Hi", 1, "expected: (nothing)"),
    ("(texts) {code}   thanks", 1, "no code was told"),
    ("(texts photo a.jpg)   thanks\n(texts voice b.ogg)  thanks", 2, "nobody knows 'the voice b.ogg'"),
    ("(texts location 1,2)  thanks", 1, "no location"),
    ("(texts) Hi  thanks\n(waits 5 minutes)  thanks", 2, "time passes in silence"),
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
    ("(texts)   thanks", 1, "neither keys nor a known action"),
    ("(telegrams) Hi   thanks", 1, "neither keys nor a known action"),
    ("(waits 5 minutes)", 1, "begins with (calls) or a message"),
]


@pytest.mark.parametrize(("text", "line", "says"), UNREADABLE)
def test_an_unreadable_story_names_file_and_line(text: str, line: int, says: str, tmp_path: Path) -> None:
    with pytest.raises(StoryFault) as caught:
        story(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'a_call.txt'}:{line}:")
    assert says in str(caught.value)
