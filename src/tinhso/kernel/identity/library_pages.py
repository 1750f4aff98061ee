"""
Which of the sign-in library's pages stand open, and to whom: all others are closed, also those a new release brings.

Officials look after their password and second factors here. Citizens and businesses come by VNeID and have neither:
whatever lets them prove less than that (a password, a code by mail, a passkey) is not there for them.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from tinhso.base.actors import ActorKind

LIBRARY: Final = "allauth."
FOR_ANYBODY: Final = frozenset(
    {
        "account_inactive",
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_signup",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "openid_connect_login",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
    }
)
"""The door itself. The page of sign-up only says that nobody signs up; a new password is sent to officials only."""
FOR_OFFICIALS: Final = frozenset(
    {
        "account_change_password",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
    }
)
"""Whoever is not signed in is sent to sign in first by the page itself."""


def is_closed(request: HttpRequest, view: object) -> bool:
    """Tell whether the page that was asked for is one of the library's that is not there for this actor."""
    if not getattr(view, "__module__", "").startswith(LIBRARY):
        return False
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    if name in FOR_ANYBODY:
        return False
    kind = request.actor.kind  # type: ignore[attr-defined]
    return name not in FOR_OFFICIALS or kind not in (ActorKind.OFFICIAL, ActorKind.ANONYMOUS)
