"""What this process has just committed, so that it need not ask the database whether it stands there.

A provider tells of the same thing several times within seconds, mostly to the same process. What is not in here may
still stand in the database: only "yes" is an answer.
Never does: hold what is not committed, anything in the clear (keyed hashes only), or more than a few thousand of them.
"""


class Recent:
    """A set that forgets the oldest by and by. Any thread may use it."""

    def __init__(self, most: int = 4000) -> None:
        self._half = most // 2
        self._new: set[str] = set()
        self._old: set[str] = set()

    def add(self, hashed: str) -> None:
        """Remember the hash of something that is committed and stays."""
        if len(self._new) >= self._half:
            self._new, self._old = set(), self._new
        self._new.add(hashed)

    def __contains__(self, hashed: str) -> bool:
        return hashed in self._new or hashed in self._old
