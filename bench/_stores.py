"""Where a seed writes: SQLite without waiting for the disk, PostgreSQL by COPY; and the Merkle log, grown leaf by leaf."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any


class Sqlite:
    """Writes rows without waiting for the disk; puts back indexes, triggers and safety at the end."""

    def __init__(self, connection: Any) -> None:
        connection.ensure_connection()
        self.raw = connection.connection
        self.later: list[str] = []
        for pragma in (
            "journal_mode=DELETE",
            "journal_mode=OFF",
            "synchronous=OFF",
            "cache_size=-600000",
            "foreign_keys=OFF",
        ):
            self.raw.execute(f"PRAGMA {pragma}").fetchall()

    def drop_indexes(self, tables: Sequence[str]) -> None:
        """Take away what can be made again: indexes that no constraint needs, and the triggers of the search."""
        marks = ", ".join("?" * len(tables))
        found = self.raw.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            f" AND tbl_name IN ({marks})",
            list(tables),
        ).fetchall()
        for kind, name, sql in found:
            if not sql.startswith("CREATE UNIQUE"):
                self.raw.execute(f'DROP {kind} "{name}"')
                self.later.append(sql)
        self.raw.execute("BEGIN")

    def write(self, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
        """Insert rows."""
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        self.raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def clear(self, table: str) -> None:
        """Empty a table."""
        self.raw.execute(f"DELETE FROM {table}")

    def finish(self) -> None:
        """Make indexes, triggers and the search again, and the database safe."""
        from importlib import import_module

        search = import_module("tinhso.modules.onestop.migrations.0002_search")
        self.raw.execute("DELETE FROM onestop_search")
        self.raw.execute(search.SQLITE[1])
        for sql in self.later:
            self.raw.execute(sql)
        self.raw.execute("COMMIT")
        for pragma in ("synchronous=FULL", "journal_mode=WAL", "cache_size=-32000", "foreign_keys=ON"):
            self.raw.execute(f"PRAGMA {pragma}").fetchall()

    @staticmethod
    def moment(second: int) -> str:
        """Return a moment as the database keeps it."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))

    @staticmethod
    def blob(value: bytes) -> Any:
        """Return bytes as the database takes them."""
        return value


class Postgresql:
    """Writes rows by COPY; indexes stay, for they cost little there."""

    def __init__(self, connection: Any) -> None:
        connection.ensure_connection()
        self.cursor = connection.connection.cursor()
        self.connection = connection.connection
        self.cursor.execute("SET synchronous_commit = off")

    def drop_indexes(self, tables: Sequence[str]) -> None:
        """Begin."""

    def write(self, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
        """Copy rows in, as text."""
        names = ", ".join(f'"{name}"' for name in columns)
        with self.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def clear(self, table: str) -> None:
        """Empty a table."""
        self.cursor.execute(f"DELETE FROM {table}")

    def finish(self) -> None:
        """Have the planner know what is there."""
        self.cursor.execute("SET synchronous_commit = on")
        self.cursor.execute("ANALYZE")

    @staticmethod
    def moment(second: int) -> str:
        """Return a moment as COPY takes it."""
        return time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime(second))

    @staticmethod
    def blob(value: bytes) -> Any:
        """Return bytes as COPY takes them."""
        return "\\x" + value.hex()


class Log:
    """The Merkle log, grown leaf by leaf, with a root for every hundred thousand lines."""

    ROOT_EVERY = 100_000

    store: Any

    def __init__(self, at: datetime) -> None:
        from tinhso.kernel.journal import merkle
        from tinhso.kernel.journal.reading import fetch_hashes
        from tinhso.kernel.journal.sealing import latest_root, seal_all

        while seal_all(at):
            pass
        last = latest_root()
        size = last.size if last else 0
        places = merkle.peaks(0, size)
        known = fetch_hashes(places)
        self.merkle, self.at = merkle, at
        self.growth = merkle.Growth.of(size, [known[place] for place in places])
        self.next_node = merkle.nodes_before(size)
        self.chain = bytes(last.chain) if last else bytes(32)
        self.leaves: list[tuple[Any, ...]] = []
        self.since = 0

    def add(self, entry: str, content: bytes) -> None:
        """Append the leaf of an entry."""
        leaf = self.merkle.leaf_hash(content)
        self.leaves.append((self.growth.size, entry, self.store.blob(leaf)))
        self.growth.add(leaf)
        self.since += 1

    def flush(self, *, is_last: bool = False) -> None:
        """Write what has grown; a root when it is time."""
        blob = self.store.blob
        self.store.write("journal_leaf", ("number", "entry_id", "hash"), self.leaves)
        nodes = [(number, blob(node)) for number, node in enumerate(self.growth.grown, self.next_node)]
        self.store.write("journal_node", ("number", "hash"), nodes)
        self.next_node += len(nodes)
        self.growth.grown.clear()
        self.leaves.clear()
        if self.since >= self.ROOT_EVERY or (is_last and self.since):
            from tinhso.kernel.journal.content import moment

            root = self.growth.root
            chain = self.merkle.chain_hash(self.chain, self.growth.size, root, moment(self.at))
            row = (
                self.growth.size,
                blob(root),
                self.store.moment(int(self.at.timestamp())),
                blob(self.chain),
                blob(chain),
            )
            self.store.write("journal_root", ("size", "hash", "at", "previous", "chain"), [row])
            self.chain, self.since = chain, 0
