"""How many jobs wait, for tests that look on."""

from workers.queues import QUEUES, JobQueue, shown


def depths(jobs: JobQueue) -> dict[str, int]:
    """Jobs waiting, by queue."""
    return {shown(name): int(jobs.client.llen(f"rq:queue:{name}")) for name in QUEUES}
