"""What no customer of the telephone company sees: how calls, recordings and messages get into it from another process.

`Inside` answers below /_simulator in the provider's server; `RemoteExchange` is its other end.
Never does: open without the account's password.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

import requests

from ivr.simulator.chats import ChatRefusal
from ivr.simulator.desk import Desk, DeskRefusal
from ivr.simulator.outages import Outages
from ivr.simulator.replies import Reply
from ivr.simulator.store import Store

INSIDE = "/_simulator"


class Inside:
    """The company's own entrance."""

    def __init__(self, store: Store, outages: Outages, desk: Desk | None) -> None:
        self.store = store
        self.outages = outages
        self.desk = desk

    def answer(self, method: str, path: str, query: str, body: bytes) -> Reply:
        """The reply to an authenticated request from inside."""
        path = path.removeprefix(INSIDE)
        fields = dict(parse_qsl(query, keep_blank_values=True))
        try:
            if path.startswith("/phone/"):
                return self._phone(method, path.removeprefix("/phone/"), fields, body)
            return self._exchange(method, path, fields, body)
        except (KeyError, ValueError, TypeError) as fault:
            return _json({"error": f"not understood: {type(fault).__name__}"}, 400)

    def _exchange(self, method: str, path: str, fields: Mapping[str, str], body: bytes) -> Reply:
        if (method, path) == ("GET", "/objects"):
            return _json(self.store.objects())
        if (method, path) == ("POST", "/calls"):
            data = json.loads(body)
            self.store.open_call(data["sid"], data["caller"], data["called"])
        elif (method == "POST") and (match := re.fullmatch(r"/calls/(CA[0-9a-f]{32})/end", path)):
            data = json.loads(body)
            self.store.end_call(match[1], data["status"], data["seconds"])
        elif (method == "PUT") and (match := re.fullmatch(r"/recordings/(RE[0-9a-f]{32})", path)):
            seconds, absent = int(fields["seconds"]), fields["absent"] == "1"
            self.store.keep_recording(match[1], fields["call"], body, seconds, absent=absent)
        elif path.startswith("/messages"):
            return self._mail(method, path, fields, body)
        elif (method, path) == ("POST", "/outages"):
            self.outages.plan(**json.loads(body))
        elif (method, path) == ("DELETE", "/outages"):
            self.outages.lift()
        else:
            return _json({"error": "no such place"}, 404)
        return Reply(204)

    def _mail(self, method: str, path: str, fields: Mapping[str, str], body: bytes) -> Reply:
        if method == "PUT" and (match := re.fullmatch(r"/messages/([SM]M[0-9a-f]{32})/media/(ME[0-9a-f]{32})", path)):
            self.store.keep_media(match[2], match[1], body, fields["type"])
            return Reply(204)
        data = json.loads(body)
        if (method, path) == ("POST", "/messages"):
            self.store.keep_message(**data)
        elif (method, path) == ("POST", "/messages/settle"):
            self.store.settle_message(**data)
        elif (method, path) == ("POST", "/messages/stop"):
            self.store.stop(**data)
        elif (method, path) == ("POST", "/messages/stopped"):
            return _json({"stopped": self.store.is_stopped(**data)})
        else:
            return _json({"error": "no such place"}, 404)
        return Reply(204)

    def _phone(self, method: str, path: str, fields: Mapping[str, str], body: bytes) -> Reply:
        if self.desk is None:
            return _json({"error": "this provider lends no telephones"}, 404)
        try:
            if method == "GET" and (match := re.fullmatch(r"calls/([0-9a-f]{16})/sounds/(\d{1,5})", path)):
                kind, sound = self.desk.sound(match[1], int(match[2]))
                return Reply(200, sound, kind)
            if method == "POST" and path.startswith("chats"):
                return self._chat(path, fields, body)
            if method == "POST" and path == "calls":
                return _json(self.desk.call(withheld=fields.get("withheld") == "1"))
            if method == "POST" and (match := re.fullmatch(r"calls/([0-9a-f]{16})/([a-z]+)", path)):
                return _json(self.desk.act(match[1], match[2], fields, body))
        except (DeskRefusal, ChatRefusal) as refused:
            return _json({"error": str(refused)}, 409)
        return _json({"error": "no such place"}, 404)

    def _chat(self, path: str, fields: Mapping[str, str], body: bytes) -> Reply:
        chats = self.desk.chats if self.desk else None
        if chats is None:
            return _json({"error": "this provider lends no handsets"}, 404)
        if path == "chats":
            return _json(chats.open(fields.get("channel", "sms")))
        return _json(chats.send(path.removeprefix("chats/"), json.loads(body)))


class RemoteExchange:
    """An Exchange in another process, reached over HTTP."""

    def __init__(self, url: str, account_sid: str, auth_token: str, *, timeout: float = 10) -> None:
        self.url = url.rstrip("/") + INSIDE
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (account_sid, auth_token)
        self._timeout = timeout

    def open_call(self, sid: str, caller: str, called: str) -> None:
        self._send("POST", "/calls", json={"sid": sid, "caller": caller, "called": called})

    def end_call(self, sid: str, status: str, seconds: int) -> None:
        self._send("POST", f"/calls/{sid}/end", json={"status": status, "seconds": seconds})

    def keep_recording(self, sid: str, call_sid: str, wav: bytes, seconds: int, *, absent: bool = False) -> None:
        fields = {"call": call_sid, "seconds": str(seconds), "absent": "1" if absent else "0"}
        self._send("PUT", f"/recordings/{sid}", params=fields, data=wav)

    def keep_message(
        self, sid: str, sender: str, receiver: str, body: str, *, direction: str = "inbound",
        status: str = "received", segments: int = 1, final: bool = True, error: int | None = None,
    ) -> None:  # fmt: skip
        data = {
            "sid": sid, "sender": sender, "receiver": receiver, "body": body, "direction": direction,
            "status": status, "segments": segments, "final": final, "error": error,
        }  # fmt: skip
        self._send("POST", "/messages", json=data)

    def settle_message(self, sid: str, status: str = "received") -> None:
        self._send("POST", "/messages/settle", json={"sid": sid, "status": status})

    def keep_media(self, sid: str, message_sid: str, content: bytes, content_type: str) -> None:
        self._send("PUT", f"/messages/{message_sid}/media/{sid}", params={"type": content_type}, data=content)

    def stop(self, ours: str, theirs: str, *, stopped: bool) -> None:
        self._send("POST", "/messages/stop", json={"ours": ours, "theirs": theirs, "stopped": stopped})

    def is_stopped(self, ours: str, theirs: str) -> bool:
        return bool(self._send("POST", "/messages/stopped", json={"ours": ours, "theirs": theirs}).json()["stopped"])

    def objects(self) -> list[tuple[str, str]]:
        """Everything of informants that is still there: ("call", "recording", "message" or "media", sid)."""
        return [(kind, sid) for kind, sid in self._send("GET", "/objects").json()]

    def _send(self, method: str, path: str, **parts: object) -> requests.Response:
        answer = self._session.request(method, self.url + path, timeout=self._timeout, **parts)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer


def _json(data: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(data).encode())
