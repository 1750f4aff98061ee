"""Fixtures of the data store's tests: the province and the cast of the one-stop shop."""

from __future__ import annotations

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests.conftest import own_folders, statements, who  # noqa: F401
