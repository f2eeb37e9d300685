"""Numbered, append-only steps that make the schema. Never edit one that was released."""
