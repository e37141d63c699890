"""Seconds of sound transcribed a second, on all cores, three ways on the same clips in the same run:

  bare      KaldiRecognizer in one thread a core, the model loaded once: the limit of the machine
  hotline   the real crew: queue, fetching over HTTP, sealing, transcription, anonymiser, disguise, database, routing
  command   `vosk-transcriber` on a folder of files (needs ffmpeg), as published with Vosk

Each clip is heard in one language (HOTLINE_LANGUAGE_DOUBT is 0): a second hearing is more work, not slower work.
Loading models is in none of the first two, and in the third (it starts anew). Rounds alternate and the best of each
is told, because machines are noisy. Processor seconds are told too: they say more when others use the machine.

    python -m benchmarks.transcription [--clips 16] [--seconds 60] [--rounds 3] [--model folder] [--without-command]
"""

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile

from settings import ROOT, STARTER_MODELS

SPEECH = ROOT / "ivr" / "simulator" / "speech"
PROMPTS = ROOT / "audio_prompts" / "hi"
RATE = 8000
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_clips(folder: Path, number: int, seconds: int) -> float:
    """Hindi clips of about `seconds`, each another mix of tips and prompts of ours; their length in all.

    Prompts too, because tips of few sentences would be heard faster than real ones: a recogniser that is used again
    knows their words.
    """
    sounds = [
        soundfile.read(path, dtype="int16")[0] for path in sorted((*SPEECH.glob("*_hi.wav"), *PROMPTS.glob("*.wav")))
    ]
    long_ones = [one for one in sounds if len(one) > 2 * RATE]
    np.random.default_rng(11).shuffle(long_ones)
    folder.mkdir(parents=True)
    total = 0
    coming = itertools.cycle(long_ones)
    for n in range(number):
        parts: list[Any] = []
        while sum(map(len, parts)) < seconds * RATE:
            parts.append(next(coming))
        samples = np.concatenate(parts)[: seconds * RATE]
        total += len(samples)
        soundfile.write(folder / f"{n:03d}.wav", samples, RATE, subtype="PCM_16")
    return total / RATE


def bare(folder: Path, model: Path) -> dict[str, float]:
    """One thread a core, nothing but recognition; run in a process of its own."""
    from vosk import KaldiRecognizer, Model, SetLogLevel

    SetLogLevel(-1)
    loaded = Model(model_path=str(model))
    waiting = [soundfile.read(path, dtype="int16")[0].tobytes() for path in sorted(folder.glob("*.wav"))]
    lock = threading.Lock()

    def recognise() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                data = waiting.pop(0)
            recognizer = KaldiRecognizer(loaded, RATE)
            recognizer.SetWords(True)
            for at in range(0, len(data), 16_000):
                if recognizer.AcceptWaveform(data[at : at + 16_000]):
                    json.loads(recognizer.Result())
            json.loads(recognizer.FinalResult())

    threads = [threading.Thread(target=recognise) for _ in range(CORES)]
    began, cpu = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"wall": time.monotonic() - began, "cpu": time.process_time() - cpu}


