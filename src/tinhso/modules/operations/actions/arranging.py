"""Arranging a board: adding a figure to a block, taking one off, moving one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Stale
from tinhso.kernel.indicators.public import list_indicators
from tinhso.kernel.journal.public import record
from tinhso.modules.operations import access, events
from tinhso.modules.operations.models import Board

MOST_TILES = 24
VERBS = ("add", "remove", "earlier", "later", "rank")


class ArrangedMeanwhile(Stale):
    """Somebody else arranged it."""

    code = "operations.arranged_meanwhile"
    text = _("Somebody else has arranged this board meanwhile. Look at it again, then change it.")


@act
def arrange(code: str, verb: str, block: str, indicator: str, *, seen: int, actor: Actor, at: datetime) -> Board:
    """
    Change one tile of a block of a board: add, remove, earlier, later, or rank agencies by it.

    `seen` is the version that the page showed. Raises NotFound, ArrangedMeanwhile, BadInput for a figure that is not there.
    """
    require(access.can_arrange_board, actor)
    row = Board.objects.select_for_update().filter(pk=code, is_active=True).first()
    blocks: list[dict[str, Any]] = row.blocks if row else []
    found = next((each for each in blocks if each["code"] == block), None)
    if row is None or found is None or verb not in VERBS:
        raise NotFound
    if row.version != seen:
        raise ArrangedMeanwhile
    _change(found, verb, indicator)
    row.version, row.changed_by, row.changed_at = row.version + 1, actor.name[:200], at
    row.save()
    record(events.ARRANGED.key, row, actor=actor, at=at, verb=verb, block=block, indicator=indicator)
    return row


def _change(block: dict[str, Any], verb: str, indicator: str) -> None:
    tiles: list[str] = block["tiles"]
    if verb in {"add", "rank"}:
        if indicator not in list_indicators([indicator]):
            raise BadInput(faults=[Fault("/indicator", _("Choose a figure of the list."))])
        if verb == "rank":
            block["rank"] = indicator
            return
        if indicator in tiles:
            raise BadInput(faults=[Fault("/indicator", _("This figure stands in the block already."))])
        if len(tiles) >= MOST_TILES:
            raise BadInput(faults=[Fault("/indicator", _("A block has 24 figures at most. Take one off first."))])
        tiles.append(indicator)
        return
    if indicator not in tiles:
        raise NotFound
    place = tiles.index(indicator)
    tiles.pop(place)
    if verb == "remove":
        if block.get("rank") == indicator:
            block["rank"] = ""
    else:
        tiles.insert(max(0, place - 1) if verb == "earlier" else place + 1, indicator)
