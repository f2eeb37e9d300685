"""What is known: collections, documents, chunks, vectors, searches, facts, traces and golden questions."""

from alembic import op

revision = "0007"
down_revision = "0006"

_OWNER = 'tenant TEXT NOT NULL,\n            "user" TEXT NOT NULL'
_ID = f"{_OWNER},\n            id TEXT NOT NULL"
_KEY = 'PRIMARY KEY (tenant, "user", id)'
_TIMES = "created_at BIGINT NOT NULL,\n            updated_at BIGINT NOT NULL,\n            deleted_at BIGINT"
_IN_COLLECTION = (
    'FOREIGN KEY (tenant, "user", collection) REFERENCES collections (tenant, "user", id) ON DELETE CASCADE'
)
_IN_DOCUMENT = (
    'FOREIGN KEY (tenant, "user", document) REFERENCES documents (tenant, "user", id) ON DELETE CASCADE'
)
_OF_MESSAGE = (
    'FOREIGN KEY (tenant, "user", message) REFERENCES messages (tenant, "user", id) ON DELETE CASCADE'
)


def upgrade() -> None:
    _documents()
    _chunks()
    _memory()
    _evaluation()
    for table, column in (
        ("conversations", "collections TEXT"),
        ("conversations", "memory INTEGER"),
        ("projects", "collections TEXT"),
        ("messages", "sources TEXT"),
        ("messages", "checks TEXT"),
        ("messages", "remembered TEXT"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _documents() -> None:
    op.execute(f"""
        CREATE TABLE collections (
            {_ID},
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            embedder TEXT,
            settings TEXT NOT NULL,
            {_TIMES},
            {_KEY}
        )
    """)
    op.execute(f"""
        CREATE TABLE folders (
            {_ID},
            collection TEXT NOT NULL,
            path TEXT NOT NULL,
            ignored TEXT NOT NULL,
            error TEXT,
            scanned_at BIGINT,
            {_TIMES},
            {_KEY},
            {_IN_COLLECTION}
        )
    """)
    op.execute(f"""
        CREATE TABLE documents (
            {_ID},
            collection TEXT NOT NULL,
            folder TEXT,
            name TEXT NOT NULL,
            title TEXT NOT NULL,
            type TEXT NOT NULL,
            source TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            hash TEXT NOT NULL,
            state TEXT NOT NULL,
            error TEXT,
            attempts INTEGER NOT NULL,
            pages INTEGER NOT NULL,
            characters INTEGER NOT NULL,
            outline TEXT NOT NULL,
            summary TEXT NOT NULL,
            tags TEXT NOT NULL,
            dated_at BIGINT,
            modified_at BIGINT,
            {_TIMES},
            {_KEY},
            {_IN_COLLECTION}
        )
    """)
    op.execute('CREATE INDEX documents_by_collection ON documents (tenant, "user", collection, name, id)')
    op.execute('CREATE INDEX documents_by_hash ON documents (tenant, "user", collection, hash)')
    op.execute('CREATE INDEX documents_by_state ON documents (tenant, "user", state)')
    op.execute(f"""
        CREATE TABLE document_texts (
            {_OWNER},
            document TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (tenant, "user", document),
            {_IN_DOCUMENT}
        )
    """)
    op.execute(f"""
        CREATE TABLE document_pages (
            {_OWNER},
            document TEXT NOT NULL,
            number INTEGER NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            width FLOAT NOT NULL,
            height FLOAT NOT NULL,
            ocr INTEGER NOT NULL,
            boxes TEXT NOT NULL,
            PRIMARY KEY (tenant, "user", document, number),
            {_IN_DOCUMENT}
        )
    """)


def _chunks() -> None:
    op.execute(f"""
        CREATE TABLE chunks (
            seq INTEGER NOT NULL PRIMARY KEY,
            {_ID},
            collection TEXT NOT NULL,
            document TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            page INTEGER,
            last_page INTEGER,
            context TEXT NOT NULL,
            text TEXT NOT NULL,
            vector TEXT,
            UNIQUE (tenant, "user", id),
            UNIQUE (tenant, "user", document, ordinal),
            {_IN_DOCUMENT}
        )
    """)
    op.execute('CREATE INDEX chunks_by_collection ON chunks (tenant, "user", collection, seq)')
    op.execute('CREATE INDEX chunks_by_vector ON chunks (tenant, "user", vector)')
    op.execute("""
        CREATE VIRTUAL TABLE chunks_fts USING fts5(
            context, text, content='chunks', content_rowid='seq',
            tokenize='porter unicode61 remove_diacritics 2'
        )
    """)
    op.execute("""
        CREATE TRIGGER chunks_fts_insert AFTER INSERT ON chunks BEGIN
            INSERT INTO chunks_fts (rowid, context, text) VALUES (new.seq, new.context, new.text);
        END
    """)
    op.execute("""
        CREATE TRIGGER chunks_fts_delete AFTER DELETE ON chunks BEGIN
            INSERT INTO chunks_fts (chunks_fts, rowid, context, text)
            VALUES ('delete', old.seq, old.context, old.text);
        END
    """)
    op.execute(f"""
        CREATE TABLE vectors (
            {_OWNER},
            key TEXT NOT NULL,
            model TEXT NOT NULL,
            vector BLOB NOT NULL,
            PRIMARY KEY (tenant, "user", key)
        )
    """)
    op.execute(f"""
        CREATE TABLE searches (
            {_ID},
            query TEXT NOT NULL,
            kind TEXT NOT NULL,
            filters TEXT NOT NULL,
            results TEXT NOT NULL,
            milliseconds FLOAT NOT NULL,
            created_at BIGINT NOT NULL,
            {_KEY}
        )
    """)
    op.execute('CREATE INDEX searches_by_time ON searches (tenant, "user", created_at)')


def _memory() -> None:
    op.execute(f"""
        CREATE TABLE facts (
            {_ID},
            text TEXT NOT NULL,
            state TEXT NOT NULL,
            message TEXT,
            conversation TEXT,
            confidence FLOAT NOT NULL,
            expires_at BIGINT,
            vector TEXT,
            {_TIMES},
            {_KEY}
        )
    """)
    op.execute(f"""
        CREATE TABLE message_vectors (
            {_OWNER},
            message TEXT NOT NULL,
            conversation TEXT NOT NULL,
            vector TEXT NOT NULL,
            PRIMARY KEY (tenant, "user", message),
            {_OF_MESSAGE}
        )
    """)


def _evaluation() -> None:
    op.execute(f"""
        CREATE TABLE traces (
            {_OWNER},
            message TEXT NOT NULL,
            trace TEXT NOT NULL,
            PRIMARY KEY (tenant, "user", message),
            {_OF_MESSAGE}
        )
    """)
    op.execute(f"""
        CREATE TABLE golden_questions (
            {_ID},
            collection TEXT NOT NULL,
            question TEXT NOT NULL,
            expected TEXT NOT NULL,
            {_TIMES},
            {_KEY},
            {_IN_COLLECTION}
        )
    """)
    op.execute(f"""
        CREATE TABLE evaluations (
            {_ID},
            collection TEXT NOT NULL,
            settings TEXT NOT NULL,
            results TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            {_KEY},
            {_IN_COLLECTION}
        )
    """)
