"""Reading one table of a facts file: typed values out, every fault noted with file and key.

Never does: stop at the first fault, or let an unknown key pass (a mistyped key would silently change nothing).
"""

from collections.abc import Iterator
from typing import Any


class Entry:
    """One TOML table. Each getter returns a value of its type; on a fault it notes it and returns an empty one."""

    def __init__(self, table: Any, file: str, path: str, faults: list[str]) -> None:
        self.file, self.path, self.faults = file, path, faults
        self._asked: set[str] = set()
        if not isinstance(table, dict):
            self.fault("", f"must be a table, not {_kind(table)}")
            table = {}
        self._table: dict[str, Any] = table

    def fault(self, key: str, what: str) -> None:
        """Note a fault of this table; `key` may be empty for the table as a whole."""
        where = ".".join(part for part in (self.path, key) if part)
        self.faults.append(f"{self.file}: {where}: {what}" if where else f"{self.file}: {what}")

    def names(self) -> list[str]:
        """Every key of the table."""
        return list(self._table)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; without a default the key must be there."""
        value = self._value(key, str, "a text", default)
        if value == "" and default is None and key in self._table:
            self.fault(key, "is empty")
        return str(value or "")

    def maybe(self, key: str) -> str | None:
        """A text, or None where the key is left out."""
        return self.text(key) if key in self._table else None

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of the choices."""
        value = self.text(key, default)
        if value and value not in choices:
            self.fault(key, f"{value!r} is none of {', '.join(choices)}")
        return value

    def whole(self, key: str) -> int:
        """A whole number."""
        return int(self._value(key, int, "a whole number", None) or 0)

    def number(self, key: str) -> float:
        """A number."""
        return float(self._value(key, (int, float), "a number", None) or 0)

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        return bool(self._value(key, bool, "true or false", default))

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """A list of texts, maybe empty."""
        values = self._value(key, list, "a list of texts", () if optional else None) or ()
        wrong = [value for value in values if not isinstance(value, str) or not value]
        if wrong:
            self.fault(key, f"must be a list of texts, but holds {_kind(wrong[0])}")
        return tuple(value for value in values if isinstance(value, str) and value)

    def entry(self, key: str) -> "Entry | None":
        """The table under a key, or None where it is left out."""
        if key not in self._table:
            return None
        self._asked.add(key)
        return Entry(self._table[key], self.file, self._under(key), self.faults)

    def entries(self, key: str | None = None) -> Iterator[tuple[str, "Entry"]]:
        """Every table in the table under `key` (None: in this one, but for keys already asked for), with its name.

        A key of such a table that the loop did not ask for is a fault.
        """
        source = self if key is None else self.entry(key)
        if source is None:
            self.fault(key or "", "is missing")
            return
        for name in [name for name in source._table if name not in source._asked]:
            entry = source.entry(name)
            if entry is not None:
                yield name, entry
                entry.done()

    def rows(self, key: str, *, optional: bool = False) -> Iterator["Entry"]:
        """Every table of the list under `key`. A key of such a table that the loop did not ask for is a fault."""
        values = self._value(key, list, "a list of tables", () if optional else None) or ()
        for place, value in enumerate(values, start=1):
            row = Entry(value, self.file, self._under(f"{key}[{place}]"), self.faults)
            yield row
            row.done()

    def done(self) -> None:
        """Fault every key that nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                self.fault(key, "is not a key that belongs here")

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _value(self, key: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        self._asked.add(key)
        if key not in self._table:
            if default is None:
                self.fault(key, "is missing")
            return default
        value = self._table[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"must be {what}, not {_kind(value)}")
            return default
        return value


def _kind(value: Any) -> str:
    names = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)
