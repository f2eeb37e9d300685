"""What a wheel of Lumora holds: a person who installs it has the assets and the migrations too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


def _pip(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "pip", "-q", *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.soak
def test_an_installed_wheel_finds_its_assets(tmp_path: Path) -> None:
    """Built from a copy of what git knows: no build folder is left behind and nothing else slips in."""
    source, target = tmp_path / "source", tmp_path / "target"
    subprocess.run(["git", "-C", str(REPOSITORY), "checkout-index", "-a", f"--prefix={source}/"], check=True)
    _pip("wheel", "--no-deps", "-w", str(tmp_path), str(source))
    (wheel,) = tmp_path.glob("lumora-*.whl")
    _pip("install", "--no-deps", "--target", str(target), str(wheel))
    code = (
        "from lumora.assets_path import assets; from lumora.models import catalog\n"
        "print(assets()); print(len(catalog.rows()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=target,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(target)},
    )
    assert ran.returncode == 0, ran.stderr
    folder, rows = ran.stdout.split()
    assert Path(folder) == target / "lumora" / "assets" and int(rows) >= 12
    in_git = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "assets", "lumora/store/migrations"],
        capture_output=True,
        text=True,
        check=True,
    )
    for name in in_git.stdout.split():
        installed = target / "lumora" / name if name.startswith("assets/") else target / name
        assert installed.is_file(), f"{name} is not in the wheel"
