"""the first tables.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "who", name=op.f("pk_attempt")),
    )
    op.create_table(
        "beat",
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_beat")),
    )
    op.create_table(
        "daykey",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daykey")),
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("username", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("username", name=op.f("uq_officer_username")),
    )
    op.create_table(
        "provider_copy",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sid_key", sa.String(32), nullable=False),
        sa.Column("sid", sa.String(34), nullable=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("conversation_key", sa.String(32), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_copy")),
        sa.UniqueConstraint("sid_key", name=op.f("uq_provider_copy_sid_key")),
    )
    op.create_index(op.f("ix_provider_copy_conversation_key"), "provider_copy", ["conversation_key"], unique=False)
    op.create_index(op.f("ix_provider_copy_due_at"), "provider_copy", ["due_at"], unique=False)
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "what", name=op.f("pk_tally")),
    )
    op.create_table(
        "tip",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("received_hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category", sa.String(32), nullable=True),
        sa.Column("category_by", sa.String(8), nullable=True),
        sa.Column("urgency", sa.String(2), nullable=True),
        sa.Column("pin_code", sa.String(6), nullable=True),
        sa.Column("district", sa.String(3), nullable=True),
        sa.Column("station", sa.String(12), nullable=True),
        sa.Column("place_by", sa.String(8), nullable=True),
        sa.Column("follow_up", sa.Boolean(), nullable=True),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("conversation_key", sa.String(32), nullable=True),
        sa.Column("sent_take", sa.Integer(), nullable=False),
        sa.Column("discarded_take", sa.Integer(), nullable=False),
        sa.Column("category_turn", sa.Integer(), nullable=False),
        sa.Column("place_turn", sa.Integer(), nullable=False),
        sa.Column("last_turn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(40), nullable=True),
        sa.Column("problem_detail", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_tip_code_hash")),
        sa.UniqueConstraint("conversation_key", name=op.f("uq_tip_conversation_key")),
    )
    op.create_index(op.f("ix_tip_status"), "tip", ["status"], unique=False)
    op.create_index("ix_tip_unprepared", "tip", ["status", "retry_at"], unique=False)
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip_id", sa.String(32), nullable=True),
        sa.Column("officer_id", sa.String(32), nullable=True),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("note", sa.String(2000), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    op.create_index(op.f("ix_trail_tip_id"), "trail", ["tip_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("tip_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_contact_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", name=op.f("pk_contact")),
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tip_id", sa.String(32), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("original", sa.String(64), nullable=True),
        sa.Column("listening", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_recording_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("tip_id", "take", name=op.f("uq_recording_tip_id_take")),
    )
    op.create_index(op.f("ix_recording_tip_id"), "recording", ["tip_id"], unique=False)
    op.create_table(
        "routing",
        sa.Column("tip_id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_routing_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tip_id", "unit", name=op.f("pk_routing")),
    )
    op.create_index(op.f("ix_routing_unit"), "routing", ["unit"], unique=False)
    op.create_table(
        "transcript",
        sa.Column("recording_id", sa.String(32), nullable=False),
        sa.Column("tip_id", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("chosen_language", sa.String(2), nullable=True),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_transcript_recording_id_recording"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_transcript_tip_id_tip"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_transcript")),
    )
    op.create_index(op.f("ix_transcript_tip_id"), "transcript", ["tip_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_transcript_tip_id"), table_name="transcript")
    op.drop_table("transcript")
    op.drop_index(op.f("ix_routing_unit"), table_name="routing")
    op.drop_table("routing")
    op.drop_index(op.f("ix_recording_tip_id"), table_name="recording")
    op.drop_table("recording")
    op.drop_table("contact")
    op.drop_index(op.f("ix_trail_tip_id"), table_name="trail")
    op.drop_table("trail")
    op.drop_index("ix_tip_unprepared", table_name="tip")
    op.drop_index(op.f("ix_tip_status"), table_name="tip")
    op.drop_table("tip")
    op.drop_table("tally")
    op.drop_index(op.f("ix_provider_copy_due_at"), table_name="provider_copy")
    op.drop_index(op.f("ix_provider_copy_conversation_key"), table_name="provider_copy")
    op.drop_table("provider_copy")
    op.drop_table("officer")
    op.drop_table("daykey")
    op.drop_table("beat")
    op.drop_table("attempt")
