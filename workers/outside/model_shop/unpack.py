"""Unpacks a model's zip file: all is looked at before anything is written, and the folder appears at once, whole.

Never does: write outside its own folder, follow or make a link, believe a size that the archive announces, or replace
a folder by a worse one.
"""

import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from workers.outside.model_shop.faults import ShopFault
from workers.outside.speech import ModelMissing, check

MOST_FILES = 2000
MOST_BYTES = 16 * 1024**3
MOST_GROWTH = 30  # times the archive's size: a model is mostly numbers and shrinks little
_BLOCK = 1024**2


def unpack(archive: Path, folder: Path, name: str, language: str) -> Path:
    """The model's folder `folder/name`, made from the archive. ShopFault when it is damaged or not what it should be;
    then nothing of it is left."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unpack-") as made:
        scratch = Path(made)
        try:
            with zipfile.ZipFile(archive) as opened:
                members = _examined(opened, archive.stat().st_size, name)
                for member, path in members:
                    _write(opened, member, scratch / path)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as fault:
            raise ShopFault(
                f"The archive of {name} is damaged ({type(fault).__name__}); it was not unpacked."
            ) from None
        except OSError as fault:
            raise ShopFault(f"{folder} cannot be written: {fault.strerror}. See HOTLINE_VAR_DIR.") from None
        try:
            check(scratch / name, language)
        except ModelMissing:
            raise ShopFault(f"The archive of {name} holds no Vosk model; it was not unpacked.") from None
        final = folder / name
        if final.exists():
            final.replace(scratch / "before")  # incomplete, or it would not have been fetched again
        (scratch / name).replace(final)
    return final


def _examined(opened: zipfile.ZipFile, size: int, name: str) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Files and their relative paths, or ShopFault for an archive that no maker of models would write."""
    members = opened.infolist()
    if len(members) > MOST_FILES or sum(one.file_size for one in members) > min(MOST_BYTES, MOST_GROWTH * size):
        raise ShopFault(f"The archive of {name} would grow beyond any model; it was not unpacked.")
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for one in members:
        path = PurePosixPath(one.filename)
        mode = one.external_attr >> 16
        bad_path = path.is_absolute() or ".." in path.parts or "\\" in one.filename or "\0" in one.orig_filename
        if bad_path or not path.parts or path.parts[0] != name:
            raise ShopFault(f"The archive of {name} holds files for another place; it was not unpacked.")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR) or one.flag_bits & 0x1:
            raise ShopFault(f"The archive of {name} holds links or locked files; it was not unpacked.")
        if not one.is_dir():
            if path in found:
                raise ShopFault(f"The archive of {name} holds a file twice; it was not unpacked.")
            found[path] = one
    return [(one, path) for path, one in found.items()]


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, target.open("xb") as file:  # reading checks the announced size and the CRC
        shutil.copyfileobj(source, file, _BLOCK)
