"""Two more rules for passwords, neither one's name nor the house's; when a first one ends; what makes a link to a new one worthless."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.base.refusals import Refusal
from tinhso.base.text import fold
from tinhso.kernel.organisation.public import own_names

SHORTEST_PART = 3
SHORTEST_WORD: Final = 5
PRODUCT: Final = ("Tỉnh Số", "dịch vụ công", "một cửa", "VNeID")
"""What every installation calls itself or leads to; the rest of the words come from the pack of the province."""
_KINDS: Final = (
    "uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|van phong|trung tam|so|phong|ban|chi cuc|chi nhanh|bo phan|"
    "tinh|thanh pho|huyen|quan|thi xa|thi tran|xa|phuong|"
    "people s committee of|people s committee|department of|division of|office of|province|city|district|ward|commune|town|the"
)
_KIND: Final = re.compile(rf"^(?:{_KINDS})\b\s*")


class FirstPasswordEnded(Refusal):
    """A password that an administrator gave was not changed in time."""

    code = "identity.first_password_ended"
    text = gettext_lazy(
        "This first password ended on {ended}. Ask your administrator for a new one, or choose “Forgot your password?”."
    )
    status = HTTPStatus.FORBIDDEN


def has_ended(account: Any, *, at: datetime) -> bool:
    """Tell whether the password of an account was given by somebody else and its time is over."""
    return account.password_until is not None and at >= account.password_until


def words_of_the_house() -> frozenset[str]:
    """
    Return what no password may hold, in small letters without marks, spaces and signs.

    The names of the province and of its agencies, whole and without what kind of office or place it is, and the platform's own.
    """
    return _words((*PRODUCT, *own_names()))


@lru_cache(maxsize=4)
def _words(names: tuple[str, ...]) -> frozenset[str]:
    words: set[str] = set()
    for name in names:
        rest = " ".join(re.findall(r"[a-z0-9]+", fold(name)))
        words.add(rest.replace(" ", ""))
        while (shorter := _KIND.sub("", rest)) != rest:
            rest = shorter
        words.add(rest.replace(" ", ""))
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD)


class NotTheHouse:
    """Refuse a password that holds a name which everybody around would try first (OWASP ASVS 5.0, 6.1.2 and 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password holds a word of the house, however it is written."""
        del user
        plain = "".join(re.findall(r"[a-z0-9]+", fold(password)))
        if any(word in plain for word in words_of_the_house()):
            raise ValidationError(self.get_help_text(), code="password_is_of_the_house")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("Do not use the name of the province, of an agency or of this system inside the password.")


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
