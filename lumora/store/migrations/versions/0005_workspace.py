"""What a person arranges: projects, assistants, prompts, attachments, pins, ratings, settings of a chat."""

from alembic import op

revision = "0005"
down_revision = "0004"

_OWNER = """tenant TEXT NOT NULL,
            "user" TEXT NOT NULL,
            id TEXT NOT NULL"""
_KEY = 'PRIMARY KEY (tenant, "user", id)'


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE projects (
            {_OWNER},
            name TEXT NOT NULL,
            instructions TEXT NOT NULL,
            model TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT,
            {_KEY}
        )
    """)
    op.execute(f"""
        CREATE TABLE assistants (
            {_OWNER},
            name TEXT NOT NULL,
            picture TEXT NOT NULL,
            description TEXT NOT NULL,
            instructions TEXT NOT NULL,
            model TEXT,
            sampling TEXT,
            starters TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT,
            {_KEY}
        )
    """)
    op.execute(f"""
        CREATE TABLE prompts (
            {_OWNER},
            name TEXT NOT NULL,
            text TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT,
            {_KEY}
        )
    """)
    op.execute(f"""
        CREATE TABLE attachments (
            {_OWNER},
            name TEXT NOT NULL,
            text TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            lines INTEGER NOT NULL,
            created_at BIGINT NOT NULL,
            {_KEY}
        )
    """)
    for column in (
        "pinned INTEGER NOT NULL DEFAULT 0",
        "project TEXT",
        "assistant TEXT",
        "model TEXT",
        "instructions TEXT",
        "sampling TEXT",
        "titled_by TEXT NOT NULL DEFAULT 'question'",
        "origin TEXT",
        "imported_by TEXT",
    ):
        op.execute(f"ALTER TABLE conversations ADD COLUMN {column}")
    op.execute(
        'CREATE INDEX conversations_by_project ON conversations (tenant, "user", project, updated_at, id)'
    )
    op.execute('CREATE INDEX conversations_by_origin ON conversations (tenant, "user", origin)')
    op.execute('CREATE INDEX conversations_by_import ON conversations (tenant, "user", imported_by)')
    for column in (
        "reason TEXT",
        "rating INTEGER NOT NULL DEFAULT 0",
        "rating_reason TEXT NOT NULL DEFAULT ''",
        "attachments TEXT NOT NULL DEFAULT '[]'",
        "deleted_at BIGINT",
    ):
        op.execute(f"ALTER TABLE messages ADD COLUMN {column}")
