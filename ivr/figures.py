"""The hotline's figures in Prometheus's vocabulary, gathered when they are asked for.

Never does: count anything by caller, place or officer; keep a figure (tallies and latencies do).
"""

from collections.abc import Iterator

import redis
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from ivr.latency import BUCKETS, Latencies
from ivr.parts import Parts
from ivr.readiness import oldest_unprepared, queue_client
from models.database import now
from models.lifecycle import Status
from models.officer import Beat, Tally
from models.recording import ProviderCopy, overdue
from models.tip import Tip, stuck
from workers.queues import QUEUES, shown


class Figures(Collector):
    """Everything /metrics shows, at this moment. A part that does not answer is shown as down, not as zero."""

    def __init__(self, parts: Parts, latencies: Latencies) -> None:
        self._parts = parts
        self._latencies = latencies

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        yield self._webhooks()
        yield from self._queue()
        try:
            known, up = list(self._known()), 1
        except SQLAlchemyError:
            known, up = [], 0
        yield GaugeMetricFamily("hotline_database_up", "1 when the database answers.", up)
        yield from known

    def _known(self) -> Iterator[Metric]:
        """What the database tells, as a whole or not at all."""
        with self._parts.db.read() as connection:
            yield from _tips(connection)
            yield from self._erasure(connection)
            yield from _tallies(connection)
            yield from _beats(connection)
        yield from self._waiting()

    def _webhooks(self) -> Metric:
        counts, seconds = self._latencies.totals()
        so_far, buckets = 0, []
        for bound, n in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            so_far += n
            buckets.append((bound, float(so_far)))
        return HistogramMetricFamily(
            "hotline_webhook_seconds", "Time to answer a webhook.", buckets=buckets, sum_value=seconds
        )

    def _queue(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("hotline_queue_up", "1 when the queue server answers.")
        depth = GaugeMetricFamily("hotline_queue_jobs", "Jobs waiting.", labels=["queue"])
        try:
            with queue_client(self._parts.settings) as client:
                for name in QUEUES:
                    depth.add_metric([shown(name)], client.llen(f"rq:queue:{name}"))
                failed = sum(client.zcard(f"rq:failed:{name}") for name in QUEUES)
        except redis.RedisError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield depth
        yield GaugeMetricFamily("hotline_queue_failed_jobs", "Jobs kept as failed; the sweep repeats them.", failed)

    def _waiting(self) -> Iterator[Metric]:
        n, since = oldest_unprepared(self._parts.db)
        age = (now() - since).total_seconds() if since else 0.0
        yield GaugeMetricFamily("hotline_tips_unprepared", "Tips ended but not yet with an office.", n)
        yield GaugeMetricFamily("hotline_oldest_unprepared_seconds", "How long the oldest of them has waited.", age)

    def _erasure(self, connection: Connection) -> Iterator[Metric]:
        late = overdue(self._parts.settings.erasure_overdue_hours)
        there = select(func.count()).where(col(ProviderCopy.erased_at).is_(None))
        yield GaugeMetricFamily(
            "hotline_provider_copies",
            "Objects of callers that the telephone provider still holds.",
            connection.scalar(there) or 0,
        )
        yield GaugeMetricFamily(
            "hotline_erasure_overdue",
            "Provider copies that should have been erased by now.",
            connection.scalar(select(func.count()).where(late)) or 0,
        )


def _tips(connection: Connection) -> Iterator[Metric]:
    found = dict(connection.execute(select(col(Tip.status), func.count()).group_by(col(Tip.status))).all())
    tips = GaugeMetricFamily("hotline_tips", "Tips by status.", labels=["status"])
    for status in Status:
        tips.add_metric([status.value], found.get(status.value, 0))
    yield tips
    waiting = connection.scalar(select(func.count()).where(stuck()))
    yield GaugeMetricFamily("hotline_tips_stuck", "Tips with a problem in their way.", waiting or 0)


def _tallies(connection: Connection) -> Iterator[Metric]:
    """Counters over all days: jobs by outcome, sound heard and the time it took, and whatever else is tallied."""
    totals = connection.execute(select(col(Tally.what), func.sum(col(Tally.n))).group_by(col(Tally.what)))
    jobs = CounterMetricFamily("hotline_jobs", "Jobs done, by outcome.", labels=["job", "outcome"])
    events = CounterMetricFamily("hotline_events", "What was counted: calls, silent calls ...", labels=["what"])
    problems = CounterMetricFamily("hotline_job_problems", "What stood in the way of jobs.", labels=["problem"])
    known = {what: int(n) for what, n in totals}
    sound, worked = known.pop("audio_seconds", 0), known.pop("transcription_ms", 0) / 1000
    for what, n in sorted(known.items()):
        match what.split("."):
            case ["job", job, outcome]:
                jobs.add_metric([job, outcome], n)
            case ["problem", problem]:
                problems.add_metric([problem], n)
            case _:
                events.add_metric([what], n)
    yield jobs
    yield problems
    yield events
    yield CounterMetricFamily("hotline_sound_seconds", "Sound transcribed.", sound)
    yield CounterMetricFamily("hotline_transcription_seconds", "Time spent on transcribing it.", worked)
    yield GaugeMetricFamily(
        "hotline_transcription_speed",
        "Seconds of sound a second of work, over all time.",
        sound / worked if worked else 0,
    )


def _beats(connection: Connection) -> Iterator[Metric]:
    beats = GaugeMetricFamily("hotline_beat_age_seconds", "Since a background part last gave a sign.", labels=["part"])
    parts = select(col(Beat.part), col(Beat.at)).where(col(Beat.part).not_like("starter.%"))  # says a fact, not a beat
    for part, at in connection.execute(parts.order_by(col(Beat.part))):
        beats.add_metric([part], max(0.0, (now() - at).total_seconds()))
    yield beats
