"""Messages and their media in Twilio's REST API: list, read, send, redact, delete.

Paths below /2010-04-01/Accounts/{AC}/Messages. Never does: grant what Twilio would refuse: a message that still moves
is neither redacted nor deleted (20009), no text is replaced by another (30400), a file is served by another host.
"""

import re
from collections.abc import Callable

from ivr.channels.segments import size_of
from ivr.simulator.mailbox import KeptMedia, KeptMessage
from ivr.simulator.replies import Reply, in_time, json_reply, page_of, refusal, written_time
from ivr.simulator.store import Store, new_sid

LONGEST_BODY, MOST_MEDIA = 1600, 10
_MESSAGE, _MEDIA = r"((?:SM|MM)[0-9a-f]{32})", r"(ME[0-9a-f]{32})"
_MOVING = "Resource not complete: the message has no final status yet"


class MessagesApi:
    """Answers requests below `root` (/2010-04-01/Accounts/AC..). `link` gives a file's address at the storage host."""

    def __init__(self, store: Store, account_sid: str, root: str, link: Callable[[KeptMedia], str]) -> None:
        self.store = store
        self.account_sid = account_sid
        self.root = f"{root}/Messages"
        self.link = link

    def answer(self, method: str, path: str, fields: dict[str, str], form: dict[str, str]) -> Reply | None:
        """The reply; None when there is nothing at that address."""
        as_json = path.endswith(".json")
        plain = path.removesuffix(".json")
        if plain == self.root:
            return self._list(path, fields) if method == "GET" else self._send(form) if method == "POST" else None
        if match := re.fullmatch(f"{self.root}/{_MESSAGE}", plain):
            return self._message(method, match[1], form, as_json)
        if match := re.fullmatch(f"{self.root}/{_MESSAGE}/Media(?:/{_MEDIA})?", plain):
            if match[2] is None:
                return self._media_list(path, match[1], fields) if method == "GET" else None
            return self._one_media(method, match[1], match[2], as_json)
        return None

    def _message(self, method: str, sid: str, form: dict[str, str], as_json: bool) -> Reply | None:
        message = self.store.messages.get(sid)
        if message is None or message.erased_at is not None:
            return None
        if method == "GET":
            return json_reply(self._data(message))
        if method not in ("POST", "DELETE"):
            return None
        if method == "POST" and form.get("Body") != "":
            return refusal(400, 30400, "Message Body is not valid: it can only be emptied", as_json=as_json)
        if not self.store.is_final(message):
            return refusal(409, 20009, _MOVING, as_json=as_json)
        if method == "DELETE":
            self.store.erase_message(message)
            return Reply(204)
        message.body = ""
        return json_reply(self._data(message))

    def _list(self, path: str, fields: dict[str, str]) -> Reply:
        found = [
            message
            for message in self.store.messages.values()
            if message.erased_at is None
            and fields.get("To", message.receiver) == message.receiver
            and fields.get("From", message.sender) == message.sender
            and in_time(message.made, fields, "DateSent")
        ]
        found.sort(key=lambda message: message.made, reverse=True)
        return page_of(path, "messages", [self._data(one) for one in found], fields)

    def _send(self, form: dict[str, str]) -> Reply:
        to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        if not to:
            return refusal(400, 21604, "A 'To' phone number is required.", as_json=True)
        if not sender:
            return refusal(400, 21603, "A 'From' phone number is required.", as_json=True)
        if not body.strip():
            return refusal(400, 21602, "Message body is required.", as_json=True)
        if len(body) > LONGEST_BODY:
            return refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.", as_json=True)
        if self.store.is_stopped(sender, to):
            return refusal(400, 21610, "Attempt to send to unsubscribed recipient", as_json=True)
        sid, segments = new_sid("SM"), size_of(body).segments
        self.store.keep_message(sid, sender, to, body, direction="outbound-api", status="queued", segments=segments)
        reply = json_reply(self._data(self.store.messages[sid]), 201)
        self.store.settle_message(sid, "delivered")
        return reply

    def _media_list(self, path: str, message_sid: str, fields: dict[str, str]) -> Reply | None:
        if message_sid not in self.store.messages:
            return None
        found = [one for one in self.store.media.values() if one.message_sid == message_sid and one.erased_at is None]
        return page_of(path, "media_list", [self._media_data(one) for one in found], fields)

    def _one_media(self, method: str, message_sid: str, sid: str, as_json: bool) -> Reply | None:
        media = self.store.media.get(sid)
        if media is None or media.erased_at is not None or media.message_sid != message_sid:
            return None
        if method == "DELETE":
            self.store.erase_media(media)
            return Reply(204)
        if method != "GET":
            return None
        if as_json:
            return json_reply(self._media_data(media))
        return Reply(307, b"", "text/plain", {"Location": self.link(media)})

    def _data(self, message: KeptMessage) -> dict[str, object]:
        uri, moment = f"{self.root}/{message.sid}", written_time(message.made)
        media = sum(one.message_sid == message.sid for one in self.store.media.values())
        return {
            "sid": message.sid, "account_sid": self.account_sid, "api_version": "2010-04-01", "body": message.body,
            "from": message.sender, "to": message.receiver, "direction": message.direction, "status": message.status,
            "num_media": str(media), "num_segments": str(message.segments), "error_code": message.error,
            "error_message": None, "messaging_service_sid": None, "price": None, "price_unit": "USD",
            "date_created": moment, "date_sent": moment, "date_updated": moment, "uri": uri + ".json",
            "subresource_uris": {"media": uri + "/Media.json"},
        }  # fmt: skip

    def _media_data(self, media: KeptMedia) -> dict[str, object]:
        moment = written_time(media.made)
        return {
            "sid": media.sid, "account_sid": self.account_sid, "parent_sid": media.message_sid,
            "content_type": media.content_type, "date_created": moment, "date_updated": moment,
            "uri": f"{self.root}/{media.message_sid}/Media/{media.sid}.json",
        }  # fmt: skip
