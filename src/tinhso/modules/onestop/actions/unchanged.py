"""An act on what the reader saw: `If-Match` against the state of the dossier, under the lock of the act."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.http import parse_etags

from tinhso.base.actors import Actor
from tinhso.base.refusals import Stale
from tinhso.modules.onestop.actions.steps import locked_dossier
from tinhso.modules.onestop.queries.dossiers import etag_now


class ChangedSince(Stale):
    """The dossier is no longer as the sender saw it (RFC 9110 §13.1.1)."""

    code = "onestop.changed_since"
    status = HTTPStatus.PRECONDITION_FAILED


def require_unchanged(code: str, expected: str, *, actor: Actor) -> None:
    """Go on only if the dossier is as `If-Match` says; locks it for the running act. Raises NotFound, ChangedSince."""
    dossier = locked_dossier(code, actor)
    wanted = parse_etags(expected)
    if "*" not in wanted and etag_now(dossier) not in wanted:
        raise ChangedSince
