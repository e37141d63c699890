"""Fetching a model: whole and as listed, or not at all; gone on with after a cut; nothing half-written."""

import zipfile
from pathlib import Path

import pytest

from settings import Settings
from tests.speech.site import SMALL_HI, Site, a_model, tree, zipped
from workers.outside.model_shop import ShopFault, acquire, download, listing

ARCHIVE = zipped(a_model())


def fetch(settings: Settings, name: str = SMALL_HI) -> Path:
    seen: list[tuple[int, int]] = []
    folder = acquire.acquire(
        settings, listing.look_up(settings.models_url, name), lambda there, total: seen.append((there, total))
    )
    assert not seen or seen[-1][0] == seen[-1][1]
    return folder


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0)


def test_a_model_arrives_whole_and_nothing_else_stays(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    folder = fetch(here)
    assert folder == here.models_dir / SMALL_HI
    assert tree(here.models_dir) == set(a_model())
    assert (folder / "am" / "final.mdl").read_bytes() == a_model()[f"{SMALL_HI}/am/final.mdl"]


def test_a_line_cut_again_and_again_is_gone_on_with_where_it_was_cut(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    site.cut_after = [100_000, 250_000]
    fetch(here)
    assert site.downloads() == [None, "bytes=100000-", "bytes=350000-"]


def test_a_later_command_goes_on_with_what_an_earlier_one_left(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    site.cut_after = [100_000] + [0] * download.TRIES
    with pytest.raises(ShopFault, match=r"100000 bytes stay in .*\.zip\.part"):
        fetch(here)
    assert tree(here.models_dir) == {f"{SMALL_HI}.zip.part"}
    site.requests.clear()
    fetch(here)
    assert site.downloads() == ["bytes=100000-"]
    assert tree(here.models_dir) == set(a_model())


def test_a_server_without_ranges_is_asked_from_the_beginning(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    site.ranges, site.cut_after = False, [100_000]
    fetch(here)
    assert tree(here.models_dir) == set(a_model())


def test_what_was_left_of_another_version_is_thrown_away_and_fetched_anew(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    here.models_dir.mkdir(parents=True)
    (here.models_dir / f"{SMALL_HI}.zip.part").write_bytes(b"x" * 5000)
    fetch(here)
    assert site.downloads() == ["bytes=5000-", None]
    assert tree(here.models_dir) == set(a_model())


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"md5": "0" * 32}, "another checksum"),
        ({"md5": "no sum"}, "neither size nor checksum"),
        ({"size": len(ARCHIVE) - 1}, "sends more than"),
    ],
)
def test_what_is_not_as_listed_is_refused_and_thrown_away(
    here: Settings, site: Site, told: dict[str, object], why: str
) -> None:
    site.offer(ARCHIVE, **told)
    with pytest.raises(ShopFault, match=why):
        fetch(here)
    assert not here.models_dir.exists() or all(
        file.stat().st_size == 0 for file in here.models_dir.iterdir() if file.is_file()
    )


def a_link() -> bytes:
    link = zipfile.ZipInfo(f"{SMALL_HI}/graph/link")
    link.external_attr = 0o120777 << 16
    plain = [(zipfile.ZipInfo(name), data) for name, data in a_model().items()]
    return zipped([*plain, (link, b"/etc/passwd")])


def a_damaged_one() -> bytes:
    damaged = bytearray(ARCHIVE)
    damaged[len(damaged) // 3] ^= 0xFF
    return bytes(damaged)


@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (zipped({**a_model(), "../escaped": b"x"}), "another place"),
        (zipped({**a_model(), f"{SMALL_HI}/../../escaped": b"x"}), "another place"),
        (zipped({**a_model(), "/escaped": b"x"}), "another place"),
        (zipped(a_model(name="another")), "another place"),
        (zipped({f"{SMALL_HI}/readme.txt": b"hello"}), "no Vosk model"),
        (zipped({f"{SMALL_HI}/zeros": bytes(50_000_000)}), "beyond any model"),
        (a_link(), "links"),
        (a_damaged_one(), "damaged"),
        (ARCHIVE[: len(ARCHIVE) // 2], "damaged"),
        (b"<html>sign in to this network</html>", "damaged"),
    ],
    ids=["up", "up-within", "absolute", "other-top", "no-model", "bomb", "link", "bit", "half", "page"],
)
def test_an_unexpected_archive_is_refused_and_leaves_nothing(
    here: Settings, site: Site, archive: bytes, why: str
) -> None:
    site.offer(archive)
    with pytest.raises(ShopFault, match=why):
        fetch(here)
    assert tree(here.models_dir) == set()
    assert not list(here.var_dir.parent.rglob("escaped"))


def test_an_incomplete_model_is_replaced_at_once_by_a_whole_one(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    old = here.models_dir / SMALL_HI / "graph"
    old.mkdir(parents=True)
    (old / "leftover").write_bytes(b"x")
    fetch(here)
    assert tree(here.models_dir) == set(a_model())


def test_offline_it_says_what_else_to_do_and_touches_nothing(here: Settings) -> None:
    offline = here.model_copy(update={"models_url": "http://127.0.0.1:9"})
    with pytest.raises(ShopFault, match=r"(?s)cannot be reached.*offline, or blocked.*models use hi /path"):
        fetch(offline)
    assert not here.models_dir.exists()


@pytest.mark.parametrize("page", [b"<html>sign in</html>", b'{"a": 1}'])
def test_a_page_in_place_of_the_list_is_named(here: Settings, site: Site, page: bytes) -> None:
    site.files["/vosk/models/model-list.json"] = page
    with pytest.raises(ShopFault, match="not the list of models"):
        fetch(here)


def test_a_model_that_the_makers_no_longer_list_is_named_with_those_they_do(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE, "vosk-model-small-hi-0.99")
    with pytest.raises(ShopFault, match=r"no Hindi or English model vosk-model-small-hi-0\.22.*hi-0\.99"):
        fetch(here)


def test_too_little_room_is_said_before_anything_is_fetched(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE, size=10**15)
    with pytest.raises(ShopFault, match="Too little room"):
        fetch(here)
    assert site.downloads() == []


def test_two_fetches_at_once_do_not_write_one_file(here: Settings, site: Site) -> None:
    site.offer(ARCHIVE)
    with acquire._alone(here.models_dir), pytest.raises(ShopFault, match="Another"):
        fetch(here)
