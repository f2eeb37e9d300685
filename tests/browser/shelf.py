"""Small documents for the library, and what a test does with a collection over HTTP."""

from __future__ import annotations

import time
from typing import Any

from tests.intake import samples
from tests.serving import Serving

Json = dict[str, Any]

OFFER = [
    [
        (20.0, "Offer 2026-114: heat pump for House 12"),
        (0.0, ""),
        (11.0, "Nordlund Energy offers the heat pump NP-8 installed for 11,480 euros."),
        (11.0, "The price includes the buffer tank, the foundation and the electrical work."),
        (11.0, "The offer is valid until 30 April 2026."),
    ],
    [
        (20.0, "Noise and guarantee"),
        (0.0, ""),
        (11.0, "At three metres the NP-8 reaches 38 dB(A) at night."),
        (11.0, "The compressor has a guarantee of seven years, all other parts of five years."),
    ],
]
GARDEN = """# Garden plan

## Spring

The hedge is cut before 1 March. Tomatoes are sown indoors in the middle of March.

## Summer

The lawn gets water twice a week, early in the morning.

## Autumn

Tulip bulbs go 15 cm deep into the soil in October.
"""
FILES: dict[str, bytes] = {
    "Nordlund.pdf": samples.pdf(OFFER, title="Offer 2026-114"),
    "garden.md": GARDEN.encode(),
}


def clear(serving: Serving) -> None:
    """Take all collections away."""
    with serving.client() as client:
        for each in client.get("/api/v1/collections").json()["items"]:
            assert client.delete(f"/api/v1/collections/{each['id']}").status_code == 204


def collection(serving: Serving, name: str, files: dict[str, bytes] | None = None) -> str:
    """A new collection with these files, all of them read or refused; its id."""
    id: str = serving.post("/api/v1/collections", {"name": f"{name} {time.monotonic_ns() % 10**8}"})["id"]
    for file, body in (FILES if files is None else files).items():
        put(serving, id, file, body)
    settled(serving, id)
    return id


def put(serving: Serving, collection: str, name: str, body: bytes) -> Json:
    """Add a file; the document as it is then."""
    with serving.client() as client:
        told = client.post(f"/api/v1/collections/{collection}/documents", params={"name": name}, content=body)
    assert told.status_code in (200, 201), told.text
    found: Json = told.json()
    return found


def documents(serving: Serving, collection: str) -> list[Json]:
    """The first hundred, newest first."""
    found: list[Json] = serving.get(f"/api/v1/collections/{collection}/documents?limit=100")["items"]
    return found


def settled(serving: Serving, collection: str, patience: float = 60.0) -> Json:
    """The collection once nothing in it is waiting."""
    end = time.monotonic() + patience
    while True:
        found: Json = serving.get(f"/api/v1/collections/{collection}")
        if not found["waiting"] and not found["job"]:
            return found
        assert time.monotonic() < end, found
        time.sleep(0.1)
