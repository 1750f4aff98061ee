"""What the applicant thought of it (S-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.steps import locked_dossier
from tinhso.modules.onestop.models import Rating

WORST, BEST = 1, 5
ASPECTS = {
    "attitude": _("How you were treated"),
    "time": _("How long it took"),
    "guidance": _("How clear the guidance was"),
}


class NotYetOver(Refusal):
    """Rating comes after the end."""

    code = "onestop.not_yet_over"
    text = _("You can rate {dossier} once it has been settled.")


class RatedBefore(Refusal):
    """One rating a dossier."""

    code = "onestop.rated_before"
    text = _("You have rated {dossier} already. Thank you.")


@act
def rate_dossier(
    code: str, *, score: int, aspects: Mapping[str, int] | None = None, comment: str = "", actor: Actor, at: datetime
) -> Rating:
    """Rate a finished dossier from 1 to 5. Raises NotYetOver, RatedBefore, BadInput."""
    dossier = locked_dossier(code, actor)
    require(access.can_rate, actor, dossier)
    given = {name: value for name, value in (aspects or {}).items() if name in ASPECTS}
    if not all(WORST <= value <= BEST for value in (score, *given.values())):
        raise BadInput(faults=[Fault("/score", _("Choose one of the five faces."))])
    if dossier.finished_at is None:
        raise NotYetOver(dossier=code)
    if Rating.objects.filter(dossier=dossier).exists():
        raise RatedBefore(dossier=code)
    rating = Rating.objects.create(
        dossier=dossier, agency_code=dossier.agency_code, score=score, aspects=given, comment=comment.strip(), at=at
    )
    record("onestop.dossier_rated", dossier, actor=actor, at=at, score=score)
    return rating
