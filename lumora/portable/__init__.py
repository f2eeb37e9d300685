"""Chats in and out: exports of other programs read, our own written. Everything goes through in pieces."""
