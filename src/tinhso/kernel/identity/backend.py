"""Reads the signed-in account together with its owner: one statement a page instead of two."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from tinhso.kernel.identity.models import Account


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend, for accounts with owners."""

    def get_user(self, user_id: Any) -> Account | None:
        """Return the open account of a session, None for one that was closed."""
        owners = Account.objects.select_related("official", "person", "business")
        return owners.filter(pk=user_id, is_active=True).first()
