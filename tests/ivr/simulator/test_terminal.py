"""The telephone in the terminal: what is typed is done, what is heard is shown as words."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from ivr.channels.prompts import Prompts
from ivr.simulator.terminal import PhoneUnusable, converse, phone
from models.catalogue import load as load_catalogue
from settings import ROOT, Settings
from tests.ivr.simulator import lines

ASK = "<Gather numDigits='1' action='/voice/menu'><Play>/prompts/hi/greeting.wav</Play></Gather>"
TELL = "<Say voice='Polly.Aditi' language='en-IN'>After the beep.</Say><Record action='/voice/told' finishOnKey='#'/>"


def a_line() -> lines.TipLine:
    tips = lines.TipLine(voice=ASK, voice__menu=TELL, voice__told="<Say voice='Nobody'>Kept.</Say>")
    tips.answers["/prompts/hi/greeting.wav"] = lines.prompt()
    return tips


def typed(*keys: str) -> tuple[lines.TipLine, str]:
    """Converse by typing these lines; returns the line called and what the screen showed."""
    waiting, screen, tips = list(keys), io.StringIO(), a_line()
    prompts = Prompts.load(ROOT / "audio_prompts", load_catalogue())

    def ask(_: str) -> str:
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    converse(lines.phone(tips, prompts=prompts, strict=False), Console(file=screen, width=200), ask)
    return tips, screen.getvalue()


def test_a_call_can_be_made_by_typing() -> None:
    tips, screen = typed("1", "r drugs_hi")
    assert tips.paths() == ["/voice", "/voice/menu", "/voice/told", "/voice/status"]
    greeting = Prompts.load(ROOT / "audio_prompts", load_catalogue()).get("greeting", "hi").text
    assert greeting in screen and "beep" in screen and "Kept." in screen
    assert "13511" in screen  # what Twilio would complain of is shown too


def test_what_cannot_be_done_is_said_and_the_call_goes_on() -> None:
    tips, screen = typed("r drugs_hi", "dance", "r /no/such/file", "1", "r /no/such/file", f"r {Path(__file__)}", "h")
    assert "not recording" in screen and "No such file" in screen and "not a sound file" in screen
    assert tips.paths()[-2:] == ["/voice/told", "/voice/status"]


def test_leaving_hangs_up() -> None:
    for keys in (("q",), ()):
        tips, screen = typed(*keys)
        assert tips.paths() == ["/voice", "/voice/status"] and "over" in screen


def test_the_real_twilio_is_never_called(settings: Settings) -> None:
    real = settings.model_copy(update={"twilio_api_url": "https://api.twilio.com"})
    with pytest.raises(PhoneUnusable, match="simulated"):
        phone(real)


def test_a_company_that_does_not_answer_is_named(settings: Settings) -> None:
    with pytest.raises(PhoneUnusable, match="demo running"):
        phone(settings)
