"""Fixtures of the played year: the province, and folders of its own."""

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the test beside

from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
