"""What the tests of faults stand on: the province, own folders, a signed-in browser."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside
from tests.world import known_citizen

from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401


@pytest.fixture
def tu(own_folders, db):  # noqa: F811
    """Bà Tư, known to the portal."""
    return known_citizen()


def sign_in(client: Client, account: object) -> None:
    """Sign in as VNeID's door leaves it, keeping what the browser's session held before."""
    come_in(client, account)


@pytest.fixture
def browser(tu):
    """A browser in which bà Tư is signed in."""
    client = Client(headers={"accept-language": "vi"})
    sign_in(client, tu.account)
    return client
