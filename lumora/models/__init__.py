"""Models: what can be installed, the local engine, and other servers that speak the same protocol."""
