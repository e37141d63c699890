"""The only cryptography: keys, keyed hashes, pseudonyms, sealing.

Keys are files of 32 random bytes in one private folder, so that a copy of the database alone opens nothing:
  hash.key    keyed hashes of provider ids and reference codes, and the signing of cookies   (web and workers)
  vault.key   the copy of a recording that officers may hear                                 (web and workers)
  seal.pub    seals what only a worker may open: original sound, a caller's contact          (web and workers)
  seal.key    opens it                                                                       (workers only)
Never does: keep a number, a name or a reference code; decide how long anything lives.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

CODE_DIGITS = 8


class KeysMissing(Exception):
    """A key file is absent or damaged; the message names it and the mend."""


class CannotOpen(Exception):
    """The bytes were not sealed for this key, or were altered."""


@dataclass(frozen=True)
class Keys:
    """The open keys of one process. `private` stays None in the web process."""

    hashing: bytes = field(repr=False)
    vault: bytes = field(repr=False)
    public: bytes = field(repr=False)
    private: bytes | None = field(default=None, repr=False)

    # --- keyed hashes
    @cached_property
    def _begun(self) -> hmac.HMAC:
        return hmac.new(self.hashing, digestmod="sha256")

    def _mac(self, purpose: str, text: str) -> bytes:
        # Unlike hmac.digest, a copy lets no other thread go first: that would cost a turn more than the hash.
        mac = self._begun.copy()
        mac.update(f"{purpose}:{text}".encode())
        return mac.digest()

    def sid_key(self, sid: str) -> str:
        """32 hex digits standing for a provider's id: finds it again, does not give it away."""
        return self._mac("sid", sid).hex()[:32]

    def code_for(self, sid: str, attempt: int = 0) -> str:
        """The 8-digit reference code of a conversation. Derived from the provider's id, which is forgotten
        once the work is done: a webhook sent twice hears the same code, the database alone never yields it."""
        return str(int.from_bytes(self._mac("code", f"{sid}:{attempt}")[:8]) % 10**CODE_DIGITS).zfill(CODE_DIGITS)

    def code_hash(self, code: str) -> str:
        """What is stored in place of a reference code (64 hex digits)."""
        return self._mac("code-hash", code).hex()

    def pseudonym(self, number: str, day_key: bytes) -> str:
        """24 characters standing for somebody until the day's key is destroyed: to count tries and messages, to tell
        whose message it is, and who said STOP. Needs hash.key as well: the database alone, day's key included, gives
        nobody away."""
        digest = hashlib.blake2b(number.encode(), key=self._mac("pseudonym", day_key.hex()), digest_size=18).digest()
        return base64.urlsafe_b64encode(digest).decode()

    def derived(self, purpose: str) -> str:
        """A secret for another use (signing cookies, links), 64 hex digits."""
        return self._mac("derived", purpose).hex()

    def account_key(self, account: str) -> str:
        """32 hex digits standing for an account at the provider."""
        return self._mac("account", account).hex()[:32]

    def fingerprints(self) -> dict[str, str]:
        """By file name, 16 hex digits that tell a key from another one and give nothing of it away."""
        files = {"hash.key": self.hashing, "vault.key": self.vault, "seal.pub": self.public}
        return {name: hmac.digest(key, name.encode(), "sha256").hex()[:16] for name, key in files.items()}

    # --- ids that travel
    def wrap(self, row_id: str) -> str:
        """The id of a row (hex) for an address or another row, so that whoever reads it there learns nothing: a
        provider's log of addresses, laid beside an officer's page, must not say who asked about which tip."""
        return base64.urlsafe_b64encode(bytes(self._carrier.encrypt(bytes.fromhex(row_id)))).decode().rstrip("=")

    def unwrap(self, wrapped: str) -> str:
        """The id in what wrap() gave; "" if it is not of ours."""
        try:
            return self._carrier.decrypt(base64.urlsafe_b64decode(wrapped + "=" * (-len(wrapped) % 4))).hex()
        except (CryptoError, ValueError):
            return ""

    @cached_property
    def _carrier(self) -> SecretBox:
        return SecretBox(self._mac("derived", "ids that travel"))

    # --- sealing
    def lock(self, data: bytes) -> bytes:
        """Encrypt what web and workers may both read (XSalsa20-Poly1305)."""
        return bytes(SecretBox(self.vault).encrypt(data))

    def unlock(self, data: bytes) -> bytes:
        """The plain bytes of lock(); CannotOpen if altered."""
        try:
            return SecretBox(self.vault).decrypt(data)
        except (CryptoError, ValueError) as fault:
            raise CannotOpen("not locked with this vault key, or altered") from fault

    def seal(self, data: bytes) -> bytes:
        """Encrypt what only a worker may open (Curve25519 sealed box)."""
        return bytes(SealedBox(PublicKey(self.public)).encrypt(data))

    def unseal(self, data: bytes) -> bytes:
        """The plain bytes of seal(); CannotOpen without the private key or if altered."""
        if self.private is None:
            raise CannotOpen("this process does not hold seal.key")
        try:
            return SealedBox(PrivateKey(self.private)).decrypt(data)
        except (CryptoError, ValueError) as fault:
            raise CannotOpen("not sealed for this key, or altered") from fault


def new_day_key() -> bytes:
    """A fresh key for one day's pseudonyms."""
    return secrets.token_bytes(32)


def create_keys(folder: Path) -> None:
    """Write the key files that are not there yet, readable by this user alone. Existing ones are never touched."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("hash.key", "vault.key"):
        _write_once(folder / name, secrets.token_bytes(32))
    if not (folder / "seal.pub").exists() and not (folder / "seal.key").exists():
        pair = PrivateKey.generate()
        _write_once(folder / "seal.key", bytes(pair))
        _write_once(folder / "seal.pub", bytes(pair.public_key))


def load_keys(folder: Path, *, private: bool = False) -> Keys:
    """The keys of a folder; with `private` also the one that opens seals. KeysMissing names the absent file."""
    return Keys(
        hashing=_read(folder / "hash.key"),
        vault=_read(folder / "vault.key"),
        public=_read(folder / "seal.pub"),
        private=_read(folder / "seal.key") if private else None,
    )


def _write_once(path: Path, data: bytes) -> None:
    # Two processes may start together: only a complete file ever gets the name, and the first one wins.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(data) + b"\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    try:
        data = base64.b64decode(path.read_bytes(), validate=False)
    except OSError as fault:
        raise KeysMissing(
            f"{path} cannot be read ({fault.strerror}). `./hotline serve` (or `migrate`) makes the keys of a new "
            "installation; on a further host copy the folder from the first one."
        ) from None
    if len(data) != 32:
        raise KeysMissing(f"{path} is damaged: 32 bytes in base64 expected. Restore it from the backup of the keys.")
    return data
