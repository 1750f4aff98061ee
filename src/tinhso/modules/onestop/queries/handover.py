"""Hand-over lists as each side sees them, and where a dossier is between post and desk."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.public import Agency, agencies_by_code, served_by
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import (
    DeliveryState,
    Direction,
    Dossier,
    HandOver,
    HandOverItem,
    HandOverState,
    ItemState,
    Way,
)
from tinhso.modules.onestop.queries.paging import Keys, Page, page_of
from tinhso.modules.onestop.queries.papers.parts import Paper, head, moment, paper

__all__ = [
    "GONE",
    "Direction",
    "HandOver",
    "HandOverState",
    "ItemState",
    "agents_of",
    "fitting",
    "get_list",
    "goes_by_post",
    "items_of",
    "list_paper",
    "lists_of",
    "travels_of",
]
"""With the words of the tables, for the pages."""
BY_ID: Keys = {"id": UUID}
OFFERED = 100
TRAVELS = 20
"""Lists of one dossier that its page shows."""
GONE = (ItemState.WAITING, ItemState.THERE, ItemState.DAMAGED)
"""What went on a list and is on its way or was received; what was missing may go again."""


def lists_of(actor: Actor, *, after: str = "") -> Page[HandOver]:
    """Return the lists of the actor's post offices and desks, the newest first. One statement."""
    return page_of(_mine(actor), BY_ID, after=after, newest=True)


def _mine(actor: Actor) -> QuerySet[HandOver]:
    return HandOver.objects.filter(
        Q(agent_code__in=actor.agencies_with(["postal"])) | Q(desk_code__in=actor.agencies_with(access.DESK))
    )


def get_list(list_id: UUID, *, seen_by: Actor) -> HandOver:
    """Return a list that the actor has a side in. Raises NotFound alike for absent and hidden."""
    found = HandOver.objects.filter(pk=list_id).first()
    if found is None or not access.sees_list(seen_by, found):
        raise access.hidden(seen_by)
    return found


def items_of(found: HandOver) -> list[HandOverItem]:
    """Return what is on a list, in the order in which it was put there. One statement."""
    wanted = (
        "handover",
        "dossier__code",
        "dossier__applicant_name",
        "dossier__service_name",
        "dossier__service_name_en",
    )
    own = ("direction", "papers", "state", "note", "checked_by", "checked_at")
    return list(found.items.select_related("dossier").only(*wanted, *own).order_by("id"))


def fitting(found: HandOver) -> list[Dossier]:
    """Return what could still be put on a list: taken at this post office, or a result that goes by post; the oldest first."""
    gone = HandOverItem.objects.filter(direction=found.direction, state__in=GONE)
    if found.direction == Direction.IN:
        rows = Dossier.objects.filter(agent_code=found.agent_code, state=NationalState.FILED).order_by("id")
    else:
        rows = Dossier.objects.filter(
            desk_code=found.desk_code, delivery=DeliveryState.READY, result_way=Way.POST
        ).order_by("finished_at")
    wanted = rows.exclude(pk__in=gone.values("dossier")).only("id", "code", "applicant_name", "service_name")
    return list(wanted[:OFFERED])


def agents_of(actor: Actor, on: date) -> list[tuple[str, Agency]]:
    """Return with whom the actor may begin a list: direction and post office."""
    own = agencies_by_code(actor.agencies_with(["postal"]), on).values()
    found = [(str(Direction.IN), agent) for agent in own if agent.kind == "postal"]
    for desk in sorted(actor.agencies_with(access.DESK)):
        found += [(str(Direction.OUT), agent) for agent in served_by(desk, on) if agent.kind == "postal"]
    return found


def goes_by_post(dossier: Dossier) -> bool:
    """Tell whether a dossier, or its result, can be on a list at all. No statement."""
    return bool(dossier.agent_code) or dossier.result_way == Way.POST


def travels_of(dossier: Dossier, actor: Actor) -> list[dict[str, Any]]:
    """Return each list on which a dossier or its result went, the newest first: for the office's page. One statement."""
    rows = dossier.handed.select_related("handover").order_by("-id")[:TRAVELS]
    return [
        {
            "item": item,
            "list": item.handover,
            "way": Direction(item.direction).label,
            "state": HandOverState(item.handover.state).label,
            "found": ItemState(item.state).label if item.handover.state != HandOverState.DRAFT else "",
            "is_amiss": item.state in (ItemState.MISSING, ItemState.DAMAGED),
            "may_open": access.sees_list(actor, item.handover),
        }
        for item in rows
    ]


def list_paper(found: HandOver) -> Paper:
    """Return the list on paper, with who gave and who received; what was found stands beside each thing."""
    at = found.sent_at or found.made_at
    names = agencies_by_code({found.agent_code, found.desk_code}, civil_date(at))
    return paper(
        "hand-over",
        {
            "head": head(found.giver, civil_date(at)),
            "code": f"{found.number}/{found.year}" if found.number else "",
            "number": f"{found.number:04d}" if found.number else "",
            "is_out": found.direction == Direction.OUT,
            "giver": names[found.giver].name if found.giver in names else found.giver,
            "receiver": names[found.receiver].name if found.receiver in names else found.receiver,
            "tracking": found.tracking,
            "sent": moment(found.sent_at),
            "sent_by": found.sent_by,
            "closed": moment(found.closed_at),
            "closed_by": found.closed_by,
            "is_closed": found.state == HandOverState.CLOSED,
            "rows": [
                {
                    "code": item.dossier.code,
                    "name": item.dossier.applicant_name,
                    "service": item.dossier.service_name,
                    "papers": item.papers,
                    "state": str(item.state),
                    "note": item.note,
                }
                for item in items_of(found)
            ],
        },
    )
