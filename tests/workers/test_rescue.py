"""Said again, and nothing to be heard: what was told before is not lost, and nothing of it is erased too early."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import select

from ivr.casework import COUNTING
from ivr.simulator.provider import Provider
from models.database import Database, hour, now
from models.lifecycle import Status
from models.officer import Tally
from models.recording import ProviderCopy, Recording
from models.tip import Tip
from tests.workers.kept import work_through
from tests.workers.telling import Teller, Told, clip
from workers import forget, ledger, pipeline
from workers.hearing import hear
from workers.parts import Parts
from workers.queues import Job
from workers.rescue import Rescue, rescue
from workers.sweep import sweep

SILENCE, DRUGS = clip("silence"), clip("drugs_hi")


def _words(teller: Teller) -> str:
    return " ".join(one.text for one in teller.transcripts())


def _copy(teller: Teller, take: int) -> ProviderCopy:
    return next(copy for copy in teller.copies() if copy.take == take)


def _made_known(teller: Teller, told: Told, take: int, sound: bytes) -> None:
    """A recording of the same call of which the webhook comes now."""
    _, (sid,) = teller.call(sound)
    row = teller.copy(sid, "recording", str(teller.tip(told).conversation_key), now())
    row.take = take
    teller.set(row)


def _counted(teller: Teller) -> dict[str, int]:
    return {row.what: row.n for row in teller.rows(Tally) if "." not in row.what and row.what in ("calls", "silent")}


@pytest.mark.parametrize("facts", [{}, {"category": "drugs_liquor", "category_by": "caller", "follow_up": False}])
def test_when_what_was_sent_is_silent_the_telling_before_it_counts(
    parts: Parts, teller: Teller, provider: Provider, facts: dict[str, Any]
) -> None:
    told = teller.tell(DRUGS, SILENCE, sent_take=2, code_hash="c" * 64, **facts)
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    tip = teller.tip(told)
    assert (tip.status, tip.rescued_take, tip.sent_take) == (Status.ROUTED, 1, 2)
    assert "कल्याणपुर" in _words(teller) and {one.take for one in teller.recordings()} == {1, 2}
    assert all(copy.due_at for copy in teller.copies())
    work_through(parts)
    assert provider.objects() == [] and _counted(teller) == {"calls": 1}


def test_it_is_the_latest_earlier_telling_that_can_be_heard_and_no_other(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("police_hi"), DRUGS, SILENCE, SILENCE, sent_take=4)
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert teller.tip(told).rescued_take == 2 and "कल्याणपुर" in _words(teller)
    assert not any(told.recording_sids[0] in path for method, path, _ in provider.requests if method == "GET")


def test_what_was_thrown_away_is_never_gone_back_to(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(DRUGS, SILENCE, sent_take=2, discarded_take=1)
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert teller.tip(told).status == Status.DISCARDED and teller.vault_names() == set()
    assert not any(told.recording_sids[0] in path for method, path, _ in provider.requests if method == "GET")


def test_what_is_thrown_away_while_a_worker_listens_to_it_is_not_kept(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(DRUGS, SILENCE, sent_take=2)

    def thrown_away_meanwhile(*given: Any) -> Any:
        heard = hear(*given)
        if given[3].take == 1:
            teller.set(teller.tip(told), discarded_take=2)
        return heard

    monkeypatch.setattr(pipeline, "hear", thrown_away_meanwhile)
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert teller.recordings() == [] and teller.vault_names() == set()


def test_when_no_telling_can_be_heard_the_tip_is_discarded_and_counted_once(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(SILENCE, SILENCE, sent_take=2)
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    work_through(parts)
    assert provider.objects() == [] and _counted(teller) == {"calls": 1, "silent": 1}
    _made_known(teller, told, 3, SILENCE)  # a webhook that comes late tells of silence once more
    teller.set(teller.tip(told), status=Status.RECEIVED)
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert _counted(teller) == {"calls": 1, "silent": 1}


def test_nothing_that_was_told_again_is_erased_before_a_worker_has_listened(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(DRUGS, SILENCE, sent_take=2)
    sweep(parts)
    assert not any(copy.due_at for copy in teller.copies())
    teller.set(_copy(teller, 1), due_at=now())  # as an earlier version left it
    assert forget.erase_copy(parts, _copy(teller, 1).id) == "not_yet"
    assert pipeline.prepare(parts, told.tip_id).what == "prepared" and teller.tip(told).rescued_take == 1
    assert forget.erase_copy(parts, _copy(teller, 1).id) == "erased"


def test_a_telling_that_becomes_known_late_is_gone_back_to_as_well(parts: Parts, teller: Teller) -> None:
    told = teller.tell(SILENCE, category="gambling", category_by="caller", sent_take=2)
    teller.set(_copy(teller, 1), take=2)
    pipeline.prepare(parts, told.tip_id)
    assert (teller.tip(told).status, teller.tip(told).rescued_take) == (Status.ROUTED, None)
    _made_known(teller, told, 1, DRUGS)
    parts.jobs.client.flushall()
    sweep(parts)
    assert (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert (teller.tip(told).status, teller.tip(told).rescued_take) == (Status.ROUTED, 1)
    assert "कल्याणपुर" in _words(teller)


def test_a_telling_that_becomes_known_late_and_was_told_again_in_words_is_erased_unheard(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(DRUGS, sent_take=2)
    teller.set(_copy(teller, 1), take=2)
    pipeline.prepare(parts, told.tip_id)
    _made_known(teller, told, 1, clip("police_hi"))
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert _copy(teller, 1).due_at and (Job.ERASE_COPY, _copy(teller, 1).id) in parts.jobs.waiting()
    assert teller.tip(told).rescued_take is None and len(teller.transcripts()) == 1


def test_a_silent_telling_sent_in_a_call_not_heard_of_any_more_does_not_throw_the_first_away(
    parts: Parts, teller: Teller
) -> None:
    told = teller.tell(DRUGS, status=Status.TELLING, ended_at=None, last_turn_at=None, sent_take=2)
    teller.set(teller.tip(told), ended_at=now())  # of the second take no webhook ever came
    sweep(parts)
    assert teller.tip(told).status == Status.RECEIVED
    assert pipeline.prepare(parts, told.tip_id).what == "prepared" and teller.tip(told).rescued_take == 1


def _heard(silent: bool) -> Any:
    return SimpleNamespace(silent=silent, words=[] if silent else [{"w": "नशा"}])


@pytest.mark.parametrize(
    ("silent", "discarded", "rescued"),
    [
        ({1: False, 2: False, 3: True}, 0, 2),
        ({1: False, 2: True, 3: True}, 0, 1),
        ({1: False, 2: True, 3: True}, 1, None),
        ({1: True, 2: True, 3: True}, 0, None),
        ({1: False, 2: False, 3: False}, 0, None),
    ],
)
def test_workers_and_officers_agree_in_every_database_on_what_counts(
    db: Database, silent: dict[int, bool], discarded: int, rescued: int | None
) -> None:
    tip = Tip(
        language="hi", received_hour=hour(now()), conversation_key="k", status=Status.RECEIVED,
        sent_take=3, discarded_take=discarded,
    )  # fmt: skip
    with db.session() as session:
        session.add(tip)
        session.flush()
        for take in silent:
            session.add(
                ProviderCopy(sid_key=str(take), kind=ledger.RECORDING, conversation_key="k", take=take, heard_at=now())
            )
            session.add(Recording(tip_id=tip.id, take=take, seconds=1, sha256=""))
        session.flush()
        found = rescue(session, tip, {take: _heard(nothing) for take, nothing in silent.items()})
        assert found == Rescue(take=rescued)
        tip.rescued_take = found.take
        session.flush()
        shown = session.exec(select(Recording.take).join(Tip).where(COUNTING).order_by(Recording.take)).all()
    assert list(shown) == [take for take in silent if ledger.counts(tip, take)]
    assert list(shown) == sorted({3} | ({rescued} if rescued else set()))
