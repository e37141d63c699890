"""Bringing a database to the form this version needs, and telling which form it has.

Every revision runs in one transaction with all the others that are due: an upgrade is whole or did not happen.
Several processes may start at once; the first one upgrades, the others wait and find nothing to do.
Never does: define a table, or run without being asked.

For developers, after a change of the tables: `python -m models.migrate "what changed"` writes the next revision.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from models.database import Database

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x686F746C  # "hotl": the advisory lock of all our upgrades on a PostgreSQL server


class MigrationFault(Exception):
    """The database cannot be brought to the form this version needs; the message says why and how to mend it."""


@dataclass(frozen=True)
class Level:
    """The revision a database has (None: empty) and the one this version needs."""

    present: str | None
    needed: str

    @property
    def current(self) -> bool:
        """Whether nothing is to be done."""
        return self.present == self.needed


def level(database_url: str) -> Level:
    """Where a database stands. Raises sqlalchemy.exc.SQLAlchemyError when it cannot be reached."""
    database = Database(database_url, pool_size=1)
    try:
        with database.read() as connection:
            return Level(MigrationContext.configure(connection).get_current_revision(), _needed())
    finally:
        database.dispose()


def revisions() -> list[str]:
    """Every revision, oldest first."""
    return [one.revision for one in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions()))]


def upgrade(database_url: str, to: str = "head") -> Level:
    """Bring a database up to date and return where it stood before. Safe in several processes at once.

    Raises MigrationFault for a database of a newer version, sqlalchemy.exc.SQLAlchemyError when it cannot be reached.
    """
    before = level(database_url)
    if before.current:
        return before
    database = Database(database_url, pool_size=1)
    try:
        with database.begin() as connection:  # on SQLite this already keeps every other writer out
            if not database.is_sqlite:
                # A large table takes its time, and so do those who upgrade before us.
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            command.upgrade(_config(connection), to)
    except CommandError as fault:
        raise MigrationFault(
            f"The database has revision {before.present}, which this version does not know: it was used by a newer "
            "one. Run that version, or restore a backup from before."
        ) from fault
    finally:
        database.dispose()
    return before


def write_revision(message: str) -> Path:
    """Write the revision that leads from the newest one to today's tables, for a developer to read and tidy."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scratch.db"
        upgrade(url)
        database = Database(url)
        number = f"{len(list((FOLDER / 'versions').glob('*.py'))) + 1:04}"
        with database.begin() as connection:
            written = command.revision(_config(connection), message, autogenerate=True, rev_id=number)
        database.dispose()
    if written is None or isinstance(written, list):
        raise MigrationFault("Alembic wrote no revision.")
    return Path(written.path)


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def _needed() -> str:
    if not (known := revisions()):
        raise MigrationFault(f"{FOLDER} holds no revision: the installation is not whole.")
    return known[-1]


if __name__ == "__main__":
    print(write_revision(" ".join(sys.argv[1:]) or "changes"))
