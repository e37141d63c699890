"""Messages and media in the provider's API, asked over real HTTP and by Twilio's own client."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.simulator.exchange import RemoteExchange
from ivr.simulator.provider import Provider
from ivr.simulator.store import Store, new_sid
from tests.ivr.simulator.lines import ACCOUNT, TOKEN

OURS, THEIRS = "+915122304050", "+919876543210"


class Hands:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def provider(clock: Hands) -> Iterator[Provider]:
    with Provider(ACCOUNT, TOKEN, store=Store(final_after=60, clock=clock), links_valid=10) as provider:
        yield provider


@pytest.fixture
def client(provider: Provider) -> Client:
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = provider.url
    return client


def received(provider: Provider, *files: bytes) -> tuple[str, list[str]]:
    """A message that came in; its sid and those of its files."""
    sid = new_sid("MM" if files else "SM")
    provider.store.keep_message(sid, THEIRS, OURS, "body")
    media = [new_sid("ME") for _ in files]
    for one, content in zip(media, files, strict=True):
        provider.store.keep_media(one, sid, content, "image/jpeg")
    return sid, media


def test_a_message_can_be_read_and_listed(provider: Provider, client: Client) -> None:
    sid, _ = received(provider, b"x")
    provider.store.keep_message(new_sid("SM"), OURS, THEIRS, "answer", direction="outbound-reply", status="delivered")
    message = client.messages(sid).fetch()
    assert (message.from_, message.to, message.body, message.status, message.direction, message.num_media) == (
        THEIRS, OURS, "body", "received", "inbound", "1",
    )  # fmt: skip
    assert [one.sid for one in client.messages.list(from_=THEIRS)] == [sid]
    assert [one.body for one in client.messages.list(to=THEIRS)] == ["answer"]
    today, day = datetime.now(UTC), timedelta(days=1)
    assert len(client.messages.list(date_sent_after=today - day)) == 2
    assert client.messages.list(date_sent_before=today - day) == []


def test_long_lists_come_in_pages(provider: Provider, client: Client) -> None:
    for _ in range(7):
        received(provider)
    assert len({one.sid for one in client.messages.list(page_size=3)}) == 7


def test_a_message_is_redacted_or_deleted_only_when_it_is_final(
    provider: Provider, client: Client, clock: Hands
) -> None:
    sid, _ = received(provider)
    for refused in (lambda: client.messages(sid).update(body=""), lambda: client.messages(sid).delete()):
        with pytest.raises(TwilioRestException) as fault:
            refused()
        assert (fault.value.code, fault.value.status) == (20009, 409)
    clock.now = 61
    with pytest.raises(TwilioRestException) as fault:
        client.messages(sid).update(body="something else")
    assert fault.value.code == 30400
    assert client.messages(sid).update(body="").body == "" and provider.objects() == [("message", sid)]
    assert client.messages(sid).delete() and provider.objects() == []
    with pytest.raises(TwilioRestException) as fault:
        client.messages(sid).delete()
    assert fault.value.status == 404
    assert set(provider.store.erased()) == {sid}


def test_a_file_comes_from_another_host_that_wants_no_credentials(provider: Provider, clock: Hands) -> None:
    sid, [media] = received(provider, b"the bytes")
    url = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{media}"
    first = requests.get(url, auth=(ACCOUNT, TOKEN), allow_redirects=False)
    there = first.headers["Location"]
    assert first.status_code == 307 and not there.startswith(provider.url) and there.startswith(provider.storage.url)
    fetched = requests.get(there)
    assert (fetched.status_code, fetched.content, fetched.headers["Content-Type"]) == (200, b"the bytes", "image/jpeg")
    assert requests.get(there, auth=(ACCOUNT, TOKEN)).status_code == 400
    assert requests.get(there.replace("Signature=", "Signature=x")).status_code == 404
    assert requests.delete(there).status_code == 405
    clock.now = 11
    assert requests.get(there).status_code == 404, "the address has expired"
    assert requests.get(url, allow_redirects=False).status_code == 401


def test_files_are_listed_and_deleted_one_by_one_and_outlive_their_message(
    provider: Provider, client: Client, clock: Hands
) -> None:
    sid, media = received(provider, b"one", b"two")
    assert sorted(one.sid for one in client.messages(sid).media.list()) == sorted(media)
    assert client.messages(sid).media(media[0]).fetch().content_type == "image/jpeg"
    assert client.messages(sid).media(media[0]).delete()
    clock.now = 61
    client.messages(sid).delete()
    assert provider.objects() == [("media", media[1])]
    other, _ = received(provider)
    with pytest.raises(TwilioRestException):
        client.messages(other).media(media[1]).delete()
    assert client.messages(sid).media(media[1]).delete()
    assert provider.objects() == [("message", other)]


def test_the_storage_host_fails_as_planned(provider: Provider) -> None:
    sid, [media] = received(provider, b"0123456789" * 100)
    url = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{media}"
    there = requests.get(url, auth=(ACCOUNT, TOKEN), allow_redirects=False).headers["Location"]
    provider.plan("500", times=1, path="/storage/")
    provider.plan("cut", times=1, path="/storage/")
    assert requests.get(there).status_code == 500
    with pytest.raises(requests.RequestException):
        requests.get(there)
    assert len(requests.get(there).content) == 1000
    provider.plan("429", times=1, path="/Media/")
    assert requests.get(url, auth=(ACCOUNT, TOKEN), allow_redirects=False).status_code == 429


def test_messages_are_sent_unless_the_receiver_said_stop(provider: Provider, client: Client) -> None:
    sent = client.messages.create(to=THEIRS, from_=OURS, body="नमस्ते")
    assert (sent.status, sent.num_segments, sent.direction) == ("queued", "1", "outbound-api")
    provider.store.stop(OURS, THEIRS, stopped=True)
    for fields, code in (
        ({"to": THEIRS, "from_": OURS, "body": "x"}, 21610),
        ({"to": "+919000000000", "from_": OURS, "body": "x" * 1601}, 21617),
        ({"to": "+919000000000", "from_": OURS, "body": " "}, 21602),
    ):
        with pytest.raises(TwilioRestException) as fault:
            client.messages.create(**fields)
        assert fault.value.code == code


def test_messages_get_into_the_company_from_another_process(provider: Provider, clock: Hands) -> None:
    exchange = RemoteExchange(provider.url, ACCOUNT, TOKEN)
    sid, media = new_sid("MM"), new_sid("ME")
    exchange.keep_message(sid, THEIRS, OURS, "words", final=False)
    exchange.keep_media(media, sid, b"\x00\x01", "audio/ogg")
    kept = provider.store.messages[sid]
    assert kept.body == "words" and provider.store.media[media].content == b"\x00\x01"
    clock.now = 61
    assert not provider.store.is_final(kept)
    exchange.settle_message(sid)
    clock.now = 122
    assert provider.store.is_final(kept)
    assert exchange.objects() == [("message", sid), ("media", media)]
    assert not exchange.is_stopped(OURS, THEIRS)
    exchange.stop(OURS, THEIRS, stopped=True)
    assert exchange.is_stopped(OURS, THEIRS)
