"""Webhook times: counted by every process, added up for whoever asks, cheap, and never in the way."""

import multiprocessing
import os
from pathlib import Path

from ivr.latency import BUCKETS, Latencies


def test_processes_add_up(tmp_path: Path) -> None:
    latencies = Latencies(tmp_path / "metrics")
    latencies.record(0.0004)
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=latencies.record, args=(0.02,)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    counts, seconds = Latencies(tmp_path / "metrics").totals()

    assert counts[0] == 1 and counts[BUCKETS.index(0.025)] == 3 and sum(counts) == 4
    assert abs(seconds - 0.0604) < 1e-9


def test_what_takes_longer_than_every_bucket_is_counted_too(tmp_path: Path) -> None:
    latencies = Latencies(tmp_path)
    latencies.record(60.0)

    assert latencies.totals()[0][-1] == 1


def test_clearing_begins_from_zero(tmp_path: Path) -> None:
    Latencies(tmp_path).record(1.0)
    fresh = Latencies(tmp_path)
    fresh.clear()

    assert fresh.totals() == ([0] * (len(BUCKETS) + 1), 0.0)


def test_a_folder_that_cannot_be_written_costs_no_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    latencies = Latencies(tmp_path / "file" / "metrics")

    latencies.record(0.1)

    assert sum(latencies.totals()[0]) == 0


def test_the_counts_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    Latencies(tmp_path).record(0.1)

    assert oct((tmp_path / f"{os.getpid()}.latency").stat().st_mode).endswith("600")
