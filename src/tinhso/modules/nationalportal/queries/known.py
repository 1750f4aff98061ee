"""Which dossiers the portal has taken (QĐ 766/QĐ-TTg 1.4 counts them)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from tinhso.modules.nationalportal.models import Difference, DifferenceKind, Message, MessageState, Taken


def known(codes: Sequence[str]) -> dict[str, bool]:
    """
    Return True for dossiers that the portal took, False for those that wait, were refused or are missing there.

    Left out is what nobody ever noted: filed before the portal was told. Nothing where nobody is told. At most three statements.
    """
    if not settings.NATIONAL_URL:
        return {}
    found = dict.fromkeys(Taken.objects.filter(dossier_code__in=codes).values_list("dossier_code", flat=True), True)
    rest = [code for code in codes if code not in found]
    if rest:
        unsent = Message.objects.filter(dossier_code__in=rest).exclude(state=MessageState.SENT)
        missing = Difference.objects.filter(dossier_code__in=rest, kind=DifferenceKind.MISSING_THERE)
        for rows in (unsent, missing):
            found |= dict.fromkeys(rows.values_list("dossier_code", flat=True), False)
    return found
