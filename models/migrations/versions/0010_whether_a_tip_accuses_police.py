"""whether a tip accuses police is kept beside it, also where its words alone say so.

Of tips that were routed before, the kind alone is known here; routing sets it for each that it looks at again.
Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tip", sa.Column("accuses", sa.Boolean(), server_default=sa.false(), nullable=False))
    tip = sa.table("tip", sa.column("accuses", sa.Boolean()), sa.column("category", sa.String()))
    op.execute(tip.update().where(tip.c.category == "police_misconduct").values(accuses=sa.true()))


def downgrade() -> None:
    op.drop_column("tip", "accuses")
