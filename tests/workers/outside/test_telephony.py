"""The provider's REST API, spoken over real HTTP with a telephone company of our own."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from ivr.simulator.outages import Kind
from ivr.simulator.provider import Provider
from settings import Settings
from tests.workers.telling import ACCOUNT, CALLER, TOKEN, clip
from workers.outside import download
from workers.outside.telephony import (
    WEBHOOKS,
    Damaged,
    NotReady,
    ProviderFault,
    Refused,
    StillInUse,
    Telephony,
    TooLarge,
    Unavailable,
)

CALL, TAKE = "CA" + "a1" * 16, "RE" + "b2" * 16


@pytest.fixture
def settings(provider: Provider) -> Settings:
    return Settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_url=provider.url)


@pytest.fixture
def phone(settings: Settings) -> Telephony:
    return Telephony(settings)


@pytest.fixture
def call(provider: Provider) -> Provider:
    provider.store.open_call(CALL, CALLER, "+911234567890")
    provider.store.keep_recording(TAKE, CALL, clip("hello_hi"), 2)
    provider.store.end_call(CALL, "completed", 9)
    return provider


def test_a_recording_arrives_whole(phone: Telephony, call: Provider) -> None:
    assert phone.recording(TAKE) == clip("hello_hi")


def test_recordings_are_listed_and_erased_and_erasing_twice_is_no_fault(phone: Telephony, call: Provider) -> None:
    (one,) = phone.recordings_of_call(CALL)
    assert (one["sid"], one["call_sid"], one["seconds"], one["status"]) == (TAKE, CALL, 2, "completed")
    assert phone.recording_info(TAKE) == one
    assert [found["sid"] for found in phone.recent_recordings(datetime.now(UTC) - timedelta(hours=1))] == [TAKE]
    assert phone.recent_recordings(datetime.now(UTC) + timedelta(hours=1)) == []
    for _ in range(2):
        phone.erase("recording", TAKE)
        phone.erase("call", CALL)
    assert call.objects() == []
    assert phone.recordings_of_call(CALL) == []


def test_a_call_that_goes_on_is_not_erased_yet(phone: Telephony, provider: Provider) -> None:
    provider.store.open_call(CALL, CALLER, "+911234567890")
    with pytest.raises(StillInUse):
        phone.erase("call", CALL)


def test_more_recordings_than_a_page_holds_are_all_listed(phone: Telephony, call: Provider) -> None:
    for number in range(150):
        call.store.keep_recording(f"RE{number:032x}", CALL, b"", 1)
    assert len(phone.recordings_of_call(CALL)) == 151


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("404", NotReady),
        ("401", Refused),
        ("429", Unavailable),
        ("500", Unavailable),
        ("cut", ProviderFault),
        ("huge", TooLarge),
        ("endless", TooLarge),
        ("timeout", Unavailable),
    ],
)
def test_each_failure_has_its_name_and_tells_no_id(
    phone: Telephony, call: Provider, kind: Kind, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.3)
    call.plan(kind, times=1)
    with pytest.raises(fault) as caught:
        phone.recording(TAKE)
    assert TAKE not in str(caught.value) and ACCOUNT not in str(caught.value) and "http" not in str(caught.value)
    assert phone.recording(TAKE) == clip("hello_hi")


def test_a_huge_recording_is_refused_before_it_is_read(phone: Telephony, call: Provider) -> None:
    call.plan("huge")
    with pytest.raises(TooLarge, match="HOTLINE_MAX_RECORDING_SECONDS"):
        phone.recording(TAKE)


@pytest.mark.parametrize("kind", ["401", "429", "500", "html"])
def test_failing_lists_and_erasures_are_our_own_faults_too(phone: Telephony, call: Provider, kind: Kind) -> None:
    call.plan(kind, path="/")
    for ask in (
        lambda: phone.recordings_of_call(CALL),
        lambda: phone.erase("recording", TAKE),
        lambda: phone.recent_recordings(datetime.now(UTC)),
        phone.check,
    ):
        with pytest.raises(ProviderFault) as caught:
            ask()
        assert TAKE not in str(caught.value) and caught.value.__cause__ is None


@pytest.mark.parametrize("sid", ["", "RE123", "../Calls", TAKE.upper(), TAKE + "\n", "RE" + "g" * 32])
def test_what_is_not_an_id_never_becomes_part_of_an_address(phone: Telephony, provider: Provider, sid: str) -> None:
    with pytest.raises(Damaged):
        phone.recording(sid)
    with pytest.raises(Damaged):
        phone.erase("recording", sid)
    assert provider.requests == []


def test_a_provider_that_is_not_there_is_unavailable(settings: Settings) -> None:
    phone = Telephony(settings.model_copy(update={"twilio_api_url": "http://127.0.0.1:9"}))
    for ask in (lambda: phone.recording(TAKE), lambda: phone.erase("call", CALL)):
        with pytest.raises(Unavailable):
            ask()


def test_without_an_account_nothing_is_asked(provider: Provider) -> None:
    phone = Telephony(Settings(twilio_api_url=provider.url))
    with pytest.raises(Refused):
        phone.recording(TAKE)
    assert provider.requests == []


def test_the_numbers_webhooks_are_set_and_read_back(phone: Telephony, provider: Provider) -> None:
    number = "+911234567890"
    assert phone.webhooks(number) is None
    wanted = {name: f"https://a/{name}" for name in WEBHOOKS}
    assert not phone.set_webhooks(number, wanted)
    kept = provider.store.add_number(number)
    assert phone.set_webhooks(number, wanted)
    assert phone.webhooks(number) == wanted
    assert {kept.settings[name] for name in ("VoiceMethod", "SmsMethod", "SmsFallbackMethod")} == {"POST"}


# --- redirects
class _Signpost(BaseHTTPRequestHandler):
    target = ""
    seen: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        type(self).seen.append(self.headers.get("Authorization"))
        self.send_response(307 if self.target else 200)
        self.send_header("Location", self.target)
        body = b"" if self.target else clip("hello_hi")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def signposts() -> Iterator[tuple[type[_Signpost], type[_Signpost], str]]:
    """Two hosts: the first sends everybody to the second, which has the sound."""
    handlers = [type(f"Signpost{n}", (_Signpost,), {"seen": []}) for n in range(2)]
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in handlers]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    urls = [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    handlers[0].target = urls[1] + "/elsewhere"  # type: ignore[attr-defined]
    yield handlers[0], handlers[1], urls[0]
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_key_never_follows_a_redirect_to_another_host(
    settings: Settings, signposts: tuple[type[_Signpost], type[_Signpost], str]
) -> None:
    first, second, url = signposts
    assert Telephony(settings.model_copy(update={"twilio_api_url": url})).recording(TAKE) == clip("hello_hi")
    assert first.seen[0] is not None and first.seen[0].startswith("Basic ")
    assert second.seen == [None]


def test_a_redirect_in_a_circle_ends(
    settings: Settings, signposts: tuple[type[_Signpost], type[_Signpost], str]
) -> None:
    first, _, url = signposts
    first.target = url + "/again"
    with pytest.raises(Unavailable):
        Telephony(settings.model_copy(update={"twilio_api_url": url})).recording(TAKE)
    assert len(first.seen) == 3
