"""What the sandbox remembers: one SQLite file, written through at every change."""

from .database import Store

__all__ = ["Store"]
