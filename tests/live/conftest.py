"""Fixtures lent by others: the province and its cast."""

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests.conftest import own_folders, who  # noqa: F401 - lent to the tests beside
