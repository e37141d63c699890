"""Twenty people write, with all that their telephones tell of them; then every byte that is left is searched for it."""

import io
import struct
from datetime import timedelta
from pathlib import Path

from PIL import Image
from sqlmodel import select

from ivr.simulator.chat import Enclosure, Pin
from ivr.simulator.darkroom import CAMERA_MAKER, CAMERA_MODEL, CAMERA_SERIAL, contact_card, photo, voice_note
from ivr.simulator.handset import Handset
from models.message import Attachment, Conversation, Message
from models.recording import ProviderCopy, Transcript
from tests.journeys.canaries import all_forms, everything_left, hits, spoken_forms
from tests.journeys.installation import SPEECH, Installation
from workers.parts import assemble
from workers.unannounced import adopt_messages

PEOPLE = 20
PROFILES = [f"Chhaya Lekhika {name}" for name in ("Asha", "Bimla", "Chanda", "Devki", "Esha")]
FRIEND, FRIENDS_NUMBER = "Dost Canarywala", "+919555123407"
SPOKEN = "9876543210"  # in the clip demo_hi, with the name राकेश
TYPED = ("9811223344", "98112 23345", "+91-98112-23346", "९८११२२३३४७", "98 11 22 33 48")
HOUSE = (26.449912, 80.331877)


def number_of(person: int) -> str:
    """A number that nobody else has."""
    return f"+9197{person:02d}6543{person:02d}"


def write(hotline: Installation, person: int) -> Handset:
    """One person's exchange; each kind of message is sent by some of them."""
    whatsapp = person % 2 == 0
    handset = hotline.handset(
        number_of(person), "whatsapp" if whatsapp else "sms", profile=PROFILES[person % 5], duplicates=person % 3 == 0
    )
    handset.send(f"नौबस्ता थाने के पास रोज शाम को चरस बिक रही है। मेरा नंबर {TYPED[person % 5]} है")
    if whatsapp:
        handset.send("", Enclosure(photo("shop", place=HOUSE), "image/jpeg", "IMG_1.jpg"))
        handset.send("", Enclosure(contact_card(FRIEND, FRIENDS_NUMBER), "text/vcard", f"{FRIEND}.vcf"))
        handset.send(pin=Pin(*HOUSE, address="House 7, Lane 3", label=FRIEND))
    if person % 10 == 4:
        handset.send("", Enclosure(voice_note(SPEECH / "demo_hi.wav"), "audio/ogg", "PTT.ogg"))
    handset.send("STOP" if person == 7 else "DONE")
    handset.deliver()
    return handset


def test_nothing_of_twenty_people_who_wrote_is_left_anywhere(hotline: Installation, tmp_path: Path) -> None:
    hotline.start("work")
    hotline.start("schedule")
    wrote = [write(hotline, person) for person in range(PEOPLE)]
    assert all(one.faults == [] for one in wrote)
    hotline.wait_until("all are routed", lambda: hotline.statuses() == ["routed"] * PEOPLE)
    files = hotline.look(lambda s: s.exec(select(Attachment.kind, Attachment.status)).all())
    assert sorted(files) == sorted(
        [("photo", "ready"), ("contact", "ready"), ("location", "ready")] * 10 + [("voice", "ready")] * 2
    )
    # Twilio answered one STOP itself: of that message only its list of messages tells, some minutes later.
    for kept in hotline.provider.store.messages.values():
        kept.made -= timedelta(minutes=10)
    workers = assemble(hotline.settings)
    adopt_messages(workers)
    workers.db.dispose()
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [], 60)
    hotline.wait_until("the ledger knows it", lambda: not hotline.look(owed))
    hotline.fall_silent()
    hotline.wait_until(
        "all exchanges are forgotten", lambda: not hotline.look(lambda s: s.exec(select(Conversation)).all())
    )
    look_as_officers_do(hotline)
    left = everything_left(hotline, tmp_path)

    canaries = all_forms(
        [*(number_of(person) for person in range(PEOPLE)), *TYPED, FRIENDS_NUMBER, SPOKEN],
        [*PROFILES, FRIEND, CAMERA_MAKER, CAMERA_MODEL, CAMERA_SERIAL, "House 7", "राकेश"],
    )
    canaries |= dict.fromkeys(spoken_forms(SPOKEN), SPOKEN) | gps_forms()
    assert not hits(left, canaries)


def going_on(session):  # type: ignore[no-untyped-def]
    return session.exec(select(Conversation)).all()


def owed(session):  # type: ignore[no-untyped-def]
    return session.exec(select(ProviderCopy).where(ProviderCopy.erased_at.is_(None))).all()  # type: ignore[union-attr]


def gps_forms() -> dict[bytes, str]:
    """A place as a camera writes it, both byte orders, and as digits finer than a hundred metres."""
    where = Image.open(io.BytesIO(photo(place=HOUSE))).getexif().get_ifd(0x8825)
    found = {f"{degrees:.5f}"[:-1].encode(): "the place" for degrees in HOUSE}
    for order in "<>":
        for seconds in (where[2][2], where[4][2]):
            found[struct.pack(f"{order}II", seconds.numerator, seconds.denominator)] = "the place in EXIF"
    return found


def look_as_officers_do(hotline: Installation) -> None:
    """What officers can open holds none of it either: files are locked on disk, so they are opened here."""
    texts = hotline.look(lambda s: [*s.exec(select(Message.text)), *s.exec(select(Transcript.text))])
    names = hotline.look(lambda s: [name for one in s.exec(select(Attachment)) for name in (one.shown, one.thumbnail)])
    shown = {f"shown {number}": hotline.parts.vault.listening(name) for number, name in enumerate(filter(None, names))}
    assert len(shown) == 20, "ten photos and ten small ones"
    shown |= {f"text {number}": (text or "").encode() for number, text in enumerate(texts)}
    canaries = all_forms([*TYPED, FRIENDS_NUMBER, SPOKEN], [*PROFILES, FRIEND, CAMERA_MODEL, CAMERA_SERIAL])
    assert not hits(shown, canaries | gps_forms())


def test_the_search_finds_what_a_telephone_writes_into_a_photo() -> None:
    found = {what for _, what in hits({"photo": photo(place=HOUSE)}, all_forms([], [CAMERA_SERIAL]) | gps_forms())}
    assert found == {CAMERA_SERIAL, "the place in EXIF"}
