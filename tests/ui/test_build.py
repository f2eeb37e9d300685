"""The committed bundle is what its sources make; a page of other sources is served from them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lumora.assets_path import assets
from ui import build
from ui.bundle import Bundle


def test_the_bundle_is_made_of_the_modules_as_they_are() -> None:
    """Run `make page` after a change below assets/js."""
    assert build.is_current(assets())
    assert (assets() / build.TARGET).read_bytes() == build.build(assets())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("js/page.js", "js/core/i18n.js", build.TARGET):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(assets() / name, tmp_path / name)
    return tmp_path


def test_changed_modules_are_served_themselves(root: Path) -> None:
    target = root / build.TARGET
    target.write_bytes(b"// Made by `make page` of sources " + build.sources(root).encode() + b"\nbundled")
    assert Bundle(root).page.endswith(build.TARGET)
    (root / "js" / "core" / "i18n.js").write_text("export const changed = true;")
    assert Bundle(root).page.endswith(build.ENTRY)
    target.unlink()
    assert not build.is_current(root)


def test_another_esbuild_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "VERSION", "0.0.1")
    with pytest.raises(ValueError, match=r"0\.0\.1"):
        build.build(root)
