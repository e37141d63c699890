"""Messages nobody told us of become tips, once; messages go from the provider after their files."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import Database, now
from models.lifecycle import Status
from models.message import Attachment, Message
from models.recording import ProviderCopy
from models.tables import metadata
from models.tip import Tip
from settings import Settings
from tests.workers import files
from tests.workers.telling import CALLER, Teller
from tests.workers.writing import NUMBER, Sent, Writer
from workers import forget, pipeline, unannounced
from workers.outside.telephony import ProviderFault, Telephony
from workers.parts import Parts
from workers.queues import Job

OURS = "whatsapp:" + NUMBER
WHATSAPP = "+911234500000"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"twilio_number": NUMBER})


def age(provider: Provider, minutes: int = 10) -> None:
    for one in provider.store.messages.values():
        one.made -= timedelta(minutes=minutes)


def test_a_message_nobody_told_us_of_becomes_a_tip_once(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    sid = writer.post("barra kanpur me jua hota hai", files=1)
    writer.attach(sid, files.jpeg(), "image/jpeg")
    age(provider)
    assert [unannounced.adopt_messages(parts) for _ in range(2)] == [1, 0]
    (tip,) = teller.rows(Tip)
    assert (tip.status, tip.channel, tip.language) == (Status.RECEIVED, "whatsapp", "hi")
    assert parts.jobs.waiting() == {(Job.PREPARE_TIP, tip.id)}
    assert pipeline.prepare(parts, tip.id).what == "prepared"
    assert [one.text for one in teller.rows(Message)] == ["barra kanpur me jua hota hai"]
    assert [one.status for one in teller.rows(Attachment)] == ["ready"]
    assert unannounced.adopt_messages(parts) == 0 and len(teller.rows(Tip)) == 1
    (file,) = [copy for copy in teller.copies() if copy.kind == "media"]
    assert forget.erase_copy(parts, file.id) == "erased"
    assert provider.store.mail_objects() == []


def test_only_messages_to_our_own_number_are_ours_by_sms_and_whatsapp(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    writer.post("jua 1", sender=CALLER)
    writer.post("jua 2")
    provider.store.keep_message(new_sid("SM"), CALLER, "+919999999999", "somebody else's")
    age(provider)
    assert unannounced.adopt_messages(parts) == 2
    assert sorted(tip.channel for tip in teller.rows(Tip)) == ["sms", "whatsapp"]
    assert len(teller.copies()) == 2


@pytest.mark.parametrize(
    ("numbers", "channels"),
    [
        ({"twilio_number": NUMBER, "whatsapp_number": WHATSAPP}, ["sms", "whatsapp"]),
        ({"twilio_number": "", "whatsapp_number": WHATSAPP}, ["whatsapp"]),
        ({"twilio_number": NUMBER, "whatsapp_number": ""}, ["sms"]),
    ],
)
def test_messages_to_another_number_on_whatsapp_are_found_too(
    numbers: dict[str, str], channels: list[str], parts: Parts, teller: Teller, provider: Provider
) -> None:
    there = replace(parts, settings=parts.settings.model_copy(update=numbers))
    provider.store.keep_message(new_sid("SM"), CALLER, NUMBER, "jua 1")
    provider.store.keep_message(new_sid("SM"), "whatsapp:" + CALLER, "whatsapp:" + WHATSAPP, "jua 2")
    age(provider)
    assert unannounced.adopt_messages(there) == len(channels)
    assert sorted(tip.channel for tip in teller.rows(Tip)) == channels


@pytest.mark.parametrize(
    "body", ["jodo 1234 5678 ye usi ki baat hai sahab", "१२३४५६७८ is my code and it is still going on"]
)
def test_eight_digits_beside_words_are_hidden_whether_they_are_a_code_or_not(
    body: str, parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    writer.write(Sent("barra me jua"), code_hash=parts.keys.code_hash("12345678"))
    writer.post(body)
    writer.post("gadi number 11112222 thi, usme sharab aati hai")
    age(provider)
    before = {one.id for one in teller.rows(Message)}
    assert unannounced.adopt_messages(parts) == 2
    told = [parts.keys.unseal(one.sealed).decode() for one in teller.rows(Message) if one.id not in before]
    assert not any(digits in one for one in told for digits in ("1234", "१२३४", "11112222"))
    assert [one.count("[phone]") for one in told] == [1, 1]


def test_a_message_on_its_way_to_us_is_left_alone(parts: Parts, writer: Writer, teller: Teller) -> None:
    writer.post("barra me jua")
    assert unannounced.adopt_messages(parts) == 0 and teller.rows(Tip) == []


@pytest.mark.parametrize("body", ["STOP", "hi", "HELP", "बंद", ""])
def test_what_tells_nothing_makes_no_tip_and_is_erased(
    body: str, parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    writer.post(body)
    age(provider)
    assert unannounced.adopt_messages(parts) == 0
    (copy,) = teller.copies()
    assert teller.rows(Tip) == [] and teller.rows(Message) == [] and copy.due_at is not None
    assert forget.erase_copy(parts, copy.id) == "erased"


@pytest.mark.parametrize(
    "body",
    [
        "english nahi aati mujhe mere ghar ke paas roz raat ko trak aate hain",
        "mera naam mat batana sahab yaha lohe ka saman banta hai",
        "help me my husband is beating me now",
    ],
)
def test_a_wish_with_more_beside_it_is_a_tip(
    body: str, parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    writer.post(body)
    age(provider)
    assert unannounced.adopt_messages(parts) == 1
    (message,) = teller.rows(Message)
    assert parts.keys.unseal(message.sealed).decode() == body


def test_a_reply_of_ours_of_which_nobody_reported_is_erased_too(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    provider.store.keep_message(
        new_sid("SM"), OURS, "whatsapp:" + CALLER, "ok", direction="outbound-reply", status="delivered"
    )
    provider.store.keep_message(
        new_sid("SM"), OURS, "whatsapp:" + CALLER, "another application's", direction="outbound-api", status="delivered"
    )
    age(provider)
    unannounced.adopt_messages(parts)
    (copy,) = teller.copies()
    assert (copy.kind, forget.erase_copy(parts, copy.id)) == ("reply", "erased")
    assert len(provider.store.mail_objects()) == 1


def test_without_a_number_nothing_is_asked(parts: Parts, provider: Provider) -> None:
    nameless = replace(parts, settings=parts.settings.model_copy(update={"twilio_number": ""}))
    assert unannounced.adopt_messages(nameless) == 0 and provider.requests == []


def test_a_webhook_that_comes_in_between_wins_and_there_is_one_tip(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    sid = writer.post("barra me jua")
    age(provider)
    is_known = unannounced._is_known

    def and_then_the_webhook(parts: Parts, sid: str) -> bool:
        answer = is_known(parts, sid)
        with parts.db.session() as session:
            session.add(writer.copy(sid, "message", "c" * 32))
        return answer

    monkeypatch.setattr(unannounced, "_is_known", and_then_the_webhook)
    assert unannounced.adopt_messages(parts) == 0
    assert teller.rows(Tip) == [] and [copy.sid for copy in teller.copies()] == [sid]


def test_several_schedules_at_once_adopt_once(db: Database, parts: Parts, provider: Provider) -> None:
    there = replace(parts, db=db)
    metadata.create_all(db.engine)
    writer, teller = Writer(there, provider), Teller(there, provider)
    for number in range(5):
        sid = writer.post(f"jua {number}", files=1)
        writer.attach(sid, b"x", "image/jpeg")
    age(provider)
    done: list[int] = []
    threads = [Thread(target=lambda: done.append(unannounced.adopt_messages(there))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 5
    assert [len(teller.rows(table)) for table in (Tip, Message, Attachment, ProviderCopy)] == [5, 5, 5, 10]


# --- erasure
def test_files_go_first_then_their_message(parts: Parts, teller: Teller, writer: Writer, provider: Provider) -> None:
    written = writer.write(Sent("dekhiye", files=((files.jpeg(), "image/jpeg"), (files.jpeg(), "image/jpeg"))))
    pipeline.prepare(parts, written.tip_id)
    media = [copy for copy in teller.copies() if copy.kind == "media"]
    (message,) = [copy for copy in teller.copies() if copy.kind == "message"]
    assert forget.erase_copy(parts, message.id) == "not_yet"
    assert forget.erase_copy(parts, media[0].id) == "erased"
    assert forget.erase_copy(parts, message.id) == "not_yet"
    assert forget.erase_copy(parts, media[1].id) == "erased"
    assert forget.erase_copy(parts, message.id) == "nothing"
    assert provider.store.mail_objects() == []
    for copy in teller.copies():
        assert (copy.sid, copy.parent, copy.problem) == (None, None, None)
        assert all(moment.minute == moment.second == 0 for moment in (copy.erased_at, copy.heard_at, copy.due_at))


def test_even_due_a_file_is_not_erased_before_it_is_sealed_here(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("dekhiye", files=((files.jpeg(), "image/jpeg"),)))
    (media,) = [copy for copy in teller.copies() if copy.kind == "media"]
    teller.set(media, due_at=now())
    assert forget.erase_copy(parts, media.id) == "not_yet"
    pipeline.prepare(parts, written.tip_id)
    assert forget.erase_copy(parts, media.id) == "erased"


def test_words_alone_go_at_once_and_a_moving_message_later(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    writer.write(Sent("barra me jua"))
    (copy,) = teller.copies()
    for kept in provider.store.messages.values():
        kept.final_at = None
    assert forget.erase_copy(parts, copy.id) == "not_yet"
    for sid in provider.store.messages:
        provider.store.settle_message(sid)
    assert forget.erase_copy(parts, copy.id) == "erased"


def test_a_message_that_the_provider_will_not_explain_holds_up_none_behind_it(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    strange = writer.post("jua 1", files=1)
    writer.attach(strange, b"x", "image/jpeg")
    writer.post("barra me jua")
    provider.store.messages[strange].made -= timedelta(minutes=1)
    age(provider)
    provider.plan("500", path=f"/Messages/{strange}/Media")
    for _ in range(2):
        with pytest.raises(ProviderFault):
            unannounced.adopt_messages(parts)
        assert len(teller.rows(Tip)) == 1
    assert "1 messages that nobody told us of are left for the next round: provider_unreachable" in caplog.text
    assert strange not in caplog.text
    provider.outages.lift()
    assert unannounced.adopt_messages(parts) == 1 and len(teller.rows(Tip)) == 2


def test_a_number_whose_messages_are_not_told_does_not_hide_those_of_the_other_one(
    parts: Parts, teller: Teller, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.store.keep_message(new_sid("SM"), "whatsapp:" + CALLER, OURS, "barra me jua")
    age(provider)
    ask = type(parts.telephony).recent_messages

    def only_whatsapp(self: Telephony, number: str, *rest: Any) -> list[dict[str, Any]]:
        if not number.startswith("whatsapp:"):
            raise ProviderFault("not now")
        return ask(self, number, *rest)

    monkeypatch.setattr(type(parts.telephony), "recent_messages", only_whatsapp)
    with pytest.raises(ProviderFault):
        unannounced.adopt_messages(parts)
    assert [tip.channel for tip in teller.rows(Tip)] == ["whatsapp"]
