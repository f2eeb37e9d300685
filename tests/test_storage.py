from __future__ import annotations

from lumora.settings import Settings
from lumora.storage import measure


def test_an_empty_folder_takes_nothing(settings: Settings) -> None:
    settings.data.mkdir()
    found = measure(settings)
    assert (found.database, found.models, found.logs, found.backups) == (0, 0, 0, 0)
    assert found.path == str(settings.data) and found.free > 0


def test_each_kind_is_added_up_with_its_folders(settings: Settings) -> None:
    for path, size in (
        ("lumora.db", 1),
        ("lumora.db-wal", 20),
        ("lumora.db-shm", 300),
        ("lumora.lock", 5),
        ("models/a/b.gguf", 4_000),
        ("models/.partial/c", 50_000),
        ("files/ab/abcd", 60),
        ("index/chroma.sqlite3", 8),
        ("logs/lumora.log", 7),
        ("backups/x.db", 9),
    ):
        file = settings.data / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * size)
    (settings.models / "gone").symlink_to("nowhere")
    found = measure(settings)
    assert (found.database, found.models, found.logs, found.backups) == (321, 54_000, 7, 9)
    assert (found.files, found.index) == (60, 8)
