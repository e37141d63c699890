"""From a received tip to a routed one, with real speech, real files and a telephone company that fails on request."""

import hashlib
import json

import numpy as np
import pytest

from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import now
from models.lifecycle import Status
from models.officer import Tally, Trail
from models.recording import ProviderCopy
from models.tip import Contact, Routing
from tests.workers.telling import Teller, clip
from workers import pipeline, sound
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job


def test_a_told_tip_becomes_words_a_sealed_original_and_a_listening_copy(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("drugs_hi"))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    tip, (recording,), (transcript,) = teller.tip(told), teller.recordings(), teller.transcripts()
    assert tip.status == Status.ROUTED
    assert {"कल्याणपुर", "मेडिकल", "नशे", "लड़के"} <= set(transcript.text.split())
    assert (transcript.language, transcript.model) == ("hi", "starter-hi")
    assert 0.5 < transcript.confidence <= 1
    assert parts.vault.original(recording.original) == clip("drugs_hi")
    assert recording.sha256 == hashlib.sha256(clip("drugs_hi")).hexdigest()
    samples, rate = sound.decode(parts.vault.listening(recording.listening))
    assert transcript.words[-1]["end"] <= len(samples) / rate + 0.05
    true, given = (len(one) / at for one, at in (sound.decode(clip("drugs_hi")), (samples, rate)))
    assert abs(true - given) > 0.05 * true  # another pace: it is disguised
    assert recording.seconds == sound.about(given) and recording.seconds % 10 == 0  # and nobody is told how much
    assert (tip.problem, tip.attempts, tip.lease) == (None, 0, None)


def test_the_language_chosen_picks_the_model(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("drugs_en"), language="en")
    pipeline.prepare(parts, told.tip_id)
    (transcript,) = teller.transcripts()
    assert transcript.model == "starter-en"
    assert {"ganja", "railway", "station"} <= set(transcript.text.split())


