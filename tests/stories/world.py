"""What stands around a story: the web application, its database, a telephone company, and answers to its = lines.

Everything is real but the telephone network; no worker runs, so a tip stays as the call left it.
Never does: judge what was heard (ivr.simulator.stories does).
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from ivr.app import create_app
from ivr.parts import Parts
from ivr.simulator.call import Call
from ivr.simulator.provider import Provider
from ivr.simulator.telephone import Telephone
from models.lifecycle import Status
from models.recording import ProviderCopy
from models.secrecy import create_keys
from models.tables import metadata
from models.tip import Contact, Tip
from settings import ROOT, Settings

SPEECH = ROOT / "ivr" / "simulator" / "speech"
ACCOUNT, TOKEN = "AC" + "5" * 32, "the-token-of-the-stories"
NOBODY = "redis://127.0.0.1:9/0"  # no queue: what is enqueued is left to the sweep


class StoryWorld:
    """One hotline, as fresh as on its first day, and one caller's telephone."""

    def __init__(self, parts: Parts, telephone: Telephone) -> None:
        self.parts = parts
        self.telephone = telephone

    def speech(self, name: str) -> Path:
        """The sound of what the caller says."""
        path = SPEECH / f"{name}.wav"
        if not path.is_file():
            raise KeyError(f"the speech {name}")
        return path

    def check(self, claim: str, words: list[str], call: Call) -> None:
        """Check one = line."""
        {"tip": self._tip, "no tip": self._no_tip, "counted silent": self._counted_silent}[claim](words, call)

    def _tip(self, words: list[str], call: Call) -> None:
        with self.parts.db.reading() as session:
            tip = self._told(session, call)
            assert tip is not None, "there is no tip of this call"
            claims = self._claims(session, tip)
            for word in words:
                subject = word.split()[0]
                if subject not in claims:
                    raise KeyError(f"how to check {word!r}")
                assert claims[subject] == word, f"{word!r}: it is {claims[subject]!r}"

    def _no_tip(self, words: list[str], call: Call) -> None:
        with self.parts.db.reading() as session:
            assert self._told(session, call) is None, "there is a tip of this call"

    def _counted_silent(self, words: list[str], call: Call) -> None:
        self._no_tip(words, call)
        key = self.parts.keys.sid_key(call.sid)
        with self.parts.db.reading() as session:
            copy = session.exec(select(ProviderCopy).where(ProviderCopy.conversation_key == key)).one_or_none()
            assert copy is not None and copy.kind == "call", "the call is not in the ledger for a worker to look into"

    def _told(self, session: Session, call: Call) -> Tip | None:
        return session.exec(select(Tip).where(Tip.conversation_key == self.parts.keys.sid_key(call.sid))).one_or_none()

    def _claims(self, session: Session, tip: Tip) -> dict[str, str]:
        """What is true of a tip, by the first word of how a story may say it."""
        contact = session.get(Contact, tip.id) is not None
        copies = session.exec(
            select(ProviderCopy)
            .where(ProviderCopy.conversation_key == tip.conversation_key, ProviderCopy.kind == "recording")
            .order_by(col(ProviderCopy.take))
        ).all()
        sent = [copy for copy in copies if copy.take > tip.discarded_take and copy.take >= tip.sent_take]
        welcome = {True: "follow-up welcome", False: "follow-up unwelcome", None: "follow-up unasked"}
        says: list[str] = [
            str(tip.status), f"in {tip.language}", f"about {tip.category}" if tip.category else "about anything",
            f"urgency {tip.urgency}", f"pin {tip.pin_code}", f"district {tip.district}",
            f"station {tip.station}" if tip.station else "station unknown", welcome[tip.follow_up],
            "contact sealed" if contact else "contact none", "code given" if tip.code_hash else "code none",
            f"takes {len(sent)}", f"dropped {len(copies) - len(sent)}",
        ]  # fmt: skip
        claims = {word.split()[0]: word for word in says}
        return {str(status): str(tip.status) for status in Status} | claims


@contextmanager
def a_world(**terms: object) -> Iterator[StoryWorld]:
    """A StoryWorld in a folder of its own, gone afterwards. `terms` go to the Telephone."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith(("HOTLINE_", "TWILIO_"))]:
            patch.delenv(name)
        with Provider(ACCOUNT, TOKEN) as provider:
            settings = Settings(
                _env_file=None,  # type: ignore[call-arg]
                var_dir=Path(folder) / "var",
                public_url="https://stories.example",
                twilio_account_sid=ACCOUNT,
                twilio_auth_token=TOKEN,
                twilio_api_url=provider.url,
                redis_url=NOBODY,
            )
            settings.var_dir.mkdir(mode=0o700)
            create_keys(settings.keys)
            app = create_app(settings)
            parts: Parts = app.extensions["hotline"]
            metadata.create_all(parts.db.engine)
            telephone = Telephone(
                settings.public_url, TOKEN, ACCOUNT, provider, app=app.wsgi_app, prompts=parts.prompts, **terms,  # type: ignore[arg-type]
            )  # fmt: skip
            try:
                yield StoryWorld(parts, telephone)
            finally:
                parts.db.dispose()
