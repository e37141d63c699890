"""A fresh installation, the makers' site on this machine, and nobody else's models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import Settings, load_settings
from tests.speech.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def here(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings from the environment, so that processes of their own have them too."""
    monkeypatch.setenv("HOTLINE_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_MODELS_URL", site.url)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VOSK_MODEL_PATH", raising=False)
    return load_settings()
