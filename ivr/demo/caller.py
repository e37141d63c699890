"""The two calls of the demo, key by key, and how they are shown while they happen.

Never does: take another way into the hotline than a telephone would.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.channels.prompts import Prompts
from ivr.simulator.call import Call
from ivr.simulator.hearing import Heard
from ivr.simulator.provider import Provider
from ivr.simulator.telephone import Telephone
from models.catalogue import load as load_catalogue
from settings import ROOT, Settings

SPEECH = ROOT / "ivr" / "simulator" / "speech"
LONGEST_LINE = 110
Tell = Callable[[str, str], None]


@dataclass(frozen=True)
class Script:
    """One call: the caller's number, the recorded speech, the keys before and after it, and who should read it."""

    title: str
    language: str
    number: str
    clip: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    officer: str

    @property
    def sound(self) -> Path:
        """The recorded speech."""
        return SPEECH / f"{self.clip}.wav"

    @property
    def words(self) -> list[str]:
        """Words that the transcript should hold."""
        return list(clip(self.clip)["heard"])

    @property
    def numbers(self) -> list[str]:
        """Digits that must be nowhere afterwards: the caller's number and those spoken."""
        return [self.number[-10:], *clip(self.clip).get("numbers", [])]


CALLS = (
    # Hindi; tell; send; drugs by their two-digit code; PIN code, of its two stations the first; an answer is welcome
    Script(
        "A call in Hindi, from Naubasta", "hi", "+917054112233", "demo_hi",
        before=("1", "1"), after=("1", "02", "208021", "1", "1"), officer="dcp.south",
    ),
    # English; tell; send; the kind is left to the words; PIN code; yes, that place; no answer wanted
    Script(
        "A call in English, from Kalyanpur", "en", "+918887766554", "demo_en",
        before=("2", "1"), after=("1", "#", "208017", "1", "2"), officer="dcp.west",
    ),
)  # fmt: skip


def place(script: Script, settings: Settings, provider: Provider, tell: Tell) -> None:
    """Place the call against the running hotline and show what the caller hears and does."""
    prompts = Prompts.load(ROOT / "audio_prompts", load_catalogue())
    telephone = Telephone(
        settings.public_url,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_account_sid,
        provider,
        script.number,
        prompts=prompts,
    )
    call = telephone.call()
    _hears(call, prompts, tell)
    for keys in script.before:
        _press(call, keys, prompts, tell)
    tell("says", f"({script.clip}.wav) {' '.join(clip(script.clip)['said'])}"[:LONGEST_LINE] + " ...")
    call.speak(script.sound)
    _hears(call, prompts, tell)
    for keys in script.after:
        _press(call, keys, prompts, tell)
    if not call.ended:
        call.hang_up()
    tell("hangs up", f"after {call.seconds:.0f} s of a real call")
    telephone.deliver()


def _press(call: Call, keys: str, prompts: Prompts, tell: Tell) -> None:
    tell("presses", " ".join(keys))
    call.press(keys)
    _hears(call, prompts, tell)


def _hears(call: Call, prompts: Prompts, tell: Tell) -> None:
    said = [_words(one, prompts) for one in call.heard if one.kind in ("play", "say")]
    text = " ".join(words for words in said if words)
    if text:
        tell("hears", text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE].rsplit(" ", 1)[0] + " ...")


def _words(heard: Heard, prompts: Prompts) -> str:
    if heard.text:
        return heard.text
    return prompts.get(heard.name, heard.lang).text if heard.lang and heard.name in prompts else ""


def clip(name: str) -> dict[str, list[str]]:
    """What is known of a clip of recorded speech: said, heard, numbers, names."""
    clips: dict[str, dict[str, list[str]]] = tomllib.loads((SPEECH / "texts.toml").read_text(encoding="utf-8"))
    return clips[name]
