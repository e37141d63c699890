"""The worker processes as an operator starts them: killed, starved of Redis, given other models, stopped."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil

from ivr.simulator.provider import Provider
from models.database import now
from models.lifecycle import Status
from models.message import Attachment
from models.officer import Beat
from models.recording import ProviderCopy
from settings import STARTER_MODELS
from tests.workers import files
from tests.workers.processes import Process, until
from tests.workers.telling import Teller, clip, clips
from tests.workers.writing import Sent, Writer
from workers import embedded
from workers.crew import Crew
from workers.outside.model_shop import shelf
from workers.parts import Parts
from workers.queues import Job


def busy(process: Process) -> psutil.Process:
    """The worker that works on a job."""
    return max(process.children(), key=lambda child: child.cpu_times().user)


def test_tips_are_prepared_routed_and_erased_and_the_crew_stops_cleanly(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    told = [teller.tell(clip("drugs_hi")), teller.tell(clip("drugs_en"), language="en")]
    crew = start("work")
    for one in told:
        parts.jobs.enqueue(Job.PREPARE_TIP, one.tip_id)
    until(lambda: all(teller.tip(one).status == Status.ROUTED for one in told) and provider.objects() == [])
    assert "कल्याणपुर" in " ".join(one.text for one in teller.transcripts())
    assert {row.part for row in teller.rows(Beat)} == {"worker", "starter.hi", "starter.en"}
    children = crew.children()
    for process in (psutil.Process(crew.process.pid), *children):
        assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)  # no speech and no keys in a core file
    assert crew.stop() == 0
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    log = crew.text()
    assert "prepare_tip prepared in" in log and "of sound" not in log
    for one in told:
        assert one.call_sid not in log and one.tip_id not in log and "Traceback" not in log


def test_all_killed_while_listening_and_redis_emptied_the_tip_is_prepared_exactly_once(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    told = teller.tell(clips(*["demo_hi", "weapons_hi", "gambling_hi", "cyber_hi"] * 3))
    crew = start("work")
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    until(lambda: teller.recordings())  # fetched and sealed: now it listens
    for process in [*crew.children(), psutil.Process(crew.process.pid)]:
        process.suspend()
    for process in [*crew.children(), psutil.Process(crew.process.pid)]:
        process.kill()
    assert teller.tip(told).status == Status.RECEIVED and teller.tip(told).lease is not None
    parts.jobs.client.flushall()  # and Redis loses everything
    start("schedule")
    start("work")
    until(lambda: teller.tip(told).status == Status.ROUTED, 60)
    assert (len(teller.recordings()), len(teller.transcripts())) == (1, 1)
    assert len(teller.vault_names()) == 2
    assert sum(path.endswith(".wav") and method == "GET" for method, path, _ in provider.requests) == 1
    until(lambda: provider.objects() == [])


def test_a_killed_worker_is_replaced_and_its_tip_prepared_without_waiting_for_the_lease(
    parts: Parts, teller: Teller, start: Callable[..., Process]
) -> None:
    told = teller.tell(clips(*["demo_hi", "weapons_hi", "gambling_hi", "cyber_hi"] * 3))
    crew = start("work", HOTLINE_LEASE_SECONDS="600")
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    until(lambda: teller.recordings())
    killed = busy(crew)
    killed.kill()
    until(lambda: teller.tip(told).status == Status.ROUTED)
    assert len(teller.transcripts()) == 1 and len(teller.vault_names()) == 2
    assert "it is replaced" in crew.text()
    until(lambda: len(crew.children()) == 4 and killed.pid not in {child.pid for child in crew.children()})


def test_asked_to_stop_a_crew_finishes_what_it_began(
    parts: Parts, teller: Teller, start: Callable[..., Process]
) -> None:
    told = teller.tell(clips("demo_hi", "weapons_hi", "gambling_hi", "cyber_hi"))
    crew = start("work")
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    until(lambda: teller.recordings())
    assert crew.stop(signal.SIGINT) == 0
    assert teller.tip(told).status == Status.ROUTED


def test_a_recording_that_is_not_ready_is_asked_for_again_by_itself(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    crew = start("work")
    until(lambda: "models loaded" in crew.text())
    provider.store.ready_after = 2.5
    told = teller.tell(clip("hello_hi"))
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    until(lambda: teller.tip(told).status == Status.ROUTED)
    assert "recording_not_ready" in crew.text()


def test_four_workers_given_the_same_tip_prepare_it_once(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    told = teller.tell(clip("drugs_hi"))
    for _ in range(8):
        parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    start("work", HOTLINE_WORKER_PROCESSES="4")
    until(lambda: teller.tip(told).status == Status.ROUTED and not parts.jobs.waiting() and provider.objects() == [])
    assert (len(teller.recordings()), len(teller.transcripts()), len(teller.vault_names())) == (1, 1, 2)
    assert sum(path.endswith(".wav") for _, path, _ in provider.requests) == 1


def test_a_worker_that_hangs_in_a_job_is_ended_by_force(parts: Parts) -> None:
    with subprocess.Popen(["sleep", "60"]) as hanging, subprocess.Popen(["sleep", "60"]) as busy:
        crew = Crew(parts)
        crew._children = {hanging.pid: (1, 0.0), busy.pid: (2, 0.0)}
        crew._deadlines.set(1, time.monotonic() - 1)
        crew._deadlines.set(2, time.monotonic() + 60)
        crew._end_hanging()
        assert hanging.wait(5) == -signal.SIGKILL and busy.poll() is None
        busy.kill()


def test_a_crew_started_before_redis_waits_for_it(
    parts: Parts, teller: Teller, start: Callable[..., Process], tmp_path: Path
) -> None:
    later = parts.settings.model_copy(update={"redis_url": "", "var_dir": tmp_path / "later"})
    told = teller.tell(clip("hello_hi"))
    url = embedded.url(later)
    crew = start("work", HOTLINE_REDIS_URL=url)
    start("schedule", HOTLINE_REDIS_URL=url)
    until(lambda: "does not answer yet" in crew.text())
    server = embedded.start(later)
    try:
        until(lambda: teller.tip(told).status == Status.ROUTED)
    finally:
        crew.stop()
        server.stop()


def test_the_schedule_ends_a_silent_call_and_forgets_what_nobody_told_us_of(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    long_ago = now() - timedelta(minutes=20)
    told = teller.tell(clip("hello_hi"), status=Status.TELLING, ended_at=None, last_turn_at=long_ago)
    untold, _ = teller.call()
    teller.set(teller.copy(untold, "call", parts.keys.sid_key(untold), long_ago))
    start("work")
    schedule = start("schedule")
    until(lambda: teller.tip(told).status == Status.ROUTED and provider.objects() == [])
    until(lambda: all(copy.sid is None for copy in teller.rows(ProviderCopy)))
    assert schedule.stop() == 0


def test_a_model_chosen_while_it_runs_is_taken_up_and_a_damaged_one_is_not(
    parts: Parts, teller: Teller, start: Callable[..., Process]
) -> None:
    better = parts.settings.models_dir / "vosk-model-small-hi-0.22"
    shutil.copytree(STARTER_MODELS / "hi", better)
    crew = start("work")
    until(lambda: len(crew.children()) == 4)
    assert "a starter model is in use, not for real work: ./hotline models fetch hi en" in crew.text()
    before = {child.pid for child in crew.children()}
    shelf.use(parts.settings, "hi", better)
    until(lambda: "the workers change over" in crew.text())
    until(lambda: len({child.pid for child in crew.children()} - before) == 3)
    told = teller.tell(clip("drugs_hi"))
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    until(lambda: teller.tip(told).status == Status.ROUTED)
    assert teller.transcripts()[0].model == better.name
    (better / "am" / "final.mdl").unlink()
    shelf.use(parts.settings, "en", better)
    until(lambda: "the models stay as they are" in crew.text())
    assert crew.stop() == 0


def slow_worker(crew: Process) -> psutil.Process:
    """The one that gives way to all others."""
    usual = psutil.Process(crew.process.pid).nice()
    until(lambda: [child for child in crew.children() if child.nice() > usual])
    (slow,) = [child for child in crew.children() if child.nice() > usual]
    return slow


def test_a_film_in_work_holds_up_nobody_and_is_prepared_in_the_end(
    parts: Parts, teller: Teller, provider: Provider, start: Callable[..., Process]
) -> None:
    """One worker, and the slow one stands still over a film for as long as it takes to prepare everything else."""
    writer = Writer(parts, provider)
    crew = start("work", HOTLINE_WORKER_PROCESSES="1")
    slow = slow_worker(crew)
    slow.suspend()
    film = (files.film(), "video/mp4")
    many = [writer.write(Sent("barra me jua", files=(film,) * 3)) for _ in range(2)]
    told = teller.tell(clip("drugs_hi"), urgency="U1")
    for one in many:
        parts.jobs.enqueue(Job.PREPARE_TIP, one.tip_id)
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id, urgency="U1")
    until(lambda: all(teller.tip(one).status == Status.ROUTED for one in (told, *(one.tip_id for one in many))))
    until(lambda: all(one.original for one in teller.rows(Attachment)) and provider.objects() == [])
    assert {one.status for one in teller.rows(Attachment)} == {"later"}
    slow.resume()
    until(lambda: {one.status for one in teller.rows(Attachment)} == {"ready"}, 90)
    assert crew.stop() == 0
