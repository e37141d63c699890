"""Answers of Twilio's REST API in Twilio's own shapes: JSON, pages of a list, refusals, times. PURE.

Never does: know what is asked for (rest.py and rest_messages.py do).
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape

ROOT = "/2010-04-01/Accounts"
PAGE_SIZE, LARGEST_PAGE = 50, 1000
MESSAGES = {20003: "Authenticate", 20404: "The requested resource {path} was not found", 20429: "Too Many Requests"}


@dataclass
class Reply:
    """An answer before it goes on the wire."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def refusal(status: int, code: int, message: str, *, as_json: bool) -> Reply:
    """An error body in Twilio's shape: JSON for .json addresses, XML for all others."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    if as_json:
        body = json.dumps({"code": code, "message": message, "more_info": more, "status": status}).encode()
        return Reply(status, body)
    xml = (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException>"
        f"<Code>{code}</Code><Message>{escape(message)}</Message><MoreInfo>{more}</MoreInfo>"
        f"<Status>{status}</Status></RestException></TwilioResponse>"
    )
    return Reply(status, xml.encode(), "application/xml")


def json_reply(data: object, status: int = 200) -> Reply:
    """Any JSON, as the API sends it."""
    return Reply(status, json.dumps(data).encode(), "application/json;charset=utf-8")


def page_of(path: str, name: str, rows: list[dict[str, object]], fields: dict[str, str]) -> Reply:
    """One page of a list, `rows` being all of it, with the addresses of the pages around it."""
    written = [fields.get("PageSize") or str(PAGE_SIZE), fields.get("Page") or "0"]
    if not all(number.isdigit() for number in written):
        return refusal(400, 20001, "Page and PageSize must be whole numbers", as_json=True)
    size, page = min(max(int(written[0]), 1), LARGEST_PAGE), int(written[1])
    part = rows[page * size : (page + 1) * size]

    def uri(number: int) -> str:
        return f"{path}?{urlencode({**fields, 'PageSize': size, 'Page': number})}"

    more = (page + 1) * size < len(rows)
    return json_reply(
        {
            name: part, "page": page, "page_size": size, "start": page * size,
            "end": page * size + max(len(part) - 1, 0), "uri": uri(page), "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) + f"&PageToken=PA{name}{page + 1}" if more else None,
            "previous_page_uri": uri(page - 1) if page else None,
        }
    )  # fmt: skip


def written_time(moment: datetime) -> str:
    """A time as the API writes it (RFC 2822)."""
    return format_datetime(moment)


def in_time(moment: datetime, fields: dict[str, str], name: str) -> bool:
    """Whether a moment passes the filter `name`: a day or a moment, exact, before or after, both inclusive."""
    # Twilio's own client sends a day or a moment as `DateCreated`, `DateCreated<` and `DateCreated>`, both inclusive.
    written = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    exact, before, after = (fields.get(name + sign, "") for sign in ("", "<", ">"))
    return (
        (not exact or written[: len(exact)] == exact)
        and (not before or written[: len(before)] <= before)
        and (not after or written[: len(after)] >= after)
    )


def snake(name: str) -> str:
    """VoiceUrl as voice_url."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
