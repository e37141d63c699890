"""A clerk's morning on a telephone of 360 by 740: a real browser against the real application over HTTP."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.parts import Parts
from settings import Settings
from tests.ivr.console.desk import OFFICE, PASSWORD, STATION, an_officer, lay_many, lay_tip, status_of, trail_of
from workers.routing import route

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


class Quiet(WSGIRequestHandler):
    """Writes no access log into the test's output."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As on a developer's machine: plain HTTP, so no Secure cookies."""
    return Settings(var_dir=tmp_path / "var", public_url="http://127.0.0.1:8000", redis_url="redis://127.0.0.1:9/0")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@dataclass
class Phone:
    """A page, and everything the browser complained about or asked other hosts for."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda asked: self.complaints.append(f"failed: {asked.url}"))
        self.page.on("request", lambda asked: self._is_ours(asked.url))

    def _is_ours(self, url: str) -> None:
        if not url.startswith(self.home):
            self.complaints.append(f"asked another host: {url}")

    def language(self) -> str | None:
        return self.page.locator("html").get_attribute("lang")

    def fits(self) -> bool:
        """Whether nothing reaches beyond the right edge."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def sign_in(self, username: str) -> None:
        self.page.goto(f"{self.home}/console/")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_selector(".groups")


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Phone]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    phone = Phone(context.new_page(), address)
    phone.listen()
    yield phone
    context.close()


def test_a_clerk_signs_in_reads_a_tip_while_hearing_it_and_writes_a_report(phone: Phone, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "copy"}, urgency="U1")
    lay_tip(parts, {OFFICE: "to"}, category="mining_overload", confidence=0.4)
    page = phone.page

    phone.sign_in(an_officer(parts))
    assert phone.language() == "hi"
    assert phone.fits()
    page.tap(f"a[href$='{tip}']")
    page.wait_for_selector("[data-words].ready")
    assert phone.fits()
    assert status_of(parts, tip) == "opened"
    assert trail_of(parts, tip) == ["open"]  # the sound is not fetched before somebody wants it

    # Slowly: on a busy machine a word of a third of a second would be over before anybody looked.
    page.eval_on_selector("audio", "sound => { sound.defaultPlaybackRate = sound.playbackRate = 0.25 }")
    page.tap("[data-words] .word >> nth=3")  # "नशा", 1.1 s: the sound goes there and on
    page.wait_for_selector(".word.now:has-text('नशा')")
    assert page.evaluate("document.querySelector('audio').currentTime") >= 1.0
    page.wait_for_selector(".word.now:has-text('बिकता')")
    page.wait_for_selector(".word.now.gap")
    assert page.locator(".word.now").count() == 1
    assert trail_of(parts, tip) == ["open", "listen"]

    page.locator("[data-words]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".word.now:has-text('है')")

    page.tap("button[name=language]")
    page.wait_for_selector("html[lang=en]")
    assert page.locator("h1").inner_text() == "Drugs, illegal liquor or a hookah bar"
    assert phone.fits()

    page.fill("#note", "Two people were caught")
    page.tap("button[value=report]")
    page.wait_for_selector(".notice.good")
    assert status_of(parts, tip) == "reported"
    assert "Two people were caught" in page.locator(".trail").inner_text()
    page.tap(".menu button")
    page.wait_for_selector("#password")
    assert phone.complaints == []


def test_the_pages_work_without_their_script(browser: Browser, address: str, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    phone = Phone(context.new_page(), address)
    phone.listen()
    phone.sign_in(an_officer(parts))
    phone.page.click(f"a[href$='{tip}']")
    assert "स्कूल के पीछे" in phone.page.locator("[data-words]").inner_text()
    assert not phone.page.locator("[data-with-script]").is_visible()  # it promises what only the script does
    phone.page.click("button[value=start_work]")
    phone.page.wait_for_selector(".notice.good")
    assert status_of(parts, tip) == "working"
    assert phone.complaints == []
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_overview_fits_the_screen_and_needs_no_script(
    browser: Browser, address: str, parts: Parts, width: int, scheme: Literal["light", "dark"]
) -> None:
    for n, station in enumerate(("KNP-BRR", "KNP-KOT", STATION)):
        lay_many(parts, 20 * (n + 1), {OFFICE: "to"}, category="extortion", station=station, days_ago=5 + 8 * n)
    context = browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, java_script_enabled=False
    )
    phone = Phone(context.new_page(), address)
    phone.listen()
    phone.sign_in(an_officer(parts))
    phone.page.click(".menu a >> nth=1")
    for language in ("hi", "en"):
        assert phone.language() == language and phone.fits()
        bars = phone.page.locator("svg.bars rect")
        heights = [box["height"] for bar in bars.all() if (box := bar.bounding_box()) is not None]
        assert len(heights) == 8 and max(heights) > 100 > min(heights)
        circle = phone.page.locator("circle.tips-there").first.bounding_box()
        assert circle is not None and circle["width"] > 20
        phone.page.click("button[name=language]")
    phone.page.click(".spans a >> nth=1")
    assert phone.page.locator("svg.bars rect").count() == 13 and phone.fits()
    with phone.page.expect_download() as download:
        phone.page.click("a[download]")
    assert download.value.suggested_filename == "overview-week-13.csv"
    assert phone.complaints == []
    context.close()


def test_a_clerk_asks_the_informant_and_takes_it_back(phone: Phone, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, code_hash="c" * 64)
    page = phone.page
    phone.sign_in(an_officer(parts))
    page.goto(f"{phone.home}/console/tips/{tip}")
    page.select_option("#question", "vehicle")
    page.tap(".asking button")
    page.wait_for_selector(".notice.good")
    assert "कोई गाड़ी? रंग और नंबर?" in page.locator(".round").inner_text() and phone.fits()
    page.tap(".round button")
    page.wait_for_selector(".round .withdrawn")
    assert phone.fits() and page.locator("#questions button").count() == 1
    assert trail_of(parts, tip) == ["open", "ask_informant", "take_back"] and phone.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_clerk_puts_the_place_right_without_a_script_and_sees_where_the_tip_went(
    browser: Browser, address: str, parts: Parts, width: int
) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "to"}, category="gambling")
    context = browser.new_context(viewport={"width": width, "height": 740}, java_script_enabled=False)
    phone = Phone(context.new_page(), address)
    phone.listen()
    page = phone.page
    phone.sign_in(an_officer(parts, STATION))
    page.goto(f"{phone.home}/console/tips/{tip}")
    assert not page.locator("#place").is_visible()
    page.click("#correct summary")
    for thing in page.locator("#correct select, #correct textarea, #correct button").all():
        box = thing.bounding_box()
        assert box is not None and box["height"] >= 40 and box["x"] + box["width"] <= width
    page.select_option("#place", "KNP-BRR")
    page.click("#correct form button")
    assert page.locator("#reason").evaluate("field => field.matches(':invalid')")  # the browser asks for a reason
    page.fill("#reason", "यह जगह बर्रा थाने में है")
    page.click("#correct form button")
    page.wait_for_url("**/correction")
    assert "थाना बर्रा" in page.locator("main").inner_text() and phone.fits()
    assert route(cast(Any, parts), tip)
    page.wait_for_selector(".units li")  # the page asks again by itself
    assert "डी सी पी साउथ" in page.locator(".units").inner_text() and phone.fits()
    page.click("main a.button")
    page.wait_for_selector(".empty")
    assert phone.complaints == []
    context.close()


def test_headquarters_chooses_the_district_first(phone: Phone, parts: Parts) -> None:
    nowhere: dict[str, Any] = dict.fromkeys(("category_by", "district", "station", "place_by", "pin_code"))
    tip = lay_tip(parts, {"HQ": "to"}, **nowhere, category=None)
    page = phone.page
    phone.sign_in(an_officer(parts, "HQ"))
    page.goto(f"{phone.home}/console/tips/{tip}")
    page.tap("#correct summary")
    assert page.locator("#place option").count() == 1
    page.tap("#correct .groups a >> nth=1")
    page.wait_for_selector("#place optgroup", state="attached")
    assert page.locator("#place").is_visible() and page.locator("#place option").count() == 30 and phone.fits()
    assert phone.complaints == []


def test_what_can_be_pressed_is_large_enough_for_a_thumb(phone: Phone, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, code_hash="c" * 64)
    phone.sign_in(an_officer(parts))
    for path in ("/console/", f"/console/tips/{tip}", "/console/overview"):
        phone.page.goto(phone.home + path)
        for thing in phone.page.locator(
            "button:visible, a:visible:not(.skip), input:visible, select:visible, summary"
        ).all():
            box = thing.bounding_box()
            assert box is not None
            assert box["height"] >= 40, thing.evaluate("thing => thing.outerHTML")
