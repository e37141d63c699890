"""what officers ask about a tip, and which messages answer it.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.String(32), nullable=False),
        sa.Column("question", sa.String(8), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_asked_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    op.create_index(op.f("ix_asked_tip_id"), "asked", ["tip_id"], unique=False)
    op.add_column("message", sa.Column("answers", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "answers")
    op.drop_index(op.f("ix_asked_tip_id"), table_name="asked")
    op.drop_table("asked")
