"""The second person looks at a sample of a back-load: only then is it in force, or it is rejected whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.base.rows import insert, new
from tinhso.kernel.journal.public import record
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Batch, BatchState, Holding, OpenedPaper, Reading, State, Why
from tinhso.modules.holdings.queries.batches import get_batch, rows_not_opened
from tinhso.modules.holdings.queries.held import mark_shown

NAMED = 20
"""So many rows are named in a sentence."""


class SampleWrong(Refusal):
    """Something in the sample is wrong: what was not looked at is no better."""

    code = "holdings.sample_wrong"
    text = _(
        "{count} of the sample are wrong, so the back-load cannot be put in force. Reject it, mend the sheet, load it again."
    )


class SampleNotOpened(Refusal):
    """What nobody looked at is not checked."""

    code = "holdings.sample_not_opened"
    text = _("Open the papers of these rows first and compare them: {rows}. What you ticked and wrote is kept.")


def open_sample(batch_id: UUID, *, actor: Actor, at: datetime) -> list[Holding]:
    """Return the holdings of the sample, once it is journalled who was shown them: a reading of each holder's data."""
    rows = _open_sample(batch_id, actor=actor, at=at)
    mark_shown(actor, rows)
    return rows


@act
def _open_sample(batch_id: UUID, *, actor: Actor, at: datetime) -> list[Holding]:
    """Return the sample, and journal it for its purpose."""
    batch = get_batch(batch_id, seen_by=actor)
    require(access.can_check_batch, actor, batch)
    rows = list(Holding.objects.filter(pk__in=batch.sample).order_by("batch_row"))
    insert(
        *(
            new(
                Reading, owner_number=row.owner_number, reader_key=actor.key, reader_name=actor.name,
                agency_code=batch.agency_code, why=Why.CHECK.value, reference=str(batch.id), at=at, holdings=[str(row.id)],
            )
            for row in rows
        )
    )  # fmt: skip
    record("holdings.results_read", batch, actor=actor, at=at, why=Why.CHECK.value, shown=len(rows))
    return rows


@act
def open_paper(batch_id: UUID, holding_id: UUID, *, actor: Actor, at: datetime) -> Holding:
    """Open one paper of the sample, and note that this person did. Raises NotFound for what is not in the sample."""
    batch = _locked(batch_id, actor)
    row = Holding.objects.filter(pk=holding_id, batch=batch).first()
    if row is None or str(holding_id) not in batch.sample:
        raise NotFound
    OpenedPaper.objects.get_or_create(batch=batch, holding_id=holding_id, reader_key=actor.key, defaults={"at": at})
    record("holdings.paper_opened", row, actor=actor, at=at, batch=str(batch.id))
    return row


@act
def put_in_force(batch_id: UUID, *, wrong: Sequence[str] = (), note: str = "", actor: Actor, at: datetime) -> Batch:
    """
    Put a back-load in force after a second person has opened each paper of its sample.

    Raises SampleNotOpened, SampleWrong, Forbidden for the one who began it.
    """
    batch = _locked(batch_id, actor)
    if left := rows_not_opened(batch, actor):
        raise SampleNotOpened(rows=_named(left))
    found = _among(wrong, batch)
    if found:
        raise SampleWrong(count=len(found))
    _close(batch, BatchState.IN_FORCE, [], note, actor=actor, at=at)
    newer = Holding.objects.filter(batch=batch, version__gt=1)
    older = Holding.objects.filter(key__in=newer.values("key"), state=State.IN_FORCE).exclude(batch=batch)
    older.update(state=State.REPLACED, state_at=at)
    record("holdings.batch_checked", batch, actor=actor, at=at, verdict="in_force", sample=len(batch.sample))
    return batch


@act
def reject_batch(batch_id: UUID, *, wrong: Sequence[str] = (), note: str, actor: Actor, at: datetime) -> Batch:
    """Reject a back-load whole: nothing of it counts, and the same sheet may be loaded again. Raises BadInput."""
    batch = _locked(batch_id, actor)
    if not note.strip():
        raise BadInput(faults=[Fault("/note", _("Write what is wrong, for whoever mends the sheet."))])
    _close(batch, BatchState.REJECTED, _among(wrong, batch), note, actor=actor, at=at)
    record(
        "holdings.batch_checked", batch, actor=actor, at=at, verdict="rejected", sample=len(batch.sample),
        wrong=len(batch.wrong),
    )  # fmt: skip
    return batch


def _locked(batch_id: UUID, actor: Actor) -> Batch:
    get_batch(batch_id, seen_by=actor)
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    require(access.can_check_batch, actor, batch)
    return batch


def _named(rows: Sequence[int]) -> str:
    """Return the first rows as words: the sentence stays one."""
    return ", ".join(map(str, rows[:NAMED])) + ("…" if len(rows) > NAMED else "")


def _among(wrong: Collection[str], batch: Batch) -> list[str]:
    return [one for one in batch.sample if one in set(wrong)]


def _close(batch: Batch, state: BatchState, wrong: list[str], note: str, *, actor: Actor, at: datetime) -> None:
    batch.state, batch.wrong, batch.note = state, wrong, note.strip()[:1000]
    batch.checked_by, batch.checked_name, batch.checked_at = actor.key, actor.name, at
    batch.save(update_fields=["state", "wrong", "note", "checked_by", "checked_name", "checked_at"])
