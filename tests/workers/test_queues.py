"""The queue on both servers people run: the embedded Valkey and Debian's Redis."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from tests.queued import depths
from tests.workers.kept import until
from workers.queues import QUEUES, Courier, Job, JobQueue, connect


@pytest.fixture(scope="module")
def real_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed here; .ci/run installs it")
    folder: Path = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    with connect(f"unix://{socket}") as client:
        while time.monotonic() < end:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
    yield f"unix://{socket}"
    server.terminate()
    server.wait(10)


@pytest.fixture(params=["valkey", "redis"])
def client(request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    url = request.getfixturevalue("redis_url" if request.param == "valkey" else "real_redis")
    with connect(url) as client:
        client.flushall()
        yield client


def test_urgency_decides_the_queue(client: redis.Redis) -> None:
    jobs = JobQueue(client)
    for urgency in ("U1", "U2", "U3", "U4", None):
        assert jobs.enqueue(Job.PREPARE_TIP, f"tip{urgency}", urgency=urgency)
    jobs.enqueue(Job.ERASE_COPY, "copy", urgency="U1")

    assert depths(jobs) == {"urgent": 2, "normal": 3, "low": 1, "slow": 0}


def test_nothing_but_a_jobs_name_and_our_id_enters_the_queue(client: redis.Redis) -> None:
    JobQueue(client).enqueue(Job.PREPARE_TIP, "0123456789abcdef")

    [job] = Queue("hotline-normal", connection=client, serializer=JSONSerializer).jobs
    assert (job.func_name, list(job.args), job.kwargs) == ("workers.jobs.prepare_tip", ["0123456789abcdef"], {})
    assert job.meta == {}


def test_a_job_that_fails_is_scheduled_again_as_declared(client: redis.Redis) -> None:
    JobQueue(client).enqueue(Job.ROUTE_TIP, "tip")
    queues = [Queue(name, connection=client, serializer=JSONSerializer) for name in QUEUES]

    # This process has no parts to work with: the job says so, and fails.
    SimpleWorker(queues, connection=client, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")

    assert len(ScheduledJobRegistry(queue=queues[1])) == 1
    assert depths(JobQueue(client))["normal"] == 0


def test_without_a_server_enqueueing_says_no_and_a_courier_does_not_wait() -> None:
    jobs = JobQueue(connect("redis://127.0.0.1:9"))
    assert not jobs.enqueue(Job.PREPARE_TIP, "tip")

    begun = time.perf_counter()
    courier = Courier(jobs)
    for _ in range(100):
        courier.enqueue(Job.PREPARE_TIP, "tip")
    assert time.perf_counter() - begun < 0.5


def test_an_absent_queue_server_is_told_of_once_not_for_every_call(caplog: pytest.LogCaptureFixture) -> None:
    jobs = JobQueue(connect("redis://127.0.0.1:9/0"))

    assert [jobs.enqueue(Job.PREPARE_TIP, f"tip{n}") for n in range(20)] == [False] * 20
    assert len(caplog.records) == 1


def test_letters_that_are_handed_over_together_go_together_and_all_of_them(client: redis.Redis) -> None:
    before = client.info("commandstats").get("cmdstat_exec", {"calls": 0})["calls"]
    courier = Courier(JobQueue(client))
    for n in range(250):
        courier.enqueue(Job.PREPARE_TIP, f"tip{n}", urgency="U1" if n % 2 else "U4")

    until(lambda: depths(JobQueue(client)) == {"urgent": 125, "normal": 125, "low": 0, "slow": 0})
    transactions = client.info("commandstats")["cmdstat_exec"]["calls"] - before
    assert transactions <= 5, "each went by itself"
    [*ids] = Queue("hotline-urgent", connection=client, serializer=JSONSerializer).get_job_ids()
    assert [job_id.split("-")[1] for job_id in ids] == [f"tip{n}" for n in range(1, 250, 2)]  # in their order


def test_a_letter_for_an_absent_server_does_not_end_the_courier(redis_url: str) -> None:
    jobs = JobQueue(connect("redis://127.0.0.1:9"))
    courier = Courier(jobs)
    courier.enqueue(Job.PREPARE_TIP, "lost")
    time.sleep(0.2)
    with connect(redis_url) as client:
        client.flushall()
        courier._jobs = JobQueue(client)
        courier.enqueue(Job.PREPARE_TIP, "found")
        until(lambda: depths(JobQueue(client))["normal"] == 1)
