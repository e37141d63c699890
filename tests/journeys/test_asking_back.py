"""An officer asks, the informant hears it and answers from another telephone: once, whatever breaks, and unseen."""

from pathlib import Path

from sqlmodel import select

from ivr import questions
from ivr.simulator.stories import code_heard
from models.lifecycle import Status
from models.message import Message
from models.officer import ADDED, Officer, Trail
from models.question import Asked
from models.recording import ProviderCopy, Transcript
from models.tip import Routing, Tip
from tests.journeys.canaries import all_forms, everything_left, hits, spoken_forms
from tests.journeys.installation import SPEECH, Installation, shuffled

UNIT = "KNP-CP"
SPOKEN = "9876543210"  # in the clip demo_hi, with the name राकेश
TYPED = "9811223344"
TOLD_FROM = [f"+9196{n:02d}7654{n:02d}" for n in range(4)]
ANSWERED_FROM = [f"+9195{n:02d}8765{n:02d}" for n in range(4)]


def tell(hotline: Installation, number: str) -> str:
    """A tip told by telephone; its code."""
    telephone = hotline.telephone(number)
    call = telephone.call()
    for keys in ("1", "1"):
        call.press(keys)
    call.speak(SPEECH / "gambling_hi.wav")
    for keys in ("1", "9", "#", "2"):
        call.press(keys)
    code = code_heard(call)
    call.hang_up()
    telephone.deliver()
    return code


def work_on(hotline: Installation) -> None:
    """Every tip is in the hands of one office, which asks."""
    officer = Officer(username="asker", name="Asker", unit=UNIT, password_hash="-")
    with hotline.parts.db.session() as session:
        ids = [tip.id for tip in session.exec(select(Tip))]
        for tip in session.exec(select(Tip)):
            tip.status = Status.WORKING
            session.merge(Routing(tip_id=tip.id, unit=UNIT, role="to"))
    for tip_id in ids:
        questions.ask(hotline.parts, officer, tip_id, "when")


def answer_by_telephone(hotline: Installation, number: str, code: str, seed: int) -> None:
    telephone = hotline.telephone(number, **shuffled(seed))
    call = telephone.call()
    for keys in ("1", "2", code, "1"):
        call.press(keys)
    call.speak(SPEECH / "demo_hi.wav", finish="hangup" if seed % 2 else "#")
    if not call.ended:
        call.hang_up()
    telephone.deliver()


def test_every_question_is_answered_once_and_nothing_of_who_answered_is_left(
    hotline: Installation, tmp_path: Path
) -> None:
    hotline.start("work")
    hotline.start("schedule")
    codes = [tell(hotline, number) for number in TOLD_FROM]
    hotline.wait_until("all are routed", lambda: hotline.statuses() == ["routed"] * 4)
    work_on(hotline)
    for n, number in enumerate(ANSWERED_FROM[:3]):
        answer_by_telephone(hotline, number, codes[n], n)
    handset = hotline.handset(ANSWERED_FROM[3], "sms", duplicates=True)
    handset.send(codes[3])
    handset.send(f"रात नौ बजे, मेरा नंबर {TYPED} है")
    handset.deliver()
    hotline.empty_the_queue()

    def in_hand() -> list[str]:
        return [status for status in hotline.statuses() if status != "discarded"]

    hotline.wait_until(
        "every answer is added",
        lambda: len(hotline.look(lambda s: s.exec(select(Trail).where(Trail.what == ADDED)).all())) == 4,
    )
    assert in_hand() == ["working"] * 4
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [])
    hotline.wait_until(
        "the ledger knows it",
        lambda: not hotline.look(lambda s: s.exec(select(ProviderCopy).where(ProviderCopy.erased_at.is_(None))).all()),  # type: ignore[union-attr]
    )
    asked = hotline.look(lambda s: s.exec(select(Asked)).all())
    assert [one.state for one in asked] == ["answered"] * 4
    messages = hotline.look(lambda s: s.exec(select(Message)).all())
    assert sorted(one.answer for one in asked) == sorted(one.id for one in messages)
    texts = hotline.look(lambda s: s.exec(select(Transcript.text)).all())
    assert len(texts) == 7 and sum("[phone]" in text for text in texts) == 3
    assert [one.text for one in messages if one.text] == ["रात नौ बजे, मेरा नंबर [phone] है"]
    left = everything_left(hotline, tmp_path)
    canaries = all_forms([*TOLD_FROM, *ANSWERED_FROM, SPOKEN, TYPED, *codes], ["राकेश"])
    canaries |= dict.fromkeys(spoken_forms(SPOKEN), SPOKEN)
    assert not hits(left, canaries)
