"""the index of the trail also says what was done to a tip, and when: the overview asks this of many tips.

Revision 0009, after 0008.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_trail_tip_what_at", "trail", ["tip_id", "what", "at"])
    op.drop_index(op.f("ix_trail_tip_id"), table_name="trail")


def downgrade() -> None:
    op.create_index(op.f("ix_trail_tip_id"), "trail", ["tip_id"])
    op.drop_index("ix_trail_tip_what_at", table_name="trail")
