"""Webhooks a second over the mix of a whole call, against a bare Flask view under the same server, in the same run.

    python -m benchmarks.webhooks [--database URL] [--seconds 8] [--rounds 3]

Both applications run under gunicorn gthread with the same processes and threads; the load comes over keep-alive
connections from other processes of this machine, first to the one, then to the other, in turns. Every call is a new
call with its own ids: nothing is answered twice. Prints requests a second, the ratio, and the 99th percentile at half
of the hotline's own load. The load generator takes its share of the cores in both cases; the server's own CPU time a
request is printed too, which does not depend on it.
Never does: assert anything; figures belong into README with the machine they were measured on.
"""

import argparse
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
from twilio.request_validator import RequestValidator

from ivr.dialogue.engine import begin
from models.migrate import upgrade
from models.secrecy import create_keys
from settings import ROOT, Settings
from workers import embedded

TOKEN = "benchmark-token"
ACCOUNT = "AC" + "0" * 32
CLIENTS = 12
WARMING = 3.0  # seconds
Stream = Callable[[str, int], Iterator[bytes]]  # base address and a first number -> requests, without end


def a_call(n: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Path and parameters of each webhook of one call, from ring to the end; a tip by a caller who knows the way."""
    assert begin().state.step == "language"
    recording = f"RE{n:032x}"
    yield "/voice", {"CallStatus": "ringing"}
    yield "/voice/language", {"Digits": "1"}
    yield "/voice/main?turn=1", {"Digits": "1"}
    yield "/voice/told?turn=2&take=1", {"Digits": "#", "RecordingSid": recording, "RecordingDuration": "21"}
    yield "/voice/recording?turn=2&take=1", {"RecordingSid": recording, "RecordingDuration": "20",
                                             "RecordingStatus": "completed"}  # fmt: skip
    yield "/voice/review?turn=3&take=1", {"Digits": "1"}
    yield "/voice/kinds?turn=4&take=1", {"Digits": "1"}
    yield "/voice/kind?turn=5&take=1&menu=1", {"Digits": "2"}
    yield "/voice/place?turn=6&take=1", {"Digits": "208005"}
    yield "/voice/place_check?turn=7&take=1&pin=208005", {"Digits": "1"}
    yield "/voice/follow_up?turn=8&take=1", {"Digits": "1"}
    yield "/voice/code?turn=9&take=1", {"Digits": ""}
    yield "/voice/status", {"CallStatus": "completed", "CallDuration": "95"}


def requests(base: str, start: int) -> Iterator[bytes]:
    """Signed requests as bytes, call after call, without end."""
    sign = signing(base)
    n = start
    while True:
        n += 1
        number = f"+9198{n % 10**8:08d}"
        for path, more in a_call(n):
            form = {
                "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": f"CA{n:032x}",
                "CallStatus": "in-progress",
                "Called": "+911800000000", "CalledCity": "", "CalledCountry": "IN", "CalledState": "", "CalledZip": "",
                "Caller": number, "CallerCity": "", "CallerCountry": "IN", "CallerState": "", "CallerZip": "",
                "Direction": "inbound", "From": number, "To": "+911800000000",
            } | more  # fmt: skip
            yield sign(path, form)


def signing(base: str) -> Callable[[str, dict[str, str]], bytes]:
    """What turns a path and parameters into the bytes of a signed request."""
    signs, host = RequestValidator(TOKEN), urlsplit(base).netloc

    def sign(path: str, form: dict[str, str]) -> bytes:
        body = urlencode(form).encode()
        signature = signs.compute_signature(base + path, form)
        return (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Twilio-Signature: {signature}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    return sign


def client(base: str, prepared: list[bytes], begin_at: float, seconds: float, rate: float, answers) -> None:  # type: ignore[no-untyped-def]
    """One connection: as fast as it is answered, or at `rate` requests a second with waiting counted from when due."""
    port = urlsplit(base).port
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took, failed = [], 0
    time.sleep(max(0, begin_at - time.time()))
    begun = time.perf_counter()
    for n, request in enumerate(prepared):
        due = begun + n / rate if rate else time.perf_counter()
        if (wait := due - time.perf_counter()) > 0:
            time.sleep(wait)
        if time.perf_counter() - begun > seconds:
            break
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        lengths = [line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        while len(body) < length:
            body += connection.recv(65536)
        took.append(time.perf_counter() - due)
        failed += not answer.startswith(b"HTTP/1.1 2")
        if b"connection: close" in head.lower():
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
    answers.put((took, failed, time.perf_counter() - begun))


class Server:
    """gunicorn with one application, as `serve` runs it."""

    def __init__(self, app: str, port: int, env: dict[str, str]) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", app, "-b", f"127.0.0.1:{port}", "-k", "ivr.patience.PatientWorker",
             "-w", "2", "--threads", "4", "--keep-alive", "60", "--log-level", "warning"],
            cwd=ROOT, env=os.environ | env,
        )  # fmt: skip
        # Every process must have loaded its application before anything is measured.
        for _ in range(60):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=30) as probe:
                    probe.sendall(b"POST /voice HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
                    probe.recv(100)
            except OSError:
                time.sleep(0.2)

    def cpu(self) -> float:
        """CPU seconds used so far by all its processes."""
        root = psutil.Process(self._process.pid)
        times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
        return sum(spent.user + spent.system for spent in times)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def load(
    server: Server, stream: Stream, start: int, seconds: float, rate: float = 0
) -> tuple[float, list[float], float, int]:
    """Requests a second, each one's seconds, CPU seconds a request, failures."""
    answers: multiprocessing.Queue = multiprocessing.Queue()  # type: ignore[type-arg]
    wanted = int((rate or 6000) * seconds / CLIENTS) + 20
    prepared = []
    for n in range(CLIENTS):
        coming = stream(server.base, start + n * 1_000_000)
        prepared.append([next(coming) for _ in range(wanted)])
    begin_at, cpu = time.time() + 0.5, server.cpu()
    clients = [
        multiprocessing.Process(target=client, args=(server.base, batch, begin_at, seconds, rate / CLIENTS, answers))
        for batch in prepared
    ]
    for process in clients:
        process.start()
    results = [answers.get() for _ in clients]
    for process in clients:
        process.join()
    took = [one for result in results for one in result[0]]
    longest = max(result[2] for result in results)
    return len(took) / longest, took, (server.cpu() - cpu) / len(took), sum(result[1] for result in results)


def main(stream: Stream = requests, about: str | None = __doc__, lay: Callable[[Settings], None] | None = None) -> None:
    """Measure one kind of webhooks; `lay` puts into the database what they ask for."""
    options = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", default="", help="postgresql://...; without it SQLite in a temporary folder")
    options.add_argument("--seconds", type=float, default=8)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = 18000 + os.getpid() % 1000
        env = {
            "HOTLINE_VAR_DIR": folder, "HOTLINE_PUBLIC_URL": f"http://127.0.0.1:{port}", "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN, "HOTLINE_DATABASE_URL": chosen.database,
        }  # fmt: skip
        settings = Settings(_env_file=None, var_dir=Path(folder), database_url=chosen.database)  # type: ignore[call-arg]
        create_keys(settings.keys)
        upgrade(settings.database)
        if lay is not None:
            lay(settings)
        queue = embedded.start(settings)
        ours, bare = Server("wsgi:app", port, env), Server("benchmarks.bare:app", port + 1, env)
        try:
            report(ours, bare, stream, chosen.seconds, chosen.rounds, start=int(time.time()) * 10_000_000)
        finally:
            ours.stop()
            bare.stop()
            queue.stop()


def report(ours: Server, bare: Server, stream: Stream, seconds: float, rounds: int, start: int) -> None:
    """Measure in turns and print."""
    for n, server in enumerate((bare, ours)):  # what is made with the first request is not measured
        load(server, stream, start + (95 + n) * 1_000_000_000, WARMING)
    ratios, cpu_ratios, fastest = [], [], 0.0
    for turn in range(rounds):
        bare_rate, _, bare_cpu, _ = load(bare, stream, start, seconds)
        our_rate, _, our_cpu, failed = load(ours, stream, start + (turn + 1) * 100_000_000, seconds)
        ratios.append(our_rate / bare_rate)
        cpu_ratios.append(bare_cpu / our_cpu)
        fastest = max(fastest, our_rate)
        print(
            f"round {turn + 1}: bare {bare_rate:.0f}/s ({bare_cpu * 1e6:.0f} us CPU), "
            f"hotline {our_rate:.0f}/s ({our_cpu * 1e6:.0f} us CPU), failed {failed}, "
            f"ratio {ratios[-1]:.2f}, by CPU {cpu_ratios[-1]:.2f}"
        )
    _, took, _, failed = load(ours, stream, start + 90_000_000_000, seconds, rate=fastest / 2)
    p99 = statistics.quantiles(took, n=100)[98]
    print(f"median ratio {statistics.median(ratios):.2f}, by CPU {statistics.median(cpu_ratios):.2f}")
    print(f"at half load ({fastest / 2:.0f}/s): median {statistics.median(took) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, "
          f"failed {failed}")  # fmt: skip


if __name__ == "__main__":
    main()
