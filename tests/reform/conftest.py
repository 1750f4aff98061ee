"""Fixtures of the reform: the province before it."""

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
