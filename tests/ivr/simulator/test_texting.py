"""The chat in the terminal: what is typed is sent, what arrives is shown."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from ivr.cli import commands
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.store import Store
from ivr.simulator.terminal import PhoneUnusable
from ivr.simulator.texting import chat, exchange_messages
from settings import Settings
from tests.ivr.simulator.lines import ACCOUNT, BASE, TOKEN, TipLine


def typed(*lines: str, channel: Channel = "sms") -> tuple[TipLine, Store, str]:
    """Chat by typing these lines; the line written to, what the company keeps, and the screen."""
    waiting, screen, store = list(lines), io.StringIO(), Store()
    tips = TipLine(messages="<Message>नमस्ते [b]</Message>")
    handset = Handset(BASE, TOKEN, ACCOUNT, store, channel=channel, app=tips, strict=False)

    def ask(_: str) -> str:
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    exchange_messages(handset, Console(file=screen, width=200), ask)
    return tips, store, screen.getvalue()


def test_words_are_sent_and_the_answer_is_shown_with_its_size() -> None:
    tips, _, screen = typed("", "Hi there", "/q", "never sent")
    assert [request.form["Body"] for request in tips.asked] == ["Hi there"]
    assert "नमस्ते [b]" in screen and "UCS-2, 1 SMS" in screen


def test_files_and_places_are_sent(tmp_path: Path) -> None:
    (tmp_path / "street.jpg").write_bytes(b"picture")
    (tmp_path / "note.ogg").write_bytes(b"sound")
    (tmp_path / "friend.vcf").write_bytes(b"card")
    lines = (
        f"/photo {tmp_path}/street.jpg see this here",
        f"/voice {tmp_path}/note.ogg",
        f"/contact {tmp_path}/friend.vcf",
        "/location 26.45, 80.33",
    )
    tips, store, _ = typed(*lines, channel="whatsapp")
    assert [request.form["MessageType"] for request in tips.asked] == ["image", "audio", "contacts", "location"]
    assert tips.asked[0].form["Body"] == "see this here"
    assert {media.content_type for media in store.media.values()} == {"image/jpeg", "audio/ogg", "text/vcard"}


def test_what_cannot_be_sent_is_said_and_the_chat_goes_on() -> None:
    tips, _, screen = typed("/photo /no/such/file", "/dance", "/location 1,2", "Hi", "STOP")
    assert "No such file" in screen and "no such command" in screen and "holds no location" in screen
    assert len(tips.asked) == 2 and "by the telephone company" in screen


def test_the_real_twilio_is_never_written_to(settings: Settings) -> None:
    with pytest.raises(PhoneUnusable, match="simulated"):
        chat(settings.model_copy(update={"twilio_api_url": "https://api.twilio.com"}), "sms")


def test_one_cannot_write_sms_and_whatsapp_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_VAR_DIR", str(tmp_path))
    refused = CliRunner().invoke(commands, ["phone", "--sms", "--whatsapp"])
    assert refused.exit_code == 2 and "Choose one" in refused.output
    alone = CliRunner().invoke(commands, ["phone", "--whatsapp"])
    assert alone.exit_code == 2 and "./hotline demo" in alone.output
