"""Passwords as argon2id hashes.

Never does: keep a password, or take less time for a username that does not exist.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 32 MiB and three passes: about 50 ms. Two at a time a process, so that many sign-ins cannot eat the memory.
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_TURN = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _HASHER.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the stored hash. With None (nobody of that name) the same work, then False."""
    with _TURN:
        try:
            _HASHER.verify(stored or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody signs in with this")
