"""Dossiers that wait, oldest first, for rules that look at time alone: each by an index of those that wait, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.casework.public import Waiting, WaitingQuery
from tinhso.modules.onestop.models import Dossier, Result

# written out: with the states as parameters SQLite does not see that the partial index holds all it needs
_FILED = RawSQL("onestop_dossier.state = 1", [], output_field=BooleanField())
_ACCEPTED = RawSQL("onestop_dossier.state = 2", [], output_field=BooleanField())
_SETTLED = RawSQL("onestop_dossier.state IN (2, 4)", [], output_field=BooleanField())
_PAUSED = RawSQL("onestop_dossier.state = 5", [], output_field=BooleanField())
_NOT_ISSUED = RawSQL("onestop_result.issued_at IS NULL", [], output_field=BooleanField())


def _dossiers(these: RawSQL, moment: str) -> Callable[[Waiting | None, datetime, int], Sequence[Waiting]]:
    def find(after: Waiting | None, until: datetime, limit: int) -> list[Waiting]:
        rows = Dossier.objects.filter(these, **{f"{moment}__lte": until})
        return _page(rows, moment, "code", after, limit)

    return find


def _signed(after: Waiting | None, until: datetime, limit: int) -> list[Waiting]:
    rows = Result.objects.filter(_NOT_ISSUED, signed_at__lte=until)
    return _page(rows, "signed_at", "dossier__code", after, limit)


def _page(rows: QuerySet[Any], moment: str, key: str, after: Waiting | None, limit: int) -> list[Waiting]:
    if after is not None:
        beyond = Q(**{f"{moment}__gt": after.since}) | Q(**{moment: after.since, f"{key}__gt": after.subject_key})
        # said twice: the first is a range of the index, the second parts those of one moment
        rows = rows.filter(beyond, **{f"{moment}__gte": after.since})
    found = rows.order_by(moment, key).values_list(key, moment)[:limit]
    return [Waiting(code, since, since.strftime("%Y%m%dT%H%M%S")) for code, since in found]


WAITING = (
    WaitingQuery(
        "filed",
        _("Filed, and nobody has answered"),
        _dossiers(_FILED, "submitted_at"),
    ),
    WaitingQuery("accepted", _("Received, and not moved"), _dossiers(_ACCEPTED, "received_at")),
    WaitingQuery("due", _("Being settled, by due date"), _dossiers(_SETTLED, "due_at")),
    WaitingQuery("paused", _("Waiting for the applicant"), _dossiers(_PAUSED, "paused_at")),
    WaitingQuery("signed", _("Signed, and not issued"), _signed),
)
