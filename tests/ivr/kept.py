"""What is kept of calls and messages, as tests look at it.

Never does: write, but as an officer or worker would.
"""

import re
from typing import Any

from sqlmodel import select

from ivr.parts import Parts
from models.lifecycle import Status
from models.tables import Message, ProviderCopy, Tip

ONE_SHOT = "naubasta chauraha par roz raat ko satta khelte hain"


def rows(parts: Parts, table: type[Any]) -> list[Any]:
    with parts.db.reading() as session:
        return list(session.exec(select(table)))


def only(parts: Parts, table: type[Any]) -> Any:
    (row,) = rows(parts, table)
    return row


def kept(parts: Parts, keys: Any) -> list[str]:
    """What was written, in the order of its tip."""
    messages = sorted(rows(parts, Message), key=lambda one: one.position)
    return [keys.unseal(one.sealed).decode() if one.sealed else "" for one in messages]


def words(parts: Parts, name: str, lang: str = "hi", **values: str) -> str:
    return parts.texts.get(name, lang).filled({"number": "112"} | values)


def code_in(texts: list[str]) -> str:
    found = re.search(r"(\d{4}) (\d{4})", " ".join(texts))
    assert found, texts
    return "".join(found.groups())


def send_tip(parts: Parts, status: Status = Status.ROUTED) -> None:
    """As if a worker had taken it up and an officer had it."""
    with parts.db.session() as session:
        for tip in session.exec(select(Tip)):
            tip.status = status


def only_of(parts: Parts, tip_id: str) -> int:
    """How many messages a tip has."""
    return sum(one.tip_id == tip_id for one in rows(parts, Message))


def tips(parts: Parts) -> list[Tip]:
    return rows(parts, Tip)


def copies(parts: Parts) -> dict[tuple[str, int], ProviderCopy]:
    return {(copy.kind, copy.take): copy for copy in rows(parts, ProviderCopy)}


def spoken(parts: Parts, name: str) -> str:
    """What stands in the TwiML where a Hindi prompt is said: its sound's address, or without a sound its words."""
    prompt = parts.prompts.get(name, "hi")
    return f"/prompts/hi/{name}.wav" if prompt.sound else prompt.text
