"""Checks passwords, of officials only; reads the signed-in account together with its owner: one statement a page."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.owned import open_account


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend, for accounts with owners."""

    def authenticate(self, request: Any, **credentials: Any) -> Account | None:
        """Return the official's account of a name and its password: nobody else may come by one, whatever is kept."""
        found = super().authenticate(request, **credentials)
        return found if found is not None and found.official_id else None

    def get_user(self, user_id: Any) -> Account | None:
        """Return the open account of a session, None for one that was closed."""
        return open_account(user_id)
