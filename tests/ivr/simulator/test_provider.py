"""The provider is Twilio as far as Twilio's own client and a careful downloader can see."""

import io
import wave
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.simulator.exchange import RemoteExchange
from ivr.simulator.provider import Provider
from ivr.simulator.sound import tone, wav_bytes
from ivr.simulator.store import new_sid
from tests.ivr.simulator.lines import ACCOUNT, TOKEN

CALLER, HOTLINE = "+919876543210", "+915122304050"


class _Here(TwilioHttpClient):
    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self.base = base

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self.base, 1), *args, **kwargs)


@pytest.fixture
def provider():  # type: ignore[no-untyped-def]
    with Provider(ACCOUNT, TOKEN) as provider:
        yield provider


@pytest.fixture
def twilio(provider: Provider) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=_Here(provider.url))


def a_recording(provider: Provider, call: str | None = None) -> str:
    call = call or new_sid("CA")
    if call not in provider.store.calls:
        provider.store.open_call(call, CALLER, HOTLINE)
    sid = new_sid("RE")
    provider.store.keep_recording(sid, call, wav_bytes(tone(2.0)), 2)
    return sid


def get(provider: Provider, sid: str, suffix: str = ".wav", **terms: object) -> requests.Response:
    url = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}{suffix}"
    return requests.get(url, **({"auth": (ACCOUNT, TOKEN), "timeout": 2} | terms))  # type: ignore[arg-type]


def test_a_recording_is_fetched_as_wav_and_described_as_json(provider: Provider, twilio: Client) -> None:
    sid = a_recording(provider)
    for suffix in (".wav", ""):
        answer = get(provider, sid, suffix)
        assert answer.headers["Content-Type"] == "audio/x-wav"
        with wave.open(io.BytesIO(answer.content)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, 1, 16000)
    kept = twilio.recordings(sid).fetch()
    assert (kept.status, kept.duration, kept.source, kept.channels) == ("completed", "2", "RecordVerb", 1)
    assert datetime.now(UTC) - kept.date_created < timedelta(minutes=1)


def test_a_recording_is_404_in_xml_until_it_is_ready() -> None:
    clock = [0.0]
    with Provider(ACCOUNT, TOKEN, ready_after=5.0) as provider:
        provider.store.clock = lambda: clock[0]
        sid = a_recording(provider)
        early = get(provider, sid)
        assert early.status_code == 404 and early.text.startswith("<?xml")
        assert "<Code>20404</Code>" in early.text
        assert get(provider, sid, ".json").json()["status"] == "processing"
        clock[0] = 5.0
        assert get(provider, sid).status_code == 200


