"""Find what waits in the bin, and which messages name attachments, without reading every message."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        'CREATE INDEX conversations_shown ON conversations (tenant, "user", updated_at, id, pinned, project)'
        " WHERE deleted_at IS NULL"
    )
    op.execute(
        'CREATE INDEX messages_in_bin ON messages (tenant, "user", deleted_at) WHERE deleted_at IS NOT NULL'
    )
    op.execute(
        "CREATE INDEX messages_with_attachments ON messages (tenant, \"user\", id) WHERE attachments <> '[]'"
    )