def test_own_numbers_and_names_are_neither_written_nor_heard(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_hi"))
    pipeline.prepare(parts, told.tip_id)
    (recording,), (transcript,) = teller.recordings(), teller.transcripts()
    everything = json.dumps([transcript.text, transcript.words], ensure_ascii=False)
    assert "[phone]" in transcript.text and "[name]" in transcript.text
    assert "राकेश" not in everything and "वर्मा" not in everything and "नौ आठ" not in everything
    samples, rate = sound.decode(parts.vault.listening(recording.listening))
    for word in transcript.words:
        if "hidden" in word:
            quiet = samples[int((word["start"] + 0.05) * rate) : int((word["end"] - 0.05) * rate)]
            assert len(quiet) and np.abs(quiet.astype(int)).max() <= 1
    shown = [word for word in transcript.words if "w" in word]
    loud = [samples[int(word["start"] * rate) : int(word["end"] * rate)].astype(int) for word in shown]
    assert sum(np.abs(part).max() > 300 for part in loud if len(part)) > 0.9 * len(shown)


def test_facts_the_caller_did_not_give_by_keys_come_from_the_words(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_hi"))
    pipeline.prepare(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.category, tip.category_by, tip.place_by) == ("drugs_liquor", "words", "words")
    assert tip.district == "KNP"
    assert tip.urgency is not None
    assert teller.rows(Routing)


def test_a_pin_code_and_a_category_by_keys_are_not_overruled_by_words(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_hi"), category="gambling", category_by="caller", pin_code="208021")
    pipeline.prepare(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.category, tip.category_by) == ("gambling", "caller")
    assert tip.place_by == "caller" and tip.district is not None


def test_what_the_provider_holds_becomes_due_and_is_queued_for_erasure(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    assert all(copy.due_at is None for copy in teller.copies())
    pipeline.prepare(parts, told.tip_id)
    assert all(copy.due_at is not None for copy in teller.copies())
    recording = next(copy for copy in teller.copies() if copy.kind == "recording")
    assert parts.jobs.waiting() == {(Job.ERASE_COPY, recording.id)}


def test_only_takes_that_were_sent_are_fetched_and_all_are_erased(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("police_hi"), clip("gambling_hi"), clip("drugs_hi"), sent_take=3, discarded_take=1)
    pipeline.prepare(parts, told.tip_id)
    assert [recording.take for recording in teller.recordings()] == [3]
    assert not any(told.recording_sids[0] in path or told.recording_sids[1] in path for _, path, _ in provider.requests)
    assert all(copy.due_at for copy in teller.copies())


def test_a_tip_told_in_two_takes_has_two_transcripts(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"), clip("drugs_hi"))
    pipeline.prepare(parts, told.tip_id)
    assert sorted(recording.take for recording in teller.recordings()) == [1, 2]
    assert len(teller.transcripts()) == 2


def test_preparing_twice_changes_nothing_and_fetches_nothing(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    before = (teller.recordings(), teller.transcripts(), teller.vault_names(), len(provider.requests))
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert (teller.recordings(), teller.transcripts(), teller.vault_names(), len(provider.requests)) == before


def test_a_sound_already_stored_is_not_fetched_again(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"), clip("hello_en"))
    provider.plan("500", path=told.recording_sids[1])
    with pytest.raises(JobProblem):
        pipeline.prepare(parts, told.tip_id)
    (first,) = teller.recordings()
    provider.outages.lift()
    pipeline.prepare(parts, told.tip_id)
    assert [path for _, path, _ in provider.requests if told.recording_sids[0] in path] == [
        path for _, path, status in provider.requests if told.recording_sids[0] in path and status == 200
    ]
    assert sum(told.recording_sids[0] in path for _, path, _ in provider.requests) == 1
    assert next(one for one in teller.recordings() if one.take == first.take).original == first.original


# --- nothing said
def test_silence_is_discarded_counted_and_erased_but_never_kept(parts: Parts, teller: Teller) -> None:
    told = teller.tell(sound.wav(np.full(24_000, 20, np.int16), 8000))
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert teller.tip(told).status == Status.DISCARDED
    assert teller.recordings() == [] and teller.vault_names() == set() and teller.rows(Contact) == []
    assert all(copy.due_at for copy in teller.copies())
    assert {(row.what, row.n) for row in teller.rows(Tally)} >= {("silent", 1)}


def test_silence_with_a_place_by_keys_is_kept(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("silence"), category="drugs_liquor", category_by="caller")
    pipeline.prepare(parts, told.tip_id)
    assert teller.tip(told).status == Status.ROUTED
    assert [transcript.text for transcript in teller.transcripts()] == [""]


def test_noise_without_words_is_kept_for_an_officers_ear(parts: Parts, teller: Teller) -> None:
    hiss = np.random.default_rng(1).normal(0, 120, 24_000).astype(np.int16)
    told = teller.tell(sound.wav(hiss, 8000))
    pipeline.prepare(parts, told.tip_id)
    assert teller.tip(told).status == Status.ROUTED
    assert {row.unit for row in teller.rows(Routing)} == {"HQ"}


def test_a_header_without_sound_is_empty_only_when_the_provider_says_so(parts: Parts, teller: Teller) -> None:
    announced = teller.tell(sound.NOTHING, announced=0)
    assert pipeline.prepare(parts, announced.tip_id).what == "found_empty"
    damaged = teller.tell(sound.NOTHING, announced=7)
    with pytest.raises(JobProblem, match="recording_damaged"):
        pipeline.prepare(parts, damaged.tip_id)


def test_a_recording_the_provider_never_made_does_not_hold_the_tip_up(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(b"", clip("drugs_hi"))
    provider.store.recordings[told.recording_sids[0]].absent = True
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert sorted(bool(one.text) for one in teller.transcripts()) == [False, True]


# --- webhooks that never came, or came late
def test_a_tip_without_known_takes_asks_the_provider(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("drugs_hi"))
    for copy in teller.copies():
        if copy.kind == "recording":
            with parts.db.session() as session:
                session.delete(session.get_one(ProviderCopy, copy.id))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert len(teller.transcripts()) == 1


def test_a_tip_of_which_no_sound_exists_anywhere_is_found_empty(parts: Parts, teller: Teller) -> None:
    told = teller.tell()
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert teller.tip(told).status == Status.DISCARDED


def test_before_silence_is_thrown_away_the_provider_is_asked_for_the_real_telling(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("silence"))
    provider.store.keep_recording(new_sid("RE"), told.call_sid, clip("drugs_hi"), 10)  # its webhooks were lost
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert teller.tip(told).status == Status.ROUTED
    assert "कल्याणपुर" in " ".join(one.text for one in teller.transcripts())


def test_silence_is_not_thrown_away_while_the_provider_cannot_be_asked(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("silence"))
    provider.plan("500", path="/Recordings.json")
    with pytest.raises(JobProblem, match="provider_unreachable"):
        pipeline.prepare(parts, told.tip_id)
    assert teller.tip(told).status == Status.RECEIVED
    provider.outages.lift()
    provider.requests.clear()
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert sum("/Recordings.json" in path for _, path, _ in provider.requests) == 1


def test_a_take_that_becomes_known_afterwards_joins_its_tip(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    _, (late,) = teller.call(clip("drugs_hi"))
    row = teller.copy(late, "recording", teller.copies()[0].conversation_key, now())
    row.take = 2
    teller.set(row)
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert len(teller.transcripts()) == 2
    assert teller.tip(told).status == Status.ROUTED
    assert teller.tip(told).category == "drugs_liquor"  # routed again with what the late take says
    assert all(copy.due_at for copy in teller.copies())


# --- what remains must not tell when the call was
def test_after_routing_no_exact_time_of_the_call_is_left_at_the_tip(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.last_turn_at, tip.ended_at, tip.retry_at, tip.lease_until) == (None, None, None, None)
    assert tip.conversation_key is not None
    assert [row.what for row in teller.rows(Trail)] == ["prepare", "route"]
    assert all(row.at.minute == row.at.second == row.at.microsecond == 0 for row in teller.rows(Trail))


# --- routing
def test_routing_again_with_late_facts_moves_the_tip_but_keeps_who_it_was_assigned_to(
    parts: Parts, teller: Teller
) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    before = {row.unit for row in teller.rows(Routing)}
    assert before == {"HQ"}
    teller.set(Routing(tip_id=told.tip_id, unit="PS-X", role="assigned"))
    teller.set(teller.tip(told), category="drugs_liquor", category_by="caller", district="KNP", place_by="caller")
    for _ in range(2):
        assert pipeline.route(parts, told.tip_id)
    after = {row.unit: row.role for row in teller.rows(Routing)}
    assert after["PS-X"] == "assigned" and "HQ" not in after and len(after) > 1
    assert teller.tip(told).status == Status.ROUTED


def test_a_tip_not_yet_prepared_is_not_routed(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    assert pipeline.route(parts, told.tip_id) is False
    assert teller.rows(Routing) == []


def test_of_a_tip_without_keys_that_was_heard_the_provider_is_asked_nothing_more(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("drugs_hi"))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert [(method, path.endswith(".wav")) for method, path, _ in provider.requests] == [("GET", True)]
