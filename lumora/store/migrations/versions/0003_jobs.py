"""Jobs and their event logs, one row a batch of events."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE jobs (
            tenant TEXT NOT NULL,
            "user" TEXT NOT NULL,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            subject TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (tenant, "user", id)
        )
    """)
    op.execute('CREATE INDEX jobs_by_subject ON jobs (tenant, "user", subject)')
    op.execute('CREATE INDEX jobs_by_state ON jobs (tenant, "user", state, updated_at)')
    op.execute("""
        CREATE TABLE job_events (
            tenant TEXT NOT NULL,
            "user" TEXT NOT NULL,
            job TEXT NOT NULL,
            first_index INTEGER NOT NULL,
            events TEXT NOT NULL,
            PRIMARY KEY (tenant, "user", job, first_index),
            FOREIGN KEY (tenant, "user", job) REFERENCES jobs (tenant, "user", id) ON DELETE CASCADE
        )
    """)
