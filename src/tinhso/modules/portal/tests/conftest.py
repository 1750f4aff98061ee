"""Fixtures of the front door's tests: the province."""

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside
