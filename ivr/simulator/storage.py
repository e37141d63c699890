"""The host that files of messages really come from: other port, presigned addresses, no account.

The API answers 307 with an address here. An Authorization header is answered with 400, as by the real storage: whoever
forwards credentials notices. An address that has expired, or whose file was erased, is 404.
Never does: ask who somebody is, or list anything.
"""

import secrets
from urllib.parse import parse_qs, urlsplit

from ivr.simulator.mailbox import KeptMedia
from ivr.simulator.outages import Outages
from ivr.simulator.replies import Reply
from ivr.simulator.store import Store
from ivr.simulator.wire import Host, Wire

VALID_SECONDS = 4 * 3600.0
_ERROR = "<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>{}</Code></Error>"


class StorageHost(Host):
    """`link(media)` makes a presigned address, valid for `valid_seconds` on the store's clock."""

    def __init__(
        self, store: Store, outages: Outages, account_sid: str, host: str, valid_seconds: float = VALID_SECONDS
    ) -> None:
        super().__init__("storage", host, 0, _StorageWire)
        self.store = store
        self.outages = outages
        self.account_sid = account_sid
        self.valid_seconds = valid_seconds
        self._links: dict[str, tuple[str, float]] = {}  # signature -> (media sid, valid until)

    def link(self, media: KeptMedia) -> str:
        """A fresh address of the file."""
        signature, until = secrets.token_urlsafe(24), self.store.clock() + self.valid_seconds
        self._links[signature] = media.sid, until
        return f"{self.url}/{self.account_sid}/{media.sid[2:]}?Expires={round(until)}&Signature={signature}"

    def answer(self, path: str, query: str) -> Reply:
        """The file, or 404."""
        signature = parse_qs(query).get("Signature", [""])[0]
        sid, until = self._links.get(signature, ("", 0.0))
        media = self.store.media.get(sid)
        good = media and media.erased_at is None and path == f"/{self.account_sid}/{sid[2:]}"
        if media is None or not good or self.store.clock() >= until:
            return Reply(404, _ERROR.format("NoSuchKey").encode(), "application/xml")
        return Reply(200, media.content, media.content_type)


class _StorageWire(Wire):
    host: StorageHost

    def serve(self) -> None:
        address = urlsplit(self.path)
        if self.headers.get("Authorization"):
            self.send(Reply(400, _ERROR.format("InvalidArgument").encode(), "application/xml"))
        elif self.command not in ("GET", "HEAD"):
            self.send(Reply(405, _ERROR.format("MethodNotAllowed").encode(), "application/xml"))
        else:
            kind = self.host.outages.meets(self.command, "/storage" + address.path)
            answer = self.host.answer(address.path, address.query)
            if not kind or not self.fail(kind, address.path, lambda: answer):
                self.send(answer)
