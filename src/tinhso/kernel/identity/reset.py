"""A new way in for officials who forgot their password: by mail to the address that the organisation has of them."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm as BaseResetPasswordForm

from tinhso.kernel.identity.queries import accounts_reached_at


class ResetPasswordForm(BaseResetPasswordForm):  # type: ignore[misc]
    """Looks for the official, not for an address kept with the account; citizens and businesses have no password."""

    def clean_email(self) -> str:
        """Return the address as it is kept, as typed when nobody has it: the page says the same either way."""
        email = str(get_adapter().clean_email(self.cleaned_data["email"]))
        self.users = accounts_reached_at(email)
        return self.users[0].reached_at if self.users else email
