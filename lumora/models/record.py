"""What makes a folder an installed model: `model.json`, written last, and every file in the size it tells."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from lumora.errors import LumoraError
from lumora.models.catalog import File, Row, valid_file
from lumora.models.partial import Fetched

RECORD = "model.json"


def complete(home: Path) -> bool:
    """Whether a model's folder has its record and every file of it in the size recorded."""
    try:
        record = json.loads((home / RECORD).read_text("utf-8"))
        files = [(home / valid_file(f["name"]), int(f["bytes"])) for f in record["row"]["files"]]
        return bool(files) and all(path.stat().st_size == size for path, size in files)
    except (OSError, ValueError, KeyError, TypeError, LumoraError):
        return False


def put_in_place(row: Row, fetched: list[tuple[File, Fetched]], home: Path, work: Path) -> None:
    """Move the verified files into the model's folder, its record last, and remove the rest of the work."""
    ready = work / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    left = Counter(got.path for _, got in fetched)  # two files of the same content were fetched once
    for file, got in fetched:
        (ready / file.name).parent.mkdir(parents=True, exist_ok=True)
        left[got.path] -= 1
        if left[got.path]:
            shutil.copyfile(got.path, ready / file.name)
        else:
            got.path.replace(ready / file.name)
    _write_record(ready / RECORD, row, fetched)
    if not home.exists():
        ready.replace(home)
    else:
        for name in [*(f.name for f, _ in fetched), RECORD]:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (ready / name).replace(home / name)
    shutil.rmtree(work, ignore_errors=True)


def _write_record(path: Path, row: Row, fetched: list[tuple[File, Fetched]]) -> None:
    files = tuple(replace(f, bytes=got.bytes, sha256=got.sha256) for f, got in fetched)
    record = {
        "format": 1,
        "row": asdict(replace(row, files=files, approximate=False)),
        "files": [
            {"name": f.name, "source": got.source, "revision": got.revision, "sha256": got.sha256}
            for f, got in fetched
        ],
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with path.open("w", encoding="utf-8") as out:
        json.dump(record, out, indent=2)
        out.flush()
        os.fsync(out.fileno())
