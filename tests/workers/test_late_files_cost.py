"""What the files of one tip may cost: beyond its minutes they wait for a person, and tips take turns."""

from dataclasses import replace
from typing import Any

from ivr.simulator.provider import Provider
from tests.workers.enclosed import FILM, JPEG
from tests.workers.kept import attachments, states, work_through
from tests.workers.telling import Teller
from tests.workers.writing import Sent, Writer
from workers import late_files, pipeline, retention
from workers.media import purse
from workers.parts import Parts
from workers.queues import SLOW, TERMS, Job
from workers.sweep import sweep


def test_beyond_its_minutes_a_film_waits_for_a_person_sealed_and_gone_at_the_provider(
    frugal: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM, FILM)), Sent("aur", files=(FILM,)))
    pipeline.prepare(frugal, written.tip_id)
    for film in attachments(teller):
        late_files.fetch(frugal, film.id)
    work_through(frugal)
    assert states(teller) == ["ready", "held", "held"]
    assert provider.objects() == []
    assert all(one.original for one in attachments(teller))
    assert sweep(frugal)[Job.PREPARE_FILE] == 0  # nothing goes on about it by itself

    second = attachments(teller)[1]
    assert late_files.prepare(frugal, second.id).what == "nothing"
    teller.set(second, status="wanted")  # an officer asks for it
    frugal.jobs.client.flushall()
    assert sweep(frugal)[Job.PREPARE_FILE] == 1
    assert late_files.prepare(frugal, second.id).what == "brought"
    assert states(teller) == ["ready", "ready", "held"]


def test_what_costs_little_is_not_ready_at_once_either_once_the_minutes_are_used_up(
    frugal: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua", files=(JPEG,)))
    pipeline.prepare(frugal, written.tip_id)
    writer.add(written, Sent("aur", files=(JPEG,)))
    pipeline.prepare(frugal, written.tip_id)
    work_through(frugal)
    assert states(teller) == ["ready", "held"]


def test_one_tips_films_take_turns_with_those_of_others(parts: Parts, teller: Teller, writer: Writer) -> None:
    greedy = writer.write(Sent("ek", files=(FILM,) * 4))
    modest = writer.write(Sent("do", files=(FILM,)))
    for tip in (greedy, modest):
        pipeline.prepare(parts, tip.tip_id)
    for film in attachments(teller):
        late_files.fetch(parts, film.id)
    with parts.db.reading() as session:
        jobs_now = purse.owed(session)
    first = attachments(teller, greedy.tip_id)[0].id, attachments(teller, modest.tip_id)[0].id
    assert sorted(jobs_now) == sorted((Job.PREPARE_FILE, one) for one in first)


def test_films_have_a_queue_that_no_ordinary_worker_looks_into() -> None:
    assert TERMS[Job.PREPARE_FILE].queue == SLOW
    assert [job for job, terms in TERMS.items() if terms.queue == SLOW] == [Job.PREPARE_FILE]


def test_an_original_that_nobody_has_opened_yet_is_not_destroyed_with_the_others(
    frugal: Parts, teller: Teller, writer: Writer, long_ago: Any
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM, FILM)))
    pipeline.prepare(frugal, written.tip_id)
    work_through(frugal)
    teller.set(teller.tip(written.tip_id), received_hour=long_ago)
    impatient = replace(frugal, settings=frugal.settings.model_copy(update={"keep_original_days": 0}))
    retention.destroy_originals(impatient)
    assert {one.status: one.original is None for one in attachments(teller)} == {"ready": True, "held": False}
