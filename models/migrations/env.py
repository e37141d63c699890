"""Alembic's way in. models.migrate opens the transaction and hands the connection over.

Never does: read the environment or open a connection.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from models.database import UtcDateTime
from models.tables import metadata


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Types as plain SQLAlchemy: a revision must not change when our own types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    transactional_ddl=True,  # on SQLite too: models.database says BEGIN itself
    render_item=_render,
    render_as_batch=context.config.attributes.get("batch", True),  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
