"""allauth's announcements, joined to the journal: passwords and second factors."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals

from tinhso.base.actors import Actor, system
from tinhso.kernel.identity import actions, sessions
from tinhso.kernel.identity.models import Account


def _second_factor_added(request: Any, user: Account, authenticator: Any, **_kwargs: Any) -> None:
    """Count the factor just enrolled as proved in this session, so that the official goes straight on."""
    if authenticator.type == "recovery_codes":
        return
    # allauth's flows are slow to import; signals are needed in every process, this only where people sign in
    from allauth.account.internal.flows.login import record_authentication

    record_authentication(request, user, "mfa", type=authenticator.type, id=authenticator.pk)
    sessions.begin(request, user, at=request.at)
    actions.record_second_factor(user, kind=authenticator.type, added=True, actor=request.actor, at=request.at)
    _end_others(request, user, request.actor)


def _end_others(request: Any, user: Account, actor: Actor) -> None:
    """End the sessions that were opened by what has just been changed: one of them may be why it was changed."""
    actions.end_other_sessions(user, keep=request.session.session_key or "", actor=actor, at=request.at)


def _second_factor_removed(request: Any, user: Account, authenticator: Any, **_kwargs: Any) -> None:
    actions.record_second_factor(user, kind=authenticator.type, added=False, actor=request.actor, at=request.at)
    _end_others(request, user, request.actor)


def _password_changed(request: Any, user: Account, **_kwargs: Any) -> None:
    owner = sessions.actor_of(request, at=request.at)
    actor = owner if owner.key == user.subject_key else system("sign-in")
    actions.record_password(user, actor=actor, at=request.at)
    _end_others(request, user, actor)


def listen() -> None:
    """Join allauth's announcements of passwords and second factors to the journal. Called once, by the app."""
    for signal in (account_signals.password_changed, account_signals.password_set, account_signals.password_reset):
        signal.connect(_password_changed, dispatch_uid="tinhso-password")
    mfa_signals.authenticator_added.connect(_second_factor_added, dispatch_uid="tinhso-second-factor-added")
    mfa_signals.authenticator_removed.connect(_second_factor_removed, dispatch_uid="tinhso-second-factor-removed")
