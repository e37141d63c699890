"""files that cost much have a lease of their own, and what they cost is kept.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = ("worked", "problem_detail", "problem", "retry_at", "attempts", "lease_until", "lease")


def upgrade() -> None:
    with op.batch_alter_table("attachment") as table:
        table.add_column(sa.Column("lease", sa.String(32), nullable=True))
        table.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("problem", sa.String(40), nullable=True))
        table.add_column(sa.Column("problem_detail", sa.String(300), nullable=True))
        table.add_column(sa.Column("worked", sa.Float(), nullable=False, server_default="0"))
    op.create_index(op.f("ix_attachment_status"), "attachment", ["status"])


def downgrade() -> None:
    op.drop_index(op.f("ix_attachment_status"), "attachment")
    with op.batch_alter_table("attachment") as table:
        for name in _COLUMNS:
            table.drop_column(name)
