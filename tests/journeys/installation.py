"""A whole hotline in one folder: web application, queue server, worker and schedule processes, telephone company.

Everything is real but the telephone network. Never does: sleep for a time that was guessed.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from ivr.app import create_app
from ivr.parts import Parts
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.provider import Provider
from ivr.simulator.telephone import Sounds, Telephone
from models.message import Conversation
from models.migrate import upgrade
from models.secrecy import create_keys
from models.tip import Tip
from settings import ROOT, Settings
from workers import embedded
from workers.queues import connect

ACCOUNT, TOKEN = "AC" + "3" * 32, "the-token-of-the-journeys"
NUMBER = "+915122304050"  # the one that a Telephone calls
SPEECH = ROOT / "ivr" / "simulator" / "speech"
PATIENCE = 90.0


class Installation:
    """Use as a context manager. `settings` go to Settings on top of what a journey needs."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.provider = Provider(ACCOUNT, TOKEN)
        self.folder = folder / "var"
        self.folder.mkdir(mode=0o700)
        self.settings = Settings(
            var_dir=self.folder, public_url="https://journeys.example", twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN, twilio_api_url=self.provider.url, lease_seconds=2, sweep_seconds=1,
            worker_processes=2, twilio_number=NUMBER, **settings,
        )  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._sounds: Sounds = {}  # prompts that any telephone has played

    def __enter__(self) -> "Installation":
        create_keys(self.settings.keys)
        upgrade(self.settings.database)
        self.provider.start()
        self.queue = embedded.start(self.settings) if self.settings.embedded_queue else None
        self.app = create_app(self.settings)
        self.parts: Parts = self.app.extensions["hotline"]
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.stop(name)
        self.parts.db.dispose()
        if self.queue is not None:
            self.queue.stop()
        self.provider.stop()

    # --- processes behind the telephone
    def start(self, what: str) -> None:
        """`work` or `schedule`, as `./hotline serve` starts them; output goes to a log file in the var folder."""
        values = self.settings.model_dump(mode="json")
        env = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TWILIO_"))} | {
            "HOTLINE_VAR_DIR": str(self.folder), "HOTLINE_PUBLIC_URL": self.settings.public_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "HOTLINE_TWILIO_API_URL": self.provider.url,
            "HOTLINE_DATABASE_URL": values["database_url"], "HOTLINE_REDIS_URL": values["redis_url"],
            "HOTLINE_TWILIO_NUMBER": NUMBER,
            "HOTLINE_LEASE_SECONDS": "2", "HOTLINE_SWEEP_SECONDS": "1", "HOTLINE_WORKER_PROCESSES": "2",
        }  # fmt: skip
        log = (self.folder / f"{what}.log").open("ab")
        self.processes[what] = subprocess.Popen(
            [sys.executable, "-m", "workers", what], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )

    def stop(self, what: str, sign: int = signal.SIGTERM) -> None:
        """Ask it to end, or with SIGKILL make an end of it and all its children."""
        process = self.processes.pop(what)
        if sign == signal.SIGKILL:
            os.killpg(process.pid, sign)
        else:
            process.send_signal(sign)
        process.wait(timeout=40)

    def empty_the_queue(self) -> None:
        """Redis forgets everything."""
        with connect(embedded.url(self.settings)) as client:
            client.flushall()

    # --- callers
    def telephone(self, number: str = "+919876543210", **terms: Any) -> Telephone:
        """A caller's telephone; `terms` say how badly webhooks are delivered."""
        return Telephone(
            self.settings.public_url, TOKEN, ACCOUNT, self.provider, app=self.app.wsgi_app, number=number,
            prompts=self.parts.prompts, sounds=self._sounds, **terms,
        )  # fmt: skip

    def handset(self, number: str = "+919876543210", channel: Channel = "sms", **terms: Any) -> Handset:
        """An informant's telephone for writing; `terms` as above, and `profile` for WhatsApp."""
        return Handset(
            self.settings.public_url, TOKEN, ACCOUNT, self.provider, number, channel=channel, app=self.app.wsgi_app,
            **terms,
        )  # fmt: skip

    def fall_silent(self) -> None:
        """Half an hour goes by: every exchange of messages is old enough for the schedule to end it."""
        back = timedelta(minutes=self.settings.text_silence_minutes + 1)
        with self.parts.db.session() as session:
            for talk in session.exec(select(Conversation)):
                talk.last_at -= back
            for tip in session.exec(select(Tip).where(Tip.channel != "voice", Tip.last_turn_at.is_not(None))):  # type: ignore[union-attr]
                tip.last_turn_at = tip.last_turn_at and tip.last_turn_at - back

    def tell(self, telephone: Telephone, speech: Any, *, withheld: bool = False, then: str = "1 9 # 1") -> None:
        """Call, tell, and press these keys; then hang up if the line still waits."""
        call = telephone.call(withheld=withheld)
        call.press("1")
        call.press("1")
        call.speak(SPEECH / f"{speech}.wav" if isinstance(speech, str) else speech)
        for keys in then.split():
            call.press(keys)
        if not call.ended:
            call.hang_up()
        telephone.deliver()

    # --- looking
    def tips(self) -> list[Tip]:
        """All tips, as they stand."""
        with self.parts.db.reading() as session:
            return list(session.exec(select(Tip)))

    def statuses(self) -> list[str]:
        """Where every tip stands; asked often, so that nothing else is read."""
        return list(self.look(lambda session: session.exec(select(Tip.status)).all()))

    def look(self, question: Callable[[Session], Any]) -> Any:
        """An answer out of the database."""
        with self.parts.db.reading() as session:
            return question(session)

    def wait_until(self, what: str, true: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until it is true; AssertionError with the tail of the workers' log when it does not become so."""
        begun = time.monotonic()
        while not true():
            waited = time.monotonic() - begun
            if waited > patience:
                log = self.folder / "work.log"
                tail = log.read_text(errors="replace")[-3000:] if log.exists() else "no worker ran"
                raise AssertionError(f"{what}: not within {patience:.0f} s\n{tail}")
            time.sleep(min(0.05 + waited / 20, 1.0))  # whoever looks takes time from those who work


def shuffled(seed: int) -> dict[str, Any]:
    """Terms of a telephone whose webhooks all come twice and in any order."""
    return {"duplicates": True, "shuffle": random.Random(seed)}
