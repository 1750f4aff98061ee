"""Entering an index of TT 01/2018/TT-VPCP that is no count, with its evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.journal.public import record
from tinhso.law.quality import nine
from tinhso.modules.quality import access
from tinhso.modules.quality.models import Entered
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import agency_of, day_of

LONGEST_EVIDENCE = 1000


@act
def enter_points(
    agency_code: str, period: Period, number: int, value: str, *, evidence: str, official: str = "", actor: Actor,
    at: datetime,
) -> Entered:  # fmt: skip
    """
    Enter one index of an agency, or of an official (`official:<id>`), for a period; what stood before is in the journal.

    (5) and (8) are entered as shares in percent, the others as 0 to 2. Raises BadInput.
    """
    agency = agency_of(agency_code, day_of(period, at))
    require(access.can_enter_points, actor, agency.path_codes)
    given = _checked(number, value, evidence.strip(), of_official=bool(official))
    row, _made = Entered.objects.update_or_create(
        agency_code=agency.code, official_key=official[:80], first=period.first, last=period.last, number=number,
        defaults={"value": given, "evidence": evidence.strip()[:LONGEST_EVIDENCE], "entered_by": actor.name, "entered_at": at},
    )  # fmt: skip
    record(
        "quality.points_entered", ("quality_points", row.pk), actor=actor, at=at, agency=agency.code, official=official,
        first=period.first, last=period.last, number=number, value=str(given), evidence=evidence.strip(),
    )  # fmt: skip
    return row


def _checked(number: int, value: str, evidence: str, *, of_official: bool) -> Decimal:
    """Return the value. Raises BadInput with each place to mend."""
    faults = []
    allowed = set(nine.ENTERED) & set(nine.OF_OFFICIALS) if of_official else set(nine.ENTERED)
    if number not in allowed:
        faults.append(Fault("/number", _("This index is counted, not entered.")))
    most = 100 if number in nine.AS_SHARES else 2
    try:
        given = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        given = Decimal(-1)
    if not given.is_finite() or not 0 <= given <= most:
        faults.append(Fault("/value", _("Give a number from 0 to 2; for the indices 5 and 8 a share from 0 to 100.")))
    if not evidence:
        faults.append(Fault("/evidence", _("Say what this rests on: a number of minutes, a list, a decision.")))
    if faults:
        raise BadInput(faults=faults)
    return given.quantize(Decimal("0.01"))
