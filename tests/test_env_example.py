""".env.example tells the truth."""

import re

import pytest

from ivr.commands.settings_text import env_example
from settings import ROOT, Settings, SettingsFault, load_settings

TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")
LINES = re.findall(r"^#([A-Z_]+)=(.*)$", TEXT, re.MULTILINE)


def test_the_file_is_what_the_settings_say_of_themselves() -> None:
    assert env_example() == TEXT, "make it anew: ./hotline settings > .env.example"


def test_every_setting_is_there_with_its_help() -> None:
    assert len(LINES) == len(Settings.model_fields)
    for field in Settings.model_fields.values():
        assert field.description and field.description.split()[0] in TEXT


def test_taking_away_every_hash_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_settings()
    for name, value in LINES:
        monkeypatch.setenv(name, value)

    assert load_settings() == before


@pytest.mark.parametrize("name", [name for name, _ in LINES])
def test_each_variable_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "HOTLINE_DATABASE_URL": "sqlite:////x", "HOTLINE_REDIS_URL": "redis://x", "HOTLINE_PUBLIC_URL": "https://x",
        "HOTLINE_TWILIO_API_URL": "https://x", "HOTLINE_SECURE_COOKIES": "true", "HOTLINE_DEVELOPMENT": "true",
        "HOTLINE_MODELS_URL": "https://x", "HOTLINE_TRUSTED_PROXIES": "2", "HOTLINE_LANGUAGE_DOUBT": "0.5",
    }  # fmt: skip
    before = load_settings()
    if name.startswith("TWILIO_"):
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC7")
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", "7")
    monkeypatch.setenv(name, known.get(name, "61"))

    assert load_settings() != before


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "many")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "mysql://x")

    with pytest.raises(SettingsFault) as caught:
        load_settings()

    assert "HOTLINE_PORT" in str(caught.value) and "HOTLINE_DATABASE_URL" in str(caught.value)
