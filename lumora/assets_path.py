"""Where the files that are not code lie: the model catalogue, styles, scripts, fonts, icons."""

from __future__ import annotations

from pathlib import Path


def assets() -> Path:
    """The assets folder: top level of a checkout, inside the package of an installed wheel."""
    package = Path(__file__).resolve().parent
    checkout = package.parent / "assets"
    return checkout if (checkout / "catalog.toml").is_file() else package / "assets"
