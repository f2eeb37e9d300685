"""What a person chose in the app."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE settings (
            tenant TEXT NOT NULL,
            "user" TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT,
            PRIMARY KEY (tenant, "user", key)
        )
    """)
