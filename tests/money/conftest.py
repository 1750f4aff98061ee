"""The province and everybody in it, for tests of money that ask the check of the whole platform too."""

from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.modules.onestop.tests.conftest import own_folders, who  # noqa: F401
