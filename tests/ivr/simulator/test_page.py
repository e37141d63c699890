"""The page /phone: calls and messages go from the browser through the telephone company's process to the hotline."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ivr.app import create_app
from ivr.simulator.chats import MOST_CHATS, ChatRefusal, Chats
from ivr.simulator.desk import MOST_CALLS, Desk, DeskRefusal
from ivr.simulator.handset import Channel, Handset
from ivr.simulator.provider import Provider
from ivr.simulator.sound import tone, wav_bytes
from ivr.simulator.store import Store
from ivr.simulator.telephone import Telephone
from models.secrecy import create_keys
from models.tables import metadata
from settings import Settings
from tests.ivr.simulator.lines import ACCOUNT, BASE, TOKEN, TipLine, phone, prompt

PAGE = {"X-Phone": "1"}


@pytest.fixture
def apps() -> list[Flask]:
    return []


@pytest.fixture
def provider(apps: list[Flask]) -> Iterator[Provider]:
    provider = Provider(ACCOUNT, TOKEN)

    def telephone() -> Telephone:
        return Telephone(BASE, TOKEN, ACCOUNT, provider, app=apps[0].wsgi_app, strict=False)

    def handset(channel: Channel) -> Handset:
        return Handset(BASE, TOKEN, ACCOUNT, provider, channel=channel, app=apps[0].wsgi_app, strict=False)

    provider.inside.desk = Desk(telephone, Chats(handset))
    with provider:
        yield provider


@pytest.fixture
def app(tmp_path: Path, provider: Provider, apps: list[Flask]) -> Flask:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        var_dir=tmp_path / "var",
        public_url=BASE,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url=provider.url,
        redis_url="redis://127.0.0.1:9/0",
        development=True,
    )
    settings.var_dir.mkdir(mode=0o700)
    create_keys(settings.keys)
    apps.append(create_app(settings))
    metadata.create_all(apps[0].extensions["hotline"].db.engine)
    return apps[0]


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_tip_is_told_from_the_page(browser: FlaskClient, provider: Provider) -> None:
    state = browser.post("/phone/calls", headers=PAGE).get_json()
    assert [heard["name"] for heard in state["heard"]] == ["greeting", "greeting_english"]
    assert all(heard["text"] for heard in state["heard"])
    here = f"/phone/calls/{state['call']}"
    browser.post(here + "/key?key=1", headers=PAGE)
    state = browser.post(here + "/key?key=1", headers=PAGE).get_json()
    assert state["waiting"] == "record" and state["heard"][-1]["kind"] == "beep"
    state = browser.post(here + "/speech?finish=%23", data=wav_bytes(tone(2.0)), headers=PAGE).get_json()
    assert state["heard"][0]["name"] == "review" and not state["faults"]
    state = browser.post(here + "/hangup", headers=PAGE).get_json()
    assert state["ended"]
    assert [kind for kind, _ in provider.objects()] == ["call", "recording"]
    again = browser.post(here + "/wait", headers=PAGE)
    assert again.status_code == 409 and "over" in again.get_json()["error"]


def test_our_clips_can_be_said_and_played_sounds_heard(browser: FlaskClient) -> None:
    state = browser.post("/phone/calls?withheld=1", headers=PAGE).get_json()
    here = f"/phone/calls/{state['call']}"
    for heard in state["heard"]:
        if heard["sound"]:
            sound = browser.get(f"{here}/sounds/{heard['number']}")
            assert sound.mimetype in ("audio/wav", "audio/x-wav") and sound.data[:4] == b"RIFF"
    for _ in range(2):
        browser.post(here + "/key?key=1", headers=PAGE)
    state = browser.post(here + "/speech?finish=hangup&clip=drugs_hi", headers=PAGE).get_json()
    assert state["ended"] and state["seconds"] > 3


def test_a_foreign_page_cannot_make_calls(browser: FlaskClient) -> None:
    assert browser.post("/phone/calls").status_code == 403


def test_strange_addresses_and_files_are_refused(browser: FlaskClient) -> None:
    state = browser.post("/phone/calls", headers=PAGE).get_json()
    here = f"/phone/calls/{state['call']}"
    assert browser.post(here + "/objects", headers=PAGE).status_code == 404
    assert browser.post("/phone/calls/../../objects/wait", headers=PAGE).status_code == 404
    assert browser.get(here + "/sounds/999").status_code == 404
    assert browser.post(here + "/speech?clip=../../../settings", headers=PAGE).status_code == 409
    for _ in range(2):
        browser.post(here + "/key?key=1", headers=PAGE)
    broken = browser.post(here + "/speech", data=b"not sound", headers=PAGE)
    assert broken.status_code == 409 and "not a sound file" in broken.get_json()["error"]


def test_the_page_loads_nothing_from_elsewhere(browser: FlaskClient) -> None:
    page = browser.get("/phone")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "style=" not in page.text and "http" not in page.text.replace("viewport", "")
    for name in ("telephone.js", "messages.js", "telephone.css", "microphone.js"):
        assert browser.get(f"/phone/static/{name}").status_code == 200


def test_without_a_telephone_company_the_page_says_how_to_start_one(browser: FlaskClient, provider: Provider) -> None:
    provider.stop()
    answer = browser.post("/phone/calls", headers=PAGE)
    assert answer.status_code == 502 and "./hotline demo" in answer.get_json()["error"]


def test_calls_nobody_touches_are_hung_up_when_the_desk_is_full() -> None:
    tips = TipLine(voice="<Gather><Play>/prompts/hi/menu.wav</Play></Gather>")
    tips.answers["/prompts/hi/menu.wav"] = prompt(0.1)
    desk = Desk(lambda: phone(tips))
    first = desk.call()["call"]
    for _ in range(MOST_CALLS):
        desk.call()
    assert tips.paths().count("/voice/status") == 1
    with pytest.raises(DeskRefusal):
        desk.act(str(first), "wait", {}, b"")


def chat(line: TipLine, **terms: object) -> Chats:
    return Chats(lambda channel: Handset(BASE, TOKEN, ACCOUNT, Store(), channel=channel, app=line, **terms))  # type: ignore[arg-type]


def test_a_message_with_a_file_is_sent_and_answered(provider: Provider, browser: FlaskClient) -> None:
    line = TipLine(messages="<Message>नमस्ते</Message>")
    assert provider.inside.desk is not None
    provider.inside.desk.chats = Chats(
        lambda channel: Handset(BASE, TOKEN, ACCOUNT, provider, channel=channel, app=line, strict=False)
    )
    state = browser.post("/phone/chats?channel=whatsapp", headers=PAGE).get_json()
    assert (state["channel"], state["bubbles"]) == ("whatsapp", [])
    photo = {"name": "street.jpg", "type": "image/jpeg", "data": base64.b64encode(b"a picture").decode()}
    here = f"/phone/chats/{state['chat']}"
    state = browser.post(here, headers=PAGE, json={"body": "see <b>", "files": [photo]}).get_json()
    assert state["bubbles"] == [
        {"by": "hotline", "text": "नमस्ते", "name": "", "encoding": "UCS-2", "segments": 1, "media": []}
    ]
    assert [media.content for media in provider.store.media.values()] == [b"a picture"]
    assert line.last("/messages").form["Body"] == "see <b>"
    state = browser.post(here, headers=PAGE, json={"pin": [26.45, 80.33]}).get_json()
    assert line.last("/messages").form["Latitude"] == "26.45"
    assert browser.post(here, headers=PAGE, json={"files": [{}]}).status_code == 409
    assert browser.post(here, json={"body": "x"}).status_code == 403
    assert browser.post("/phone/chats?channel=fax", headers=PAGE).status_code == 409
    gone = browser.post("/phone/chats/0123456789abcdef", headers=PAGE, json={"body": "x"})
    assert gone.status_code == 409 and "gone" in gone.get_json()["error"]


def test_what_twilio_would_complain_of_is_shown_in_the_chat() -> None:
    chats = chat(TipLine(messages="<Message/>"), strict=False)
    name = str(chats.open("sms")["chat"])
    state = chats.send(name, {"body": "Hi"})
    assert state["bubbles"] == [] and "14103" in str(state["faults"])
    assert chats.send(name, {"body": "Hi"})["faults"] != [], "it is told each time"


def test_chats_nobody_uses_are_put_away() -> None:
    chats = chat(TipLine(messages=""))
    first = str(chats.open("sms")["chat"])
    for _ in range(MOST_CHATS):
        chats.open("sms")
    with pytest.raises(ChatRefusal, match="gone"):
        chats.send(first, {"body": "Hi"})
