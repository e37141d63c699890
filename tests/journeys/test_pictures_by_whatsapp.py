"""Who tells of a robbery by telephone hears where to send pictures, if there is a number for it; they reach the tip."""

from pathlib import Path

import pytest
from sqlmodel import select

from ivr.simulator.chat import Enclosure
from ivr.simulator.darkroom import photo
from ivr.simulator.stories import code_heard
from models.message import Attachment
from models.officer import ADDED, Trail
from tests.journeys.installation import SPEECH, Installation, shuffled

WHATSAPP = "+915122304051"
ROBBERY, GAMBLING = "11", "04"


def tell(hotline: Installation, kind: str, **terms: object) -> tuple[list[str], str]:
    """A call about a kind of thing, by its two-digit code; what is heard with the reference code, and the code."""
    telephone = hotline.telephone(**terms)
    call = telephone.call()
    for keys in ("1", "1"):
        call.press(keys)
    call.speak(SPEECH / "drugs_hi.wav")
    for keys in ("1", kind, "#", "2"):
        call.press(keys)
    names = call.names()
    call.hang_up()
    telephone.deliver()
    return names, code_heard(call)


@pytest.mark.parametrize("terms", [{}, shuffled(4)], ids=["in order", "twice and shuffled"])
def test_with_a_number_it_is_said_after_the_code_and_the_picture_sent_there_joins_the_tip(
    tmp_path: Path, terms: dict[str, object]
) -> None:
    with Installation(tmp_path, whatsapp_number=WHATSAPP) as hotline:
        names, code = tell(hotline, ROBBERY, **terms)
        at = names.index("pictures")
        assert names[at + 1 : at + 11] == [f"digit-{digit}" for digit in WHATSAPP[-10:]]
        assert names[at + 11 :] == ["pictures_code", "code_use"]
        writes = hotline.handset("+919811111111", "whatsapp")
        writes.send(f"attach {code}", Enclosure(photo("street"), "image/jpeg", "a.jpg"))
        writes.deliver()
        (tip,) = hotline.tips()
        (file,) = hotline.look(lambda s: s.exec(select(Attachment)).all())
        assert tip.channel == "voice" and tip.category == "serious_crime" and file.tip_id == tip.id


@pytest.mark.parametrize("terms", [{}, shuffled(5)], ids=["in order", "twice and shuffled"])
def test_a_picture_that_comes_before_its_code_is_read_with_the_tip_and_erased(
    hotline: Installation, terms: dict[str, object]
) -> None:
    hotline.start("work")
    hotline.start("schedule")
    _, code = tell(hotline, GAMBLING)
    hotline.wait_until("the call is routed", lambda: hotline.statuses() == ["routed"])
    writes = hotline.handset("+919811111111", "whatsapp", **terms)
    writes.send("", Enclosure(photo("street"), "image/jpeg", "a.jpg"))
    writes.send(f"attach {code}")
    writes.send("बस")
    writes.deliver()

    def files() -> list[tuple[str, str]]:
        return list(hotline.look(lambda s: s.exec(select(Attachment.tip_id, Attachment.status)).all()))

    (tip,) = hotline.tips()
    hotline.wait_until("the picture is ready", lambda: files() == [(tip.id, "ready")])
    hotline.wait_until(
        "its officers hear of it", lambda: ADDED in hotline.look(lambda s: s.exec(select(Trail.what)).all())
    )
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [], 60)


def test_without_a_number_nobody_is_sent_anywhere(hotline: Installation) -> None:
    names, _ = tell(hotline, ROBBERY)
    assert names[0] == "code" and names[-1] == "code_use"
    assert not {"pictures", "pictures_code"} & set(names)
    (tip,) = hotline.tips()
    assert tip.category == "serious_crime" and tip.code_hash


def test_of_gambling_nobody_has_pictures_and_none_are_asked_for(tmp_path: Path) -> None:
    with Installation(tmp_path, whatsapp_number=WHATSAPP) as hotline:
        assert "pictures" not in tell(hotline, GAMBLING)[0]
