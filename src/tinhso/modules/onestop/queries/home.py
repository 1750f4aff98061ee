"""What the one-stop shop answers when others ask: the home page, the procedure's page, the papers."""

from __future__ import annotations

from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import OnlineLevel, Service
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop.access import sees_as_office
from tinhso.modules.onestop.queries.dossiers import get_dossier, list_own
from tinhso.modules.onestop.queries.shown import own_row


def can_apply_online(service: Service) -> bool:
    """Tell whether a service can be filed online here."""
    return service.complete and service.online is not OnlineLevel.NONE


def panel(request: ActorRequest) -> dict[str, Any]:
    """Return the look-up box and, for who is signed in, their latest dossiers."""
    rows = list_own(request.actor, limit=3).rows
    return {"rows": [own_row(dossier, request.at) for dossier in rows], "signed_in": request.actor.is_applicant}


def may_read_office_papers(actor: Actor, code: str) -> bool:
    """Tell whether an actor may read what only those see who work on a dossier: a result before it is issued."""
    try:
        return sees_as_office(actor, get_dossier(code, seen_by=actor))
    except NotFound:
        return False


def may_read_papers(actor: Actor, code: str) -> bool:
    """Tell whether an actor may read the papers of a dossier: whoever may see the dossier."""
    try:
        get_dossier(code, seen_by=actor)
    except NotFound:
        return False
    return True
