"""What belongs to the person and not to the page: tests that choose something take it back."""

from __future__ import annotations

from tests.serving import Serving


def forget_preferences(serving: Serving) -> None:
    """As if nothing had ever been chosen."""
    with serving.client() as client:
        told = client.get("/api/v1/preferences").json()
        client.patch("/api/v1/preferences", json=dict.fromkeys(told)).raise_for_status()


def forget_collections(serving: Serving) -> None:
    """No assistant and no project."""
    with serving.client() as client:
        for kind in ("assistants", "projects"):
            for each in client.get(f"/api/v1/{kind}").json()["items"]:
                client.delete(f"/api/v1/{kind}/{each['id']}").raise_for_status()
