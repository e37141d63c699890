"""The media store: nothing readable in it, nothing half written, the same on a folder and on S3."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from models.secrecy import CannotOpen, create_keys, load_keys
from settings import ROOT
from workers.outside.vault import NotInVault, Vault, VaultFault, VaultFull

SOUND = b"RIFF" + bytes(range(256)) * 400


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("tips")
        yield "s3://tips/media"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"file://{tmp_path / 'media'}" if request.param == "folder" else request.getfixturevalue("bucket")


@pytest.fixture
def keys_folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def vault(url: str, keys_folder: Path) -> Vault:
    return Vault(url, load_keys(keys_folder, private=True))


def test_what_is_put_in_comes_out_until_it_is_destroyed(vault: Vault) -> None:
    original, listening = vault.put_original(SOUND), vault.put_listening(SOUND[::-1])
    assert vault.original(original) == SOUND
    assert vault.listening(listening) == SOUND[::-1]
    assert {name for name, _ in vault.names()} >= {original, listening}
    vault.destroy(original)
    vault.destroy(original)
    with pytest.raises(NotInVault):
        vault.original(original)
    assert vault.listening(listening) == SOUND[::-1]
    vault.destroy(listening)


def test_the_web_process_hears_listening_copies_and_opens_no_original(
    vault: Vault, url: str, keys_folder: Path
) -> None:
    original, listening = vault.put_original(SOUND), vault.put_listening(SOUND)
    web = Vault(url, load_keys(keys_folder))
    assert web.listening(listening) == SOUND
    with pytest.raises(CannotOpen):
        web.original(original)


def test_a_store_that_does_not_answer_is_a_clear_error_without_its_address(
    keys_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ENDPOINT_URL", "http://127.0.0.1:9"), ("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(VaultFault) as caught:
        Vault("s3://nowhere/media", load_keys(keys_folder)).put_original(SOUND)
    assert caught.value.problem == "media_store_unreachable"
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "../keys/seal.key", "A" * 32, "0" * 31])
def test_only_names_of_our_own_making_are_looked_up(vault: Vault, name: str) -> None:
    with pytest.raises(NotInVault):
        vault.listening(name)


# --- the folder alone
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def local(folder: Path, keys_folder: Path) -> Vault:
    return Vault(f"file://{folder}", load_keys(keys_folder, private=True))


def test_files_are_private_encrypted_and_do_not_tell_the_minute(local: Vault, folder: Path) -> None:
    path = folder / local.put_original(SOUND)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mtime % 3600 == 0
    assert SOUND[:64] not in path.read_bytes()


def test_what_a_killed_worker_wrote_in_part_is_listed_and_can_be_destroyed(local: Vault, folder: Path) -> None:
    whole = local.put_original(SOUND)
    (folder / f".{'a' * 32}.part").write_bytes(SOUND)
    (folder / "somebody else's").write_bytes(SOUND)
    assert {name for name, _ in local.names()} == {whole, "a" * 32}
    assert len(list(folder.iterdir())) == 3  # to list destroys nothing
    local.destroy("a" * 32)
    assert {path.name for path in folder.iterdir()} == {whole, "somebody else's"}


def test_a_full_disk_leaves_no_piece_of_a_file(local: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultFull) as caught:
        local.put_original(SOUND)
    assert caught.value.problem == "disk_full"
    assert list(folder.iterdir()) == []


def test_a_real_limit_on_file_sizes_counts_as_a_full_disk(folder: Path, keys_folder: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from models.secrecy import load_keys
from workers.outside.vault import Vault, VaultFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    Vault("file://{folder}", load_keys(Path("{keys_folder}"))).put_original(bytes(100_000))
except VaultFull as fault:
    print(fault)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    assert list(folder.iterdir()) == []


def test_files_have_room_until_only_the_reserve_is_left(local: Vault, folder: Path) -> None:
    disk = shutil.disk_usage(folder.parent)
    local.room_for_files(0)
    local.room_for_files(disk.free // 2**20 // 2)
    with pytest.raises(VaultFull, match="are kept for calls") as caught:
        local.room_for_files(disk.free // 2**20 * 2)
    assert caught.value.problem == "disk_full"


@pytest.mark.parametrize(
    ("free", "whole", "is_room"),
    [(3, 20, True), (1, 20, False), (8, 170, False), (9, 170, True), (9, 4000, False), (11, 4000, True)],
)
def test_without_a_setting_the_reserve_is_two_gigabytes_or_a_twentieth_of_the_disk_up_to_ten(
    local: Vault, monkeypatch: pytest.MonkeyPatch, free: int, whole: int, is_room: bool
) -> None:
    monkeypatch.setattr(local._place, "room", lambda: (free * 2**30, whole * 2**30))
    with nullcontext() if is_room else pytest.raises(VaultFull):
        local.room_for_files(None)


def test_a_bucket_has_no_reserve(keys_folder: Path) -> None:
    Vault("s3://bucket/prefix", load_keys(keys_folder)).room_for_files(10**9)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path, keys_folder: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(VaultFault, match="Not a directory") as caught:
        Vault(f"file://{tmp_path / 'file' / 'media'}", load_keys(keys_folder)).put_original(SOUND)
    assert caught.value.problem == "media_store_unreachable"


def test_an_altered_file_is_refused(local: Vault, folder: Path) -> None:
    name = local.put_listening(SOUND)
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(CannotOpen):
        local.listening(name)
