"""an earlier take counts after all when nothing can be heard in what was sent.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tip", sa.Column("rescued_take", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("tip", "rescued_take")
