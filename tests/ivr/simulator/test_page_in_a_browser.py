"""The chat of /phone in a real browser, 360 by 740: files are sent, answers arrive, nothing is blocked."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.app import create_app
from ivr.simulator.chats import Chats
from ivr.simulator.darkroom import photo
from ivr.simulator.desk import Desk
from ivr.simulator.handset import Handset
from ivr.simulator.provider import Provider
from models.secrecy import create_keys
from settings import Settings
from tests.ivr.simulator.lines import ACCOUNT, BASE, TOKEN, TipLine, phone

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


class Quiet(WSGIRequestHandler):
    """Writes no access log into the test's output."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture
def line() -> TipLine:
    return TipLine(messages="<Message>मिल गया। &lt;b&gt;</Message>")


@pytest.fixture
def provider(line: TipLine) -> Iterator[Provider]:
    provider = Provider(ACCOUNT, TOKEN)
    chats = Chats(lambda channel: Handset(BASE, TOKEN, ACCOUNT, provider, channel=channel, app=line, strict=False))
    provider.inside.desk = Desk(lambda: phone(line), chats)
    with provider:
        yield provider


@pytest.fixture
def address(tmp_path: Path, provider: Provider) -> Iterator[str]:
    """The hotline's page on a free port of this machine."""
    settings = Settings(
        var_dir=tmp_path / "var", public_url=BASE, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN,
        twilio_api_url=provider.url, redis_url="redis://127.0.0.1:9/0", development=True,
    )  # fmt: skip
    settings.var_dir.mkdir(mode=0o700)
    create_keys(settings.keys)
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium.new_page(viewport={"width": 360, "height": 740})
        chromium.close()


def test_a_chat_with_a_photo_works_on_a_small_telephone(
    page: Page, address: str, provider: Provider, line: TipLine, tmp_path: Path
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    (tmp_path / "street.jpg").write_bytes(photo())
    page.goto(address + "/phone")
    page.click("#tab-whatsapp")
    page.fill("#words", "see <b>this</b>")
    page.set_input_files("#attachment", tmp_path / "street.jpg")
    page.click("#post")
    page.wait_for_selector("#thread-whatsapp li.theirs")
    assert page.text_content("#thread-whatsapp li.theirs") == "मिल गया। <b>"
    assert page.text_content("#thread-whatsapp li.mine") == "see <b>this</b>"
    assert page.locator("#thread-whatsapp li.mine img").count() == 1
    assert [media.content for media in provider.store.media.values()] == [photo()]
    page.click("#here")
    page.fill("#pin", "26.4499, 80.3319")
    page.click("#post")
    page.wait_for_selector("#thread-whatsapp li:nth-child(4)")
    assert line.last("/messages").form["Longitude"] == "80.3319"

    page.click("#tab-sms")
    page.fill("#words", "112")  # digits are typed, not pressed as keys of a call
    page.press("#words", "Enter")
    page.wait_for_selector("#thread-sms li.theirs small")
    assert "UCS-2, 1 SMS" in (page.text_content("#thread-sms li.theirs small") or "")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert complaints == []
