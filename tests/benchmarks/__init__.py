"""Lumora measured against the plain things it is built on, a module each: `python -m tests.benchmarks`."""
