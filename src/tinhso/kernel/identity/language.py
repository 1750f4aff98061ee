"""The language somebody chose while signed in is also the language of their mail."""

from __future__ import annotations

from tinhso.base.actors import ActorKind
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.sessions import ActorRequest


def keep_language(request: ActorRequest, language: str) -> None:
    """Keep the language that was chosen with the account that is signed in, if one is. Named by `WEB_KEEP_LANGUAGE`."""
    account = request.user
    if not isinstance(account, Account) or request.actor.kind is ActorKind.ANONYMOUS or account.language == language:
        return
    actions.choose_language(account, language, actor=request.actor, at=request.at)
