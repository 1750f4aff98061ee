"""One more rule for passwords, not one's own name; and what makes a link to a new password worthless."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tinhso.base.text import fold

SHORTEST_PART = 3


class NotTheName:
    """Refuse a password that holds the user name."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password holds the user name, in any case."""
        name = fold(getattr(user, "username", "") or "")
        if len(name) >= SHORTEST_PART and name in fold(password):
            raise ValidationError(_("Do not use your user name inside the password."), code="password_is_name")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("Do not use your user name inside the password.")


class ResetTokens(PasswordResetTokenGenerator):
    """Links to a new password: worthless once the password, the last sign-in or the owner's address has changed."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}|{user.reached_at}"
