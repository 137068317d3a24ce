"""The store: every version of every input, what was read of it, and what analysts decided. SQLite or PostgreSQL.

``open_store(url)`` is the one way in. Nothing outside this package knows SQL.
"""

from pipeline.store.store import Store, open_store

__all__ = ["Store", "open_store"]
