"""
The backend under the name by which Django looks for it.

Django turns `%s` into `?` with a regular expression for each statement it sends, the same few hundred statements all day.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

LONGEST = 20_000
"""Characters of a statement that is remembered: one that long has many rows in it and hardly comes again."""


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor; what a statement was turned into is kept."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """Return the statement in the driver's own marks, as Django does."""
        if param_names is None and type(query) is str and len(query) <= LONGEST:
            return _spelt(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection with our cursor."""

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 - Django's signature
        """Return a cursor."""
        return self.connection.cursor(factory=Cursor)


@lru_cache(maxsize=2048)
def _spelt(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query)).replace("%%", "%")
