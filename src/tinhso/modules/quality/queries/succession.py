"""What quality leaves open in agencies that a reform ends, for its dry run. Figures stay with the agency that earned them."""

from __future__ import annotations

from django.db.models import Count as Number
from django.utils.translation import gettext_noop

from tinhso.kernel.organisation.public import Count, Heirs
from tinhso.modules.quality.models import Reported, ReportState, Survey


def count_figures(heirs: Heirs) -> list[Count]:
    """Return the reported figures that nobody has approved, by agency: its successor's leader or an auditor decides."""
    rows = Reported.objects.filter(agency_code__in=heirs.ended, state=ReportState.WAITING).values_list("agency_code")
    counted = rows.annotate(n=Number("pk")).order_by("agency_code")
    title = gettext_noop("Waits for approval: by the leader of the successor or an auditor")
    return [Count(code, title, n, heirs.of(code)) for code, n in counted]


def count_surveys(heirs: Heirs) -> list[Count]:
    """Return the surveys that are not closed, by agency: they run to their end, among who was drawn."""
    rows = Survey.objects.filter(agency_code__in=heirs.ended, closed_at__isnull=True).values_list("agency_code")
    counted = rows.annotate(n=Number("pk")).order_by("agency_code")
    return [Count(code, gettext_noop("Runs to its end, of the old agencies"), n, heirs.of(code)) for code, n in counted]
