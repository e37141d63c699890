"""Messages and their files at the provider, over real HTTP: fetched without giving the key away, listed, erased."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from ivr.simulator.outages import Kind
from ivr.simulator.provider import Provider
from settings import Settings
from tests.workers.telling import ACCOUNT, CALLER, TOKEN
from workers.outside import download
from workers.outside.telephony import (
    Damaged,
    NotReady,
    ProviderFault,
    Refused,
    StillInUse,
    Telephony,
    TooLarge,
    Unavailable,
)

MESSAGE, REPLY, MEDIA = "MM" + "a1" * 16, "SM" + "b2" * 16, "ME" + "c3" * 16
NUMBER = "+911234567890"
CONTENT = b"\xff\xd8\xff a photo" * 1000


@pytest.fixture
def settings(provider: Provider) -> Settings:
    return Settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_url=provider.url)


@pytest.fixture
def phone(settings: Settings) -> Telephony:
    return Telephony(settings)


@pytest.fixture
def sent(provider: Provider) -> Provider:
    """A message with a file, and our reply."""
    provider.store.keep_message(MESSAGE, "whatsapp:" + CALLER, "whatsapp:" + NUMBER, "dekhiye")
    provider.store.keep_media(MEDIA, MESSAGE, CONTENT, "image/jpeg")
    provider.store.keep_message(
        REPLY, "whatsapp:" + NUMBER, "whatsapp:" + CALLER, "ok", direction="outbound-reply", status="delivered"
    )
    return provider


def test_a_file_comes_from_the_storage_host_which_is_not_given_the_key(phone: Telephony, sent: Provider) -> None:
    assert phone.media(MESSAGE, MEDIA) == CONTENT  # the simulator's storage refuses whoever sends credentials
    assert next(status for _, path, status in sent.requests if MEDIA in path) == 307


class _Storage(BaseHTTPRequestHandler):
    seen: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        type(self).seen.append(self.headers.get("Authorization"))
        refused = self.headers.get("Authorization") is not None
        self.send_response(400 if refused else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        return


class _Api(BaseHTTPRequestHandler):
    target = ""
    seen: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        type(self).seen.append(self.headers.get("Authorization"))
        self.send_response(307)
        self.send_header("Location", self.target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def hosts() -> Iterator[tuple[type[_Api], type[_Storage], str, str]]:
    """An API that sends everybody to a storage host, which answers 400 to credentials."""
    api, storage = (type(kind.__name__, (kind,), {"seen": []}) for kind in (_Api, _Storage))
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (api, storage)]
    for server in servers:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    urls = [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    api.target = urls[1] + "/presigned?signature=x"  # type: ignore[attr-defined]
    yield api, storage, urls[0], urls[1]  # type: ignore[misc]
    for server in servers:
        server.shutdown()
        server.server_close()


def test_credentials_go_to_the_api_host_alone(
    settings: Settings, hosts: tuple[type[_Api], type[_Storage], str, str]
) -> None:
    api, storage, url, _ = hosts
    assert Telephony(settings.model_copy(update={"twilio_api_url": url})).media(MESSAGE, MEDIA) == CONTENT
    assert api.seen[0] is not None and api.seen[0].startswith("Basic ")
    assert storage.seen == [None]


def test_an_api_with_tls_may_not_send_us_to_a_host_without(
    settings: Settings, hosts: tuple[type[_Api], type[_Storage], str, str]
) -> None:
    _, storage, _, url = hosts
    with pytest.raises(Unavailable, match="without TLS"):
        download.Downloads("https://api.example", ACCOUNT, TOKEN).fetch(url + "/x", download.Limit(10_000, "too large"))
    assert storage.seen == []


def test_a_file_beyond_the_limit_is_refused(phone: Telephony, sent: Provider, settings: Settings) -> None:
    sent.store.media[MEDIA].content = bytes(1024 * 1024 + 1)
    with pytest.raises(TooLarge, match="HOTLINE_MAX_MEDIA_MB"):
        Telephony(settings.model_copy(update={"max_media_mb": 1})).media(MESSAGE, MEDIA)
    assert len(phone.media(MESSAGE, MEDIA)) == 1024 * 1024 + 1


@pytest.mark.parametrize(
    ("kind", "fault"),
    [("404", NotReady), ("401", Refused), ("429", Unavailable), ("500", Unavailable), ("timeout", Unavailable)],
)
def test_each_failure_has_its_name_and_tells_no_id(
    phone: Telephony, sent: Provider, kind: Kind, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.3)
    sent.plan(kind, times=1, path="/Media/")
    with pytest.raises(fault) as caught:
        phone.media(MESSAGE, MEDIA)
    for secret in (MESSAGE, MEDIA, ACCOUNT, "http"):
        assert secret not in str(caught.value)
    assert phone.media(MESSAGE, MEDIA) == CONTENT


@pytest.mark.parametrize("sid", ["", "ME1", "../Calls", MEDIA.upper(), MEDIA + "\n", MESSAGE])
def test_what_is_not_an_id_never_becomes_part_of_an_address(phone: Telephony, provider: Provider, sid: str) -> None:
    for ask in (
        lambda: phone.media(MESSAGE, sid),
        lambda: phone.media(MEDIA, MEDIA),
        lambda: phone.erase("media", sid, MESSAGE),
        lambda: phone.erase("media", MEDIA, None),
        lambda: phone.erase("letter", MESSAGE),
    ):
        with pytest.raises(Damaged):
            ask()
    assert provider.requests == []


def test_messages_both_ways_and_files_are_listed_without_anybodys_number(phone: Telephony, sent: Provider) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    inbound, reply = phone.recent_messages("whatsapp:" + NUMBER, since)
    assert (inbound["sid"], inbound["inbound"], inbound["is_reply"], inbound["media"]) == (MESSAGE, True, False, 1)
    assert inbound["body"] == "dekhiye"
    assert (reply["sid"], reply["inbound"], reply["is_reply"]) == (REPLY, False, True)
    assert CALLER not in str((inbound, reply))
    assert phone.recent_messages(NUMBER, since) == []
    assert phone.recent_messages("whatsapp:" + NUMBER, datetime.now(UTC) + timedelta(hours=1)) == []
    assert phone.media_of_message(MESSAGE) == [{"sid": MEDIA, "type": "image/jpeg"}]
    assert phone.media_of_message(REPLY) == []


def test_files_messages_and_replies_are_erased_and_erasing_twice_is_no_fault(phone: Telephony, sent: Provider) -> None:
    for _ in range(2):
        phone.erase("media", MEDIA, MESSAGE)
        phone.erase("message", MESSAGE)
        phone.erase("reply", REPLY)
    assert sent.store.mail_objects() == []


def test_a_message_that_still_moves_is_erased_later(phone: Telephony, provider: Provider) -> None:
    provider.store.keep_message(REPLY, NUMBER, CALLER, "ok", direction="outbound-reply", status="sent", final=False)
    with pytest.raises(StillInUse):
        phone.erase("reply", REPLY)
    provider.store.settle_message(REPLY, "delivered")
    phone.erase("reply", REPLY)


def test_lists_that_fail_are_faults_of_ours_too(phone: Telephony, sent: Provider) -> None:
    sent.plan("500", path="/")
    for ask in (lambda: phone.recent_messages(NUMBER, datetime.now(UTC)), lambda: phone.media_of_message(MESSAGE)):
        with pytest.raises(ProviderFault):
            ask()
