"""what earlier releases wrote down too exactly goes: lengths of sound not in tens of seconds, and checksums without an
original.

Revision 0007, after 0006.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A true length is on the provider's list of calls; a checksum knows the file again on somebody's telephone.
    for table, unknown, nothing in (
        ("recording", "0", "sha256 = ''"), ("attachment", "NULL", "sha256 = NULL, size = NULL"),
    ):  # fmt: skip
        op.execute(f"UPDATE {table} SET seconds = {unknown} WHERE seconds <> 10 * round(seconds / 10)")
        op.execute(f"UPDATE {table} SET {nothing} WHERE original IS NULL AND sha256 <> ''")


def downgrade() -> None:
    """What is gone is gone."""