def test_erased_once_is_204_and_then_404_and_nothing_is_left(provider: Provider, twilio: Client) -> None:
    sid = a_recording(provider)
    [call] = provider.store.calls
    assert twilio.recordings(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        twilio.recordings(sid).delete()
    assert (caught.value.status, caught.value.code) == (404, 20404)
    assert provider.objects() == [("call", call)]
    provider.store.end_call(call, "completed", 5)
    twilio.calls(call).delete()
    assert provider.objects() == []
    assert set(provider.store.erased()) == {sid, call}
    assert provider.store.recordings[sid].wav == b"" and provider.store.calls[call].caller == ""


def test_a_call_in_progress_is_not_deleted(provider: Provider, twilio: Client) -> None:
    a_recording(provider)
    [call] = provider.store.calls
    with pytest.raises(TwilioRestException) as caught:
        twilio.calls(call).delete()
    assert caught.value.code == 20009
    assert twilio.calls(call).fetch().status == "in-progress"


def test_recordings_are_listed_by_call_and_by_time_in_pages(provider: Provider, twilio: Client) -> None:
    one, other = new_sid("CA"), new_sid("CA")
    mine = [a_recording(provider, one) for _ in range(5)]
    a_recording(provider, other)
    assert {kept.sid for kept in twilio.recordings.list(call_sid=one, page_size=2)} == set(mine)
    assert len(twilio.calls(one).recordings.list()) == 5
    yesterday, tomorrow = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    assert len(twilio.recordings.list(date_created_after=yesterday)) == 6
    assert len(twilio.recordings.list(date_created_after=tomorrow)) == 0
    assert len(twilio.recordings.list(date_created_before=tomorrow, date_created_after=yesterday)) == 6


def test_the_numbers_webhooks_are_read_and_set(provider: Provider, twilio: Client) -> None:
    provider.store.add_number(HOTLINE)
    [number] = twilio.incoming_phone_numbers.list(phone_number=HOTLINE)
    assert number.voice_url == ""
    number.update(voice_url="https://tips.example/voice", status_callback="https://tips.example/voice/status")
    again = twilio.incoming_phone_numbers(number.sid).fetch()
    assert (again.voice_url, again.voice_method) == ("https://tips.example/voice", "POST")
    assert again.status_callback == "https://tips.example/voice/status"
    with pytest.raises(TwilioRestException) as caught:
        number.update(voice_url="tips.example")
    assert caught.value.status == 400


def test_a_wrong_password_is_refused_everywhere(provider: Provider) -> None:
    sid = a_recording(provider)
    answer = get(provider, sid, ".json", auth=(ACCOUNT, "guessed"))
    assert answer.status_code == 401
    assert answer.json() == {
        "code": 20003, "message": "Authenticate", "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }  # fmt: skip
    inside = requests.get(provider.url + "/_simulator/objects", timeout=2)
    assert inside.status_code == 401


def test_another_account_and_strange_ids_are_not_found(provider: Provider) -> None:
    a_recording(provider)
    for path in ("Accounts/AC0/Recordings.json", f"Accounts/{ACCOUNT}/Recordings/RE1.json", f"Accounts/{ACCOUNT}/x"):
        answer = requests.get(f"{provider.url}/2010-04-01/{path}", auth=(ACCOUNT, TOKEN), timeout=2)
        assert answer.status_code == 404


# --- outages


@pytest.mark.parametrize(("kind", "status"), [("404", 404), ("401", 401), ("429", 429), ("500", 500)])
def test_a_planned_refusal_lasts_for_so_many_requests(provider: Provider, kind: str, status: int) -> None:
    sid = a_recording(provider)
    provider.plan(kind, times=2)  # type: ignore[arg-type]
    assert [get(provider, sid).status_code for _ in range(3)] == [status, status, 200]


def test_an_outage_may_last_for_seconds_and_concern_one_method(provider: Provider, twilio: Client) -> None:
    clock = [0.0]
    provider.outages._clock = lambda: clock[0]
    sid = a_recording(provider)
    provider.plan("500", seconds=10, method="DELETE")
    assert get(provider, sid).status_code == 200
    with pytest.raises(TwilioRestException):
        twilio.recordings(sid).delete()
    clock[0] = 11.0
    assert twilio.recordings(sid).delete()


def test_a_held_connection_times_out(provider: Provider) -> None:
    sid = a_recording(provider)
    provider.plan("timeout", times=1)
    with pytest.raises(requests.Timeout):
        get(provider, sid, timeout=0.3)
    assert get(provider, sid).status_code == 200


def test_a_body_may_be_cut_or_short_or_a_web_page(provider: Provider) -> None:
    sid = a_recording(provider)
    provider.plan("cut", times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(provider, sid)
    provider.plan("wrong length", times=1)
    short = get(provider, sid)
    with wave.open(io.BytesIO(short.content)) as file:
        assert len(file.readframes(file.getnframes())) < file.getnframes() * 2
    provider.plan("html", times=1)
    assert get(provider, sid).headers["Content-Type"].startswith("text/html")
    assert get(provider, sid).status_code == 200


def test_a_body_may_claim_ten_gigabytes_or_have_no_end(provider: Provider) -> None:
    sid = a_recording(provider)
    provider.plan("huge", times=1)
    with get(provider, sid, stream=True) as answer:
        assert int(answer.headers["Content-Length"]) == 10 * 1024**3
    provider.plan("endless", times=1)
    with get(provider, sid, stream=True) as answer:
        assert "Content-Length" not in answer.headers
        assert sum(len(piece) for piece, _ in zip(answer.iter_content(65536), range(100), strict=False)) > 5_000_000


# --- from another process


def test_a_telephone_elsewhere_leaves_calls_and_recordings_through_the_exchange(provider: Provider) -> None:
    exchange = RemoteExchange(provider.url, ACCOUNT, TOKEN)
    call, recording = new_sid("CA"), new_sid("RE")
    exchange.open_call(call, CALLER, HOTLINE)
    exchange.keep_recording(recording, call, wav_bytes(tone(1.0)), 1)
    exchange.end_call(call, "completed", 9)
    assert exchange.objects() == [("call", call), ("recording", recording)]
    assert provider.store.calls[call].seconds == 9
    assert get(provider, recording).content == wav_bytes(tone(1.0))
