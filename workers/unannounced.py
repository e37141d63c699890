"""Messages at the provider that no webhook told us of (an outage of ours, the fallback) become tips, exactly once.

Looked for are messages to our own numbers, and replies of ours whose delivery nobody reported: those hold the
informant's number too, and go. Never does: answer an informant, keep a number, or touch another application's messages.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from interpret import read as understood
from interpret.numbers import without_code
from models.database import hour, now
from models.lifecycle import Status
from models.message import Attachment, Message
from models.recording import ProviderCopy
from models.tip import Tip, new_id
from workers import ledger
from workers.alone import EachAlone
from workers.parts import Parts
from workers.queues import Job

DAYS = 2
MINUTES = 5  # younger messages may still be on their way to us by webhook
_NO_TIP = (
    "start",
    "status",
    "menu",
    "help",
    "stop",
    "start_again",
    "language",
    "greeting",
)  # intents that tell nothing
LONG = 4  # words: what is longer may tell something besides, and nobody is there to be asked what
_CHANNELS = {"sms": "", "whatsapp": "whatsapp:"}


def adopt_messages(parts: Parts) -> int:
    """Take in every message of the last days that the ledger does not know; how many became tips."""
    settings = parts.settings
    if not settings.twilio_account_sid:
        return 0
    moment = now()
    each, adopted = EachAlone("messages that nobody told us of"), 0
    numbers = {"sms": settings.twilio_number, "whatsapp": settings.whatsapp_number or settings.twilio_number}
    for channel, number in numbers.items():
        if not number:
            continue
        there = partial(parts.telephony.recent_messages, _CHANNELS[channel] + number, moment - timedelta(days=DAYS))
        for one in each(there) or ():
            if one["created"] <= moment - timedelta(minutes=MINUTES):
                adopted += bool(each(partial(_take_in, parts, channel, one)))
    each.end()
    return adopted


def _take_in(parts: Parts, channel: str, one: Mapping[str, Any]) -> bool:
    """Whether it became a tip. A reply of ours is entered into the ledger, to be erased."""
    if _is_known(parts, one["sid"]):
        return False
    if one["inbound"]:
        return _adopt(parts, channel, one)
    if one["is_reply"]:
        _enter(parts, one["sid"])
    return False


def _is_known(parts: Parts, sid: str) -> bool:
    with parts.db.read() as connection:
        return ledger.is_known(connection, parts.keys.sid_key(sid))


def _enter(parts: Parts, sid: str) -> None:
    """A reply of ours: nothing in it is kept, so it may go at once."""
    row = _copy(parts, sid, ledger.REPLY, new_id())
    row.due_at = row.heard_at
    with parts.db.begin() as connection:
        connection.execute(parts.db.insert_once(ProviderCopy).values(**ledger.values(row)))


def _adopt(parts: Parts, channel: str, one: Mapping[str, Any]) -> bool:
    """One message with its files, in one transaction; the ledger's unique key decides who does it."""
    files = parts.telephony.media_of_message(one["sid"]) if one["media"] else []
    reading = understood(one["body"], parts.catalogue)
    is_long = len(one["body"].split()) > (LONG if reading.intent != "status" else 2 * LONG)
    told = bool(files) or (bool(one["body"].strip()) and (is_long or reading.intent not in _NO_TIP))
    conversation, language = new_id(), "en" if reading.language == "en" else "hi"
    copy = _copy(parts, one["sid"], ledger.MESSAGE, conversation)
    copy.due_at = None if files else copy.heard_at
    tip = Tip(
        status=Status.RECEIVED, channel=channel, language=language, received_hour=hour(one["created"]),
        conversation_key=conversation, ended_at=copy.heard_at,
    )  # fmt: skip
    # A code or not: officers must not be able to try eight digits out.
    body = without_code(one["body"], reading.ref or "", "[phone]")
    sealed = parts.keys.seal(body.encode("utf-8", "replace")) if body.strip() else None
    message = Message(tip_id=tip.id, position=1, language=language, sealed=sealed)
    with parts.db.begin() as connection:
        if connection.execute(parts.db.insert_once(ProviderCopy).values(**ledger.values(copy))).rowcount != 1:
            return False
        if told:
            for row in (tip, message):
                connection.execute(parts.db.insert(type(row)).values(**ledger.values(row)))
            for position, file in enumerate(files):
                its = _copy(parts, file["sid"], ledger.MEDIA, conversation)
                its.parent = one["sid"]
                connection.execute(parts.db.insert_once(ProviderCopy).values(**ledger.values(its)))
                attached = Attachment(
                    tip_id=tip.id, message_id=message.id, position=position, copy_id=its.id, declared_type=file["type"]
                )
                connection.execute(parts.db.insert(Attachment).values(**ledger.values(attached)))
    if told:
        parts.jobs.enqueue(Job.PREPARE_TIP, tip.id)
    return told


def _copy(parts: Parts, sid: str, kind: str, conversation: str) -> ProviderCopy:
    return ledger.row_of(parts.keys, sid, kind, conversation, now())
