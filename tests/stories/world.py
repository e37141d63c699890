"""What stands around a story: the web application, its database, a telephone company, and answers to its = lines.

Everything is real but the telephone network; no worker runs, so a tip stays as the call or the messages left it.
Never does: judge what was heard (ivr.simulator.stories does).
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from ivr import questions
from ivr.app import create_app
from ivr.channels.texts import Texts
from ivr.parts import Parts
from ivr.simulator.call import Call
from ivr.simulator.chat import Enclosure
from ivr.simulator.darkroom import contact_card, photo, voice_note
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.naming import names_of
from ivr.simulator.provider import Provider
from ivr.simulator.telephone import Telephone
from models.lifecycle import Status
from models.message import Attachment, Conversation, Message
from models.officer import Officer
from models.question import Asked
from models.recording import ProviderCopy
from models.secrecy import create_keys
from models.tables import metadata
from models.tip import Contact, Routing, Tip
from settings import ROOT, Settings
from workers.ledger import counts
from workers.parts import assemble
from workers.silence import end_silent_conversations
from workers.sweep import end_silent_calls

SPEECH = ROOT / "ivr" / "simulator" / "speech"
ACCOUNT, TOKEN = "AC" + "5" * 32, "the-token-of-the-stories"
NOBODY = "redis://127.0.0.1:9/0"  # no queue: what is enqueued is left to the sweep


class StoryWorld:
    """One hotline, as fresh as on its first day, and one person's telephone, for calling and for writing."""

    def __init__(self, parts: Parts, telephone: Telephone, write: Callable[[Channel], Handset]) -> None:
        self.parts = parts
        self.telephone = telephone
        self._write = write
        self._handsets: dict[Channel, Handset] = {}

    def handset(self, channel: Channel) -> Handset:
        """The same person's telephone, for writing; the same one each time."""
        if channel not in self._handsets:
            self._handsets[channel] = self._write(channel)
        return self._handsets[channel]

    def enclosure(self, kind: str, name: str) -> Enclosure:
        """A file to send: a photo and a contact are made up, a voice note says what one of our clips holds."""
        if kind == "photo":
            return Enclosure(photo(name), "image/jpeg", name)
        if kind == "voice":
            return Enclosure(voice_note(self.speech(name)), "audio/ogg", name)
        if kind == "contact":
            return Enclosure(contact_card("Somebody Else", "+919000000001"), "text/vcard", name)
        raise KeyError(f"how to make the {kind} {name}")

    def pass_time(self, minutes: int) -> None:
        """So many minutes go by: everything grows older, and the schedule's sweep comes."""
        back = timedelta(minutes=minutes)
        with self.parts.db.session() as session:
            for table, name in ((Conversation, "last_at"), (Tip, "last_turn_at"), (ProviderCopy, "heard_at")):
                for row in session.exec(select(table)):
                    if getattr(row, name) is not None:
                        setattr(row, name, getattr(row, name) - back)
        workers = assemble(self.parts.settings)
        end_silent_calls(workers)
        end_silent_conversations(workers)
        workers.db.dispose()

    def officer(self, does: str, question: str, code: str) -> None:
        """Officers have the tip in hand; one asks or takes back a question. No worker ran: it is routed here."""
        if question not in self.parts.catalogue.questions:
            raise KeyError(f"the question {question}")
        officer = Officer(username="sho", name="SHO", unit="KNP-NBS", password_hash="-")
        with self.parts.db.session() as session:
            tip = session.exec(select(Tip).where(Tip.code_hash == self.parts.keys.code_hash(code))).one()
            tip.status = Status.WORKING if tip.status == Status.RECEIVED else tip.status
            session.merge(Routing(tip_id=tip.id, unit=officer.unit, role="to"))
            number = session.exec(select(Asked.id).where(Asked.tip_id == tip.id, Asked.question == question)).first()
            tip_id = tip.id
        if does == "asks":
            questions.ask(self.parts, officer, tip_id, question)
        else:
            questions.withdraw(self.parts, officer, tip_id, str(number))

    def speech(self, name: str) -> Path:
        """The sound of what the caller says."""
        path = SPEECH / f"{name}.wav"
        if not path.is_file():
            raise KeyError(f"the speech {name}")
        return path

    def check(self, claim: str, words: list[str], told: Call | Handset) -> None:
        """Check one = line."""
        checks = {
            "question": self._question, "tip": self._tip, "no tip": self._no_tip,
            "counted silent": self._counted_silent,
        }  # fmt: skip
        checks[claim](words, told)

    def _tip(self, words: list[str], told: Call | Handset) -> None:
        with self.parts.db.reading() as session:
            tip = self._told(session, told)
            assert tip is not None, "there is no tip of it"
            claims = self._claims(session, tip)
            for word in words:
                subject = word.split()[0]
                if subject not in claims:
                    raise KeyError(f"how to check {word!r}")
                assert claims[subject] == word, f"{word!r}: it is {claims[subject]!r}"

    def _question(self, words: list[str], told: Call | Handset) -> None:
        with self.parts.db.reading() as session:
            found = [f"{one.question} {one.state}" for one in session.exec(select(Asked).order_by(col(Asked.id)))]
        assert found == words, f"{', '.join(words)}: it is {', '.join(found) or 'none'}"

    def _no_tip(self, words: list[str], told: Call | Handset) -> None:
        with self.parts.db.reading() as session:
            assert self._told(session, told) is None, "there is a tip of it"

    def _counted_silent(self, words: list[str], told: Call | Handset) -> None:
        assert isinstance(told, Call), "only calls are counted"
        self._no_tip(words, told)
        key = self.parts.keys.sid_key(told.sid)
        with self.parts.db.reading() as session:
            copy = session.exec(select(ProviderCopy).where(ProviderCopy.conversation_key == key)).one_or_none()
            assert copy is not None and copy.kind == "call", "the call is not in the ledger for a worker to look into"

    def _told(self, session: Session, told: Call | Handset) -> Tip | None:
        """The tip of a call; of a chat the one to which its newest message that was kept belongs."""
        if isinstance(told, Call):
            keys = [self.parts.keys.sid_key(told.sid)]
        else:
            sids = [self.parts.keys.sid_key(sid) for sid in reversed(told.sids)]
            copies = session.exec(select(ProviderCopy).where(col(ProviderCopy.sid_key).in_(sids)))
            conversations = {copy.sid_key: copy.conversation_key for copy in copies}
            assert list(conversations) and set(conversations) == set(sids), "a message is not in the ledger"
            keys = [conversations[sid] for sid in sids]
        for key in keys:
            if tip := session.exec(select(Tip).where(Tip.conversation_key == key)).one_or_none():
                return tip
        return None

    def _claims(self, session: Session, tip: Tip) -> dict[str, str]:
        """What is true of a tip, by the first word of how a story may say it."""
        contact = session.get(Contact, tip.id) is not None
        copies = session.exec(
            select(ProviderCopy)
            .where(ProviderCopy.conversation_key == tip.conversation_key, ProviderCopy.kind == "recording")
            .order_by(col(ProviderCopy.take))
        ).all()
        sent = [copy for copy in copies if counts(tip, copy.take)]
        welcome = {True: "follow-up welcome", False: "follow-up unwelcome", None: "follow-up unasked"}
        says: list[str] = [
            str(tip.status), f"in {tip.language}", f"about {tip.category}" if tip.category else "about anything",
            f"urgency {tip.urgency}", f"pin {tip.pin_code}", f"district {tip.district}",
            f"station {tip.station}" if tip.station else "station unknown", welcome[tip.follow_up],
            "contact sealed" if contact else "contact none", "code given" if tip.code_hash else "code none",
            f"takes {len(sent)}", f"dropped {len(copies) - len(sent)}", f"over {tip.channel}",
            *self._written(session, tip),
        ]  # fmt: skip
        claims = {word.split()[0]: word for word in says}
        return {str(status): str(tip.status) for status in Status} | claims

    def _written(self, session: Session, tip: Tip) -> list[str]:
        """How many messages and files a tip has, and whether a place came with it."""
        messages = session.exec(select(Message).where(Message.tip_id == tip.id)).all()
        files = session.exec(select(Attachment).where(Attachment.tip_id == tip.id)).all()
        places = [one for one in files if one.kind == "location"]
        return [
            f"messages {len(messages)}", f"files {len(files) - len(places)}",
            "place shown" if places else "place hidden",
        ]  # fmt: skip


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
            name_of = names_of(Texts.load(ROOT / "audio_prompts"))

            def write(channel: Channel) -> Handset:
                return Handset(
                    settings.public_url, TOKEN, ACCOUNT, provider, channel=channel, app=app.wsgi_app,
                    name_of=name_of, **terms,  # type: ignore[arg-type]
                )  # fmt: skip

            try:
                yield StoryWorld(parts, telephone, write)
            finally:
                parts.db.dispose()
