"""Who asks is read in one statement, with whom the account belongs to."""

from __future__ import annotations

import pytest
from tests.world import account_of, known_citizen, province, snapshots, with_province  # noqa: F401 - fixtures

from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.owned import open_account

pytestmark = with_province


@pytest.mark.parametrize("whose", [lambda: account_of("lan"), lambda: known_citizen().account])
def test_an_account_comes_with_its_owner_and_no_other(whose, django_assert_num_queries):
    account = whose()
    with django_assert_num_queries(1):
        found = open_account(account.pk)
        assert found == account
        assert [found.official, found.person, found.business].count(None) == 2
    assert (found.official, found.person) == (account.official, account.person)


def test_a_closed_account_and_one_that_never_was_are_none():
    account = account_of("lan")
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert open_account(account.pk) is None
    assert open_account(account.official_id) is None