def in_a_process(folder: Path, model: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.transcription", "--bare", str(folder), "--model", str(model)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    result: dict[str, float] = json.loads(done.stdout)
    return result


def command(folder: Path, model: Path) -> dict[str, float] | None:
    """The published command on the same files; None when it or ffmpeg is not installed."""
    program = Path(sys.executable).with_name("vosk-transcriber")
    if not program.exists() or not shutil.which("ffmpeg"):
        return None
    with tempfile.TemporaryDirectory() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        subprocess.run(
            [str(program), "-m", str(model), "-i", str(folder), "-o", out, "-t", "txt", "--log-level", "ERROR"],
            capture_output=True, check=True,
        )  # fmt: skip
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        written = sum(path.stat().st_size > 0 for path in Path(out).iterdir())
    assert written == len(list(folder.glob("*.wav"))), "the command did not transcribe every file"
    return {"wall": wall, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


class Hotline:
    """The real worker processes on embedded queue, SQLite, a vault folder and a telephone company of our own."""

    def __init__(self, folder: Path, model: Path, var: Path, workers: int = CORES) -> None:
        from ivr.simulator.provider import Provider
        from models.secrecy import create_keys
        from models.tables import metadata
        from settings import Settings
        from workers import embedded
        from workers.parts import assemble

        account, token = "AC" + "5" * 32, "benchmark"
        self.provider = Provider(account, token).start()
        self.settings = Settings(
            var_dir=var, twilio_account_sid=account, twilio_auth_token=token, twilio_api_url=self.provider.url,
            model_hi=model,
        )  # fmt: skip
        var.mkdir(mode=0o700)
        self.server = embedded.start(self.settings)
        create_keys(self.settings.keys)
        self.parts = assemble(self.settings)
        metadata.create_all(self.parts.db.engine)
        self.clips = [path.read_bytes() for path in sorted(folder.glob("*.wav"))]
        environment = {
            **os.environ, "HOTLINE_VAR_DIR": str(var), "HOTLINE_TWILIO_API_URL": self.provider.url,
            "TWILIO_ACCOUNT_SID": account, "TWILIO_AUTH_TOKEN": token, "HOTLINE_MODEL_HI": str(model),
            "HOTLINE_WORKER_PROCESSES": str(workers), "HOTLINE_LANGUAGE_DOUBT": "0",
        }  # fmt: skip
        self.log = (var / "work.log").open("wb")
        self.crew = subprocess.Popen(
            [sys.executable, "-m", "workers", "work"], cwd=ROOT, env=environment, stdout=self.log, stderr=self.log
        )

    def _cpu(self) -> float:
        """Processor seconds of the crew so far; a job's process that ends while we look is looked for again."""
        root = psutil.Process(self.crew.pid)
        while True:
            try:
                times = [process.cpu_times() for process in [root, *root.children(recursive=True)]]
            except psutil.NoSuchProcess:
                continue
            return sum(one.user + one.system + one.children_user + one.children_system for one in times)

    def round(self, clips: list[bytes]) -> dict[str, float]:
        """Tell a tip for each clip; the time until all are routed, and until nothing is left at the provider."""
        from ivr.simulator.store import new_sid
        from models.database import hour, now
        from models.recording import ProviderCopy
        from models.tip import Tip
        from workers.queues import Job

        tips = []
        for clip in clips:
            call, sid = new_sid("CA"), new_sid("RE")
            self.provider.store.open_call(call, "+919800000000", "+911200000000")
            self.provider.store.keep_recording(sid, call, clip, len(clip) // 16_000)
            self.provider.store.end_call(call, "completed", 60)
            key = self.parts.keys.sid_key(call)
            tip = Tip(status="received", language="hi", received_hour=hour(now()), conversation_key=key, ended_at=now())
            with self.parts.db.session() as session:
                session.add(tip)
                for kind, one in (("call", call), ("recording", sid)):
                    session.add(
                        ProviderCopy(
                            sid=one, sid_key=self.parts.keys.sid_key(one), kind=kind, conversation_key=key,
                            take=int(kind == "recording"), language="hi", heard_at=now(),
                        )
                    )  # fmt: skip
            tips.append(tip.id)
        began, cpu = time.monotonic(), self._cpu()
        for tip_id in tips:
            self.parts.jobs.enqueue(Job.PREPARE_TIP, tip_id)
        while self._routed() < len(tips):
            time.sleep(0.05)
        wall = time.monotonic() - began
        spent = self._cpu() - cpu
        while self.provider.objects():
            time.sleep(0.05)
        erased = time.monotonic() - began
        with self.parts.db.session() as session:
            from sqlalchemy import text

            session.execute(text("UPDATE tip SET status = 'closed'"))
        return {"wall": wall, "cpu": spent, "erased": erased}

    def _routed(self) -> int:
        from sqlalchemy import text

        with self.parts.db.read() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM tip WHERE status = 'routed'")) or 0)

    def stop(self) -> None:
        self.crew.terminate()
        self.crew.wait(60)
        self.log.close()
        self.server.stop()
        self.provider.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", type=Path, default=STARTER_MODELS / "hi")
    parser.add_argument("--without-command", action="store_true")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.bare:
        print(json.dumps(bare(chosen.bare, chosen.model)))
        return
    with tempfile.TemporaryDirectory(prefix="hotline-benchmark-") as folder:
        place = Path(folder)
        total = make_clips(place / "clips", chosen.clips, chosen.seconds)
        hotline = Hotline(place / "clips", chosen.model, place / "var")
        results: dict[str, list[dict[str, float]]] = {"bare": [], "hotline": [], "command": []}
        try:
            hotline.round(hotline.clips[:CORES])  # everything loaded and forked
            for number in range(chosen.rounds):
                results["bare"].append(in_a_process(place / "clips", chosen.model))
                results["hotline"].append(hotline.round(hotline.clips))
                if not chosen.without_command and (one := command(place / "clips", chosen.model)):
                    results["command"].append(one)
                print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr)
        finally:
            hotline.stop()
    print(f"{chosen.clips} clips, {total:.0f} s of sound, model {chosen.model.name}, {CORES} cores")
    best = {
        name: {key: min(one[key] for one in rounds) for key in rounds[0]} for name, rounds in results.items() if rounds
    }
    for name, one in best.items():
        print(
            f"{name:8} {total / one['wall']:6.1f} x real time   {one['wall']:6.2f} s   {one['cpu']:6.2f} processor s   "
            f"share of bare: {best['bare']['wall'] / one['wall']:.2f} by the clock, "
            f"{best['bare']['cpu'] / one['cpu']:.2f} by processor"
        )
    print(f"hotline, until nothing is left at the provider: {best['hotline']['erased']:.2f} s")
    if "command" in best:
        print(f"hotline / vosk-transcriber: {best['command']['wall'] / best['hotline']['wall']:.2f} by the clock")


if __name__ == "__main__":
    main()
