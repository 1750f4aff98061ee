"""Fixtures of the reform: the province before it."""

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside
