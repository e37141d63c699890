"""Whatever breaks, each tip is there, once, prepared."""

import signal
from pathlib import Path

import numpy as np
import soundfile
from sqlalchemy import func
from sqlmodel import select

from ivr.simulator.chat import Enclosure
from ivr.simulator.darkroom import photo, voice_note
from models.message import Attachment, Message
from models.recording import Recording, Transcript
from models.tip import Tip
from tests.journeys.installation import SPEECH, Installation, shuffled


def long_speech(seconds: int) -> np.ndarray:
    """Real speech, over and over, for a job that takes long enough to be killed in."""
    samples, _ = soundfile.read(SPEECH / "demo_hi.wav", dtype="int16")
    return np.resize(samples, seconds * 8000)


def once_each(hotline: Installation, count: int) -> None:
    """`count` tips, each routed, with one recording, one transcript with words in it."""
    assert hotline.statuses() == ["routed"] * count
    assert [tip.problem for tip in hotline.tips()] == [None] * count

    def counted(session):  # type: ignore[no-untyped-def]
        return [session.exec(select(func.count()).select_from(table)).one() for table in (Recording, Transcript)]

    assert hotline.look(counted) == [count, count]
    texts = hotline.look(lambda session: session.exec(select(Transcript.text)).all())
    assert all(texts)


def test_worker_killed_queue_emptied_webhooks_doubled_and_shuffled(hotline: Installation) -> None:
    for seed in range(6):
        speech = long_speech(170) if seed == 0 else ("drugs_hi", "gambling_hi", "police_hi")[seed % 3]
        hotline.tell(hotline.telephone(f"+91987654321{seed}", **shuffled(seed)), speech)
    hotline.start("work")
    hotline.wait_until("somebody works on a tip", lambda: any(tip.lease for tip in hotline.tips()))
    hotline.stop("work", signal.SIGKILL)
    hotline.empty_the_queue()
    assert any(tip.status == "received" for tip in hotline.tips()), "it was killed too late to prove anything"
    hotline.start("work")
    hotline.start("schedule")
    hotline.wait_until("all are routed", lambda: all(tip.status == "routed" for tip in hotline.tips()))
    once_each(hotline, 6)
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [])


def test_a_call_whose_webhooks_never_came_is_found_at_the_provider(hotline: Installation) -> None:
    """Our server was down from the beep on: only the provider knows that somebody told something."""
    call = hotline.telephone().call()
    call.press("1")
    call.press("1")
    hotline.parts.intake.take_turn = _down  # type: ignore[method-assign]
    hotline.parts.intake.call_over = _down  # type: ignore[method-assign]
    hotline.parts.intake.recording_ready = _down  # type: ignore[method-assign]
    call.telephone.strict = False
    call.speak(SPEECH / "drugs_hi.wav", finish="hangup")
    call.telephone.deliver()
    assert hotline.tips() == [] and hotline.provider.objects()
    _grown_old(hotline)
    hotline.start("work")
    hotline.start("schedule")
    hotline.wait_until("the tip is routed", lambda: hotline.statuses() == ["routed"])
    once_each(hotline, 1)


def test_the_schedule_alone_brings_back_what_redis_never_heard_of(tmp_path: Path) -> None:
    with Installation(tmp_path) as hotline:
        hotline.parts.courier.enqueue = lambda *_, **__: None  # type: ignore[method-assign]
        hotline.tell(hotline.telephone(), "gambling_hi")
        hotline.start("work")
        hotline.start("schedule")
        hotline.wait_until("the tip is routed", lambda: hotline.statuses() == ["routed"])
        once_each(hotline, 1)


def test_the_same_on_postgresql_and_redis_over_the_network(
    tmp_path: Path, postgres_url: str, network_redis_url: str
) -> None:
    with Installation(tmp_path, database_url=postgres_url, redis_url=network_redis_url) as hotline:
        for seed in range(4):
            telephone = hotline.telephone(f"+91987654321{seed}", **shuffled(seed))
            hotline.tell(telephone, long_speech(120) if seed == 0 else "drugs_hi")
        hotline.start("work")
        hotline.wait_until("somebody works on a tip", lambda: any(tip.lease for tip in hotline.tips()))
        hotline.stop("work", signal.SIGKILL)
        hotline.empty_the_queue()
        hotline.start("work")
        hotline.start("schedule")
        hotline.wait_until("all are routed", lambda: all(tip.status == "routed" for tip in hotline.tips()))
        once_each(hotline, 4)
        assert hotline.look(lambda session: session.exec(select(func.count()).select_from(Tip)).one()) == 4


def test_messages_and_their_files_survive_a_killed_worker_an_emptied_queue_and_doubled_webhooks(
    hotline: Installation,
) -> None:
    people_write_while_a_worker_is_killed(hotline, 4)
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [])


def test_the_same_for_messages_on_postgresql_and_redis_over_the_network(
    tmp_path: Path, postgres_url: str, network_redis_url: str
) -> None:
    with Installation(tmp_path, database_url=postgres_url, redis_url=network_redis_url) as hotline:
        people_write_while_a_worker_is_killed(hotline, 3)


def people_write_while_a_worker_is_killed(hotline: Installation, people: int) -> None:
    """Words, a photo and a voice note each, of which no word, file or sentence is then missing or there twice."""
    hotline.provider.plan("timeout", path="/storage/")  # whoever fetches a file is in the middle of it
    hotline.start("work")
    for seed in range(people):
        handset = hotline.handset(f"+91987654320{seed}", "whatsapp", **shuffled(seed))
        handset.send(f"नौबस्ता में चरस बिकती है {'क' * (seed + 1)}")
        handset.send("", Enclosure(photo(str(seed)), "image/jpeg"))
        handset.send("", Enclosure(voice_note(SPEECH / "drugs_hi.wav"), "audio/ogg"))
        handset.send("DONE")
        handset.deliver()
    hotline.wait_until("a file is being fetched", lambda: ("GET", 0) in asked(hotline))
    assert any(tip.lease for tip in hotline.tips())
    hotline.stop("work", signal.SIGKILL)
    hotline.empty_the_queue()
    hotline.provider.outages.lift()
    assert set(hotline.statuses()) == {"received"}, "it was killed too late to prove anything"
    hotline.start("work")
    hotline.start("schedule")
    hotline.wait_until("all are routed", lambda: hotline.statuses() == ["routed"] * people)
    assert [tip.problem for tip in hotline.tips()] == [None] * people
    texts = hotline.look(lambda session: session.exec(select(Message.text)).all())
    assert sorted(text.split()[-1] for text in texts if text) == ["क" * (seed + 1) for seed in range(people)]
    files = hotline.look(lambda session: session.exec(select(Attachment.kind, Attachment.status)).all())
    assert sorted(files) == [("photo", "ready")] * people + [("voice", "ready")] * people
    heard = hotline.look(lambda session: session.exec(select(Transcript.text)).all())
    assert len(heard) == people and all("नशे" in text for text in heard)


def asked(hotline: Installation) -> set[tuple[str, int]]:
    """How requests to the storage host ended; 0: not yet."""
    return {(method, status) for method, _, status in hotline.provider.storage.requests}


def _down(*_: object, **__: object) -> None:
    raise ConnectionError("the server is down")


def _grown_old(hotline: Installation) -> None:
    """Ten minutes pass at the provider: only then is a recording that nobody told us of taken for forgotten."""
    from datetime import timedelta

    for recording in hotline.provider.store.recordings.values():
        recording.started -= timedelta(minutes=10)
