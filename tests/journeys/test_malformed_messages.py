"""Two hundred malformed messages: every one is answered, what says something is found in one tip, officers are safe."""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html.parser import HTMLParser

from sqlmodel import col, select

from ivr.simulator.handset import Handset
from ivr.simulator.messaging_twiml import read_messages
from models.message import Attachment, Message
from models.tip import Routing, Tip
from settings import ROOT
from tests.ivr.console.desk import OFFICE, Desk, an_officer
from tests.journeys.installation import Installation
from tests.journeys.malformed import Case, all_cases, mark

LEAST = 200
TEMPLATES = ROOT / "ivr" / "console" / "templates"


def send(hotline: Installation, number: int, case: Case) -> Handset:
    """One message by somebody who sends nothing else, and where it says so, again."""
    handset = hotline.handset(f"+9196{number:04d}5432", case.channel, strict=False)
    form = handset.compose(case.body, *case.files, pin=case.pin, button=case.button)
    for name, value in case.fields.items():
        form.pop(name, None)
        form |= {} if value is None else {name: value}
    for _ in range(1 + case.again):
        answer = handset.messenger.send("POST", handset.message_url, form)
        assert answer.status == 200, f"{case.what}: {answer.status} {answer.body!r}"
        verbs, warnings = read_messages(answer.body, answer.headers["content-type"])
        assert warnings == [], case.what
        assert not any(one in verb.text for verb in verbs for one in case.marks), f"echoed: {case.what}"
    return handset


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_two_hundred_malformed_messages_are_answered_kept_once_and_shown_escaped(hotline: Installation) -> None:
    cases = all_cases()
    assert len(cases) >= LEAST
    for number, case in enumerate(cases):
        send(hotline, number, case)
    hotline.fall_silent()
    hotline.start("work")
    hotline.start("schedule")
    hotline.wait_until("all are routed", lambda: set(hotline.statuses()) == {"routed"}, 240)

    def states() -> Counter[str]:
        return Counter(hotline.look(lambda s: s.exec(select(Attachment.status)).all()))

    hotline.wait_until("films are prepared too", lambda: set(states()) <= {"ready", "quarantined"}, 120)
    texts = [text or "" for text in hotline.look(lambda s: s.exec(select(Message.text)).all())]
    for case in cases:
        for one in case.marks:
            assert sum(text.count(one) for text in texts) == 1, f"{case.what}: {one}"
    assert [tip.problem for tip in hotline.tips() if tip.problem] == []
    assert sum(states().values()) == sum(case.kept_files for case in cases)
    assert set(states()) == {"ready", "quarantined"}
    officers_see_only_text(hotline, [one for case in cases for one in case.marks])


def officers_see_only_text(hotline: Installation, marks: list[str]) -> None:
    """Every tip's page, as an officer who may see all of them gets it."""
    parts = hotline.parts
    with parts.db.session() as session:
        routed = set(session.exec(select(Routing.tip_id).where(Routing.unit == OFFICE)))
        everyone = session.exec(select(Tip.id)).all()
        session.add_all(Routing(tip_id=tip, unit=OFFICE, role="copy") for tip in everyone if tip not in routed)
    desk = Desk(hotline.app, hotline.settings.public_url)
    assert desk.sign_in(an_officer(parts)).status_code == 303
    own = {tag for file in TEMPLATES.rglob("*.html") for tag in re.findall(r"<(\w+)", file.read_text())}
    shown = ""
    for tip in everyone:
        answer = desk.get(f"/console/tips/{tip}")
        assert answer.status_code == 200
        page = Page(answer.text)
        for tag, attributes in page.elements:
            assert tag in own, f"<{tag}> came with a message"
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            assert not any("zqx" in value for value in attributes.values())
            assert tag != "script" or attributes.get("src", "").startswith("/console/static/")
        assert "javascript:" not in "".join(value for _, attributes in page.elements for value in attributes.values())
        shown += plain(page.text)
    assert [one for one in marks if one not in shown] == []
    # Whatever looked like markup stands there as text, to the letter.
    texts = hotline.look(lambda s: s.exec(select(Message.text)).all())
    assert [text for text in texts if text and "[" not in text and plain(text) not in shown] == []
    for name in hotline.look(lambda s: s.exec(select(Attachment.id).where(Attachment.status == "quarantined")).all()):
        assert desk.get(f"/console/files/{name}").status_code == 404, "what is quarantined is never opened"


def plain(text: str) -> str:
    """Without what is not seen: spaces and control characters."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())


def test_a_message_that_five_webhooks_bring_at_the_same_moment_is_kept_once(hotline: Installation) -> None:
    marks = [mark() for _ in range(6)]
    handset = hotline.handset()
    forms = [handset.compose(f"Naubasta mein satta chalta hai {one}") for one in marks]
    wanted = forms * 5
    random.Random(7).shuffle(wanted)

    def post(form: dict[str, str]) -> int:
        return hotline.handset().messenger.send("POST", handset.message_url, form).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(post, wanted)) == {200}
    sealed = hotline.look(lambda s: s.exec(select(Message.tip_id, Message.position)).all())
    assert len(sealed) == 6 and len({tip for tip, _ in sealed}) == 1, "six messages of one tip"
    assert len({position for _, position in sealed}) == 6


def test_pieces_of_a_long_message_that_arrive_in_any_order_are_read_in_theirs(hotline: Installation) -> None:
    hotline.start("work")
    hotline.start("schedule")
    words = "नौबस्ता बस अड्डे के पीछे की दुकान में रोज शाम को चरस बिकती है और लड़के आते हैं".split()
    for seed in range(3):
        handset = hotline.handset(f"+919700012{seed:03d}", duplicates=True, shuffle=random.Random(seed))
        pieces = [f"({number + 1}/4) " + " ".join(words[number * 4 : number * 4 + 4]) for number in range(4)]
        order = [0, 1, 2, 3]
        random.Random(seed + 10).shuffle(order)
        handset.burst(pieces, order)
        handset.deliver()
    hotline.fall_silent()
    hotline.wait_until("all are routed", lambda: hotline.statuses() == ["routed"] * 3)
    for tip in hotline.tips():
        told = hotline.look(
            lambda s, tip=tip: s.exec(  # type: ignore[misc]
                select(Message.text).where(Message.tip_id == tip.id).order_by(col(Message.position))
            ).all()
        )
        assert [text[:5] for text in told] == ["(1/4)", "(2/4)", "(3/4)", "(4/4)"]


def test_a_message_too_large_for_any_door_is_found_at_the_provider(hotline: Installation) -> None:
    """Twilio carries at most 4096 letters; should it carry more, the webhook refuses them and a worker fetches them."""
    one = mark()
    handset = hotline.handset(strict=False)
    assert handset.send("नौबस्ता में चरस बिकती है " * 500 + one) == []
    assert [fault.number for fault in handset.faults] == [11200] * 2  # the fallback refuses it too
    assert hotline.tips() == []
    for kept in hotline.provider.store.messages.values():
        kept.made -= timedelta(minutes=10)
    hotline.start("work")
    hotline.start("schedule")
    hotline.wait_until("the tip is routed", lambda: hotline.statuses() == ["routed"])
    [text] = hotline.look(lambda s: s.exec(select(Message.text)).all())
    assert one in text
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [])
