"""Conversations and their messages, a tree each."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE conversations (
            tenant TEXT NOT NULL,
            "user" TEXT NOT NULL,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT,
            PRIMARY KEY (tenant, "user", id)
        )
    """)
    op.execute('CREATE INDEX conversations_by_update ON conversations (tenant, "user", updated_at, id)')
    op.execute("""
        CREATE TABLE messages (
            seq INTEGER NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            "user" TEXT NOT NULL,
            id TEXT NOT NULL,
            conversation TEXT NOT NULL,
            parent TEXT,
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            state TEXT NOT NULL,
            model TEXT,
            turn TEXT,
            created_at BIGINT NOT NULL,
            usage TEXT,
            hosts TEXT NOT NULL,
            error TEXT,
            reasoning TEXT NOT NULL,
            UNIQUE (tenant, "user", id),
            FOREIGN KEY (tenant, "user", conversation)
                REFERENCES conversations (tenant, "user", id) ON DELETE CASCADE,
            FOREIGN KEY (tenant, "user", parent) REFERENCES messages (tenant, "user", id)
        )
    """)
    op.execute('CREATE INDEX messages_by_conversation ON messages (tenant, "user", conversation, seq)')
    op.execute('CREATE INDEX messages_by_parent ON messages (tenant, "user", parent)')
