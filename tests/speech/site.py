"""A web server on this machine that hands out models as the makers' site does, and misbehaves on request."""

import hashlib
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from settings import STARTER_MODELS

SMALL_HI = "vosk-model-small-hi-0.22"


def a_model(language: str = "hi", name: str = SMALL_HI) -> dict[str, bytes]:
    """The files of a real model under the name of an official one: path -> content."""
    folder = STARTER_MODELS / language
    return {
        f"{name}/{file.relative_to(folder).as_posix()}": file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def zipped(files: dict[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    """An archive of these files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data)
    return out.getvalue()


class Site:
    """The site. `requests`: (path, Range header) of each; `cut_after`: bytes after which the line is cut, for as many
    answers as are listed; `ranges`: whether it knows ranges."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.cut_after: list[int] = []
        self.ranges = True
        self.status: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/vosk/models"

    def offer(self, archive: bytes, name: str = SMALL_HI, **told: Any) -> None:
        """Hand out an archive; the list tells the truth of it, but for what `told` says."""
        self.files[f"/vosk/models/{name}.zip"] = archive
        entry = {
            "lang": "hi", "md5": hashlib.md5(archive).hexdigest(), "name": name, "obsolete": "false",
            "size": len(archive), "size_text": "", "type": "small", "url": f"https://elsewhere.example/{name}.zip",
            "version": "0.22", **told,
        }  # fmt: skip
        listed = json.loads(self.files.get("/vosk/models/model-list.json", b"[]"))
        self.files["/vosk/models/model-list.json"] = json.dumps([*listed, entry]).encode()

    def downloads(self) -> list[str | None]:
        """The Range headers of the requests for archives, in order."""
        return [wanted for path, wanted in self.requests if path.endswith(".zip")]

    def stop(self) -> None:
        """Close the shop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            site.requests.append((self.path, wanted))
            data = site.files.get(self.path)
            status = site.status.get(self.path, 200 if data is not None else 404)
            if data is None or status != 200:
                self.send_error(status)
                return
            start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted and site.ranges else 0
            self.send_response(206 if wanted and site.ranges else 200)
            if wanted and site.ranges:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            cut = site.cut_after.pop(0) if site.cut_after and self.path.endswith(".zip") else None
            self.wfile.write(data[start:] if cut is None else data[start : start + cut])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler


def tree(folder: Path) -> set[str]:
    """Every file below a folder, but for the lock of a fetch."""
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    return found - {".fetch.lock"}
