"""The province and its cast."""

from __future__ import annotations

import pytest
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside
from tests.world import account_of, racing  # noqa: F401

from tinhso.kernel.identity.public import actor_for
from tinhso.modules.queueing.tests.hall import AT


@pytest.fixture
def lan(province):  # noqa: F811
    """Reception of Minh An."""
    return actor_for(account_of("lan"), assurance="password+totp", level=2, at=AT)


@pytest.fixture
def hoa(province):  # noqa: F811
    """Cashier of Minh An."""
    return actor_for(account_of("hoa"), assurance="password+totp", level=2, at=AT)
