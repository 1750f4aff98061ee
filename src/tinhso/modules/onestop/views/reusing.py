"""What is held already, beside each paper of a supplement: offered to the applicant and at the counter, ticked, sent."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import QueryDict

from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import note_offered
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop.queries.dossiers import DossierView
from tinhso.modules.onestop.queries.held import offers_again


def with_held(view: DossierView, request: ActorRequest, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the things asked for with what is held of each; that an official was shown it is journalled."""
    assert view.supplement is not None
    offers = offers_again(view.dossier, view.supplement, request.actor, on=civil_date(request.at))
    if request.actor.is_official:
        there = sorted({one.id for found in offers.values() for one in found})
        number, service = view.dossier.applicant_number, view.dossier.service_code
        note_offered(number, there, service, actor=request.actor, at=request.at)
    ticked = {str(one) for _component, one in chosen_held(request.POST, view)}
    return [
        {
            **item,
            "held": [
                {"one": one, "place": f"held-{item['component']}", "ticked": str(one.id) in ticked}
                for one in offers.get(item["component"], ())
            ],
        }
        for item in items
    ]


def chosen_held(posted: QueryDict, view: DossierView) -> list[tuple[str, UUID]]:
    """Return what was ticked, by component; what is no id was not typed by a person and is left out."""
    found: list[tuple[str, UUID]] = []
    for component in sorted(view.supplement.components_asked()) if view.supplement else ():
        for text in posted.getlist(f"held-{component}"):
            with contextlib.suppress(ValueError):
                found.append((component, UUID(text)))
    return found
