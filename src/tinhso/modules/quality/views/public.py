"""What everybody may read: the index of the province and of its agencies (QĐ 766/QĐ-TTg is published)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.quality.queries import figures, kept, shown
from tinhso.modules.quality.queries.places import root_code
from tinhso.modules.quality.views.parts import around, period_of


def results(request: ActorRequest) -> HttpResponse:
    """Show the province and its agencies for a period, in figures without any dossier."""
    period = period_of(request)
    rows = figures.table_for(root_code(), period, at=request.at) if root_code() else []
    whole = next((row for row in rows if row.agency.code == root_code()), None)
    return render(
        request,
        "quality/public.html",
        {
            "title": gettext("Quality of service"),
            "whole": whole,
            "stats": shown.headline(whole) if whole else [],
            "plain": shown.in_plain_words(whole) if whole else [],
            "band": shown.band_of(whole.band) if whole else None,
            "groups": shown.groups(whole, None, links=False) if whole else [],
            "rows": shown.table_rows([row for row in rows if row is not whole], links=False),
            "is_counting": kept.is_counting(),
            "crumbs": [{"text": gettext("Home"), "href": "/"}, {"text": gettext("Quality of service")}],
            **around(request, period),
        },
    )
