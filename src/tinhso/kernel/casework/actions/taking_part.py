"""
Participants of a case: their records are opened, stopped and closed as the flow reaches and leaves their parts.

What a move has made of the marking says everything: a part that holds a token is open, one in which all waits for the
applicant stands still. So nobody can open or close a record by hand, and an act cannot forget to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework import access, engine
from tinhso.kernel.casework.actions.places import UNITS, place_of
from tinhso.kernel.casework.actions.refusals import NoAgency
from tinhso.kernel.casework.actions.standing import Standing
from tinhso.kernel.casework.bpmn.graph import Graph, Node
from tinhso.kernel.casework.engine import Step, Token
from tinhso.kernel.casework.models import LIVE, Case, Participant, PartRole, Task
from tinhso.kernel.casework.participants import due_of_part
from tinhso.kernel.casework.services import Part
from tinhso.kernel.journal.public import record

ASKED_UNTIL = "opinion_by"
"""Variable of a case that holds, as an ISO moment, until when those who are consulted are to answer."""
CANCELLED, NOT_REACHED, SILENT = "cancelled", "not_reached", "silent"
"""How a part ends that no step of it ended: with the case, before it began, by its time running out."""


@dataclass
class Parts:
    """The records of a case while a move is written."""

    open: dict[str, Participant] = field(default_factory=dict)
    """Those that are open after the move, by key."""

    def due_before(self, graph: Graph, marking: Mapping[int, Token], token: Token | None) -> Participant | None:
        """Return in whose part a token is."""
        return self.open.get(engine.part_of(graph, marking, token)) if token and self.open else None


def plan_parts(case: Case, parts: Iterable[Part]) -> None:
    """Write down who will take part: known from the beginning, begun by the flow. One statement, none for nobody."""
    Participant.objects.bulk_create(
        Participant(
            case=case, key=part.key, role=part.role, position=part.position, agency_code=part.agency, task=part.task,
            task_en=part.task_en, limit_amount=part.limit_amount, limit_unit=part.limit_unit, law=part.law,
            is_verified=part.verified,
        )
        for part in parts
    )  # fmt: skip


def move_parts(
    standing: Standing,
    step: Step,
    variables: Mapping[str, object],
    *,
    outcome: str = "",
    fired: tuple[int, str] | None = None,
    actor: Actor,
    at: datetime,
) -> Parts:
    """
    Open, stop, start and close the records of participants as a move says. No statement for a flow that has none.

    `outcome`: of the step that was done; `fired`: token and node of a clock that ran out.
    """
    graph, case, found = standing.graph, standing.case, Parts()
    if not graph.participants:
        return found
    rows = {row.key: row for row in Participant.objects.filter(case=case, ended_at__isnull=True)}
    now = engine.parts_open(graph, step.marking.tokens)
    change = _Change(standing, step, variables, actor, at)
    if fired:
        outcome = change.note_silence(rows, fired) or outcome
    for key, row in rows.items():
        if row.is_running and key not in now:
            change.close(row, outcome if step.marking.tokens or outcome else CANCELLED)
        elif not row.is_running and not step.marking.tokens:
            change.drop(row)
    for key, waits_for in now.items():
        known = rows.get(key)
        found.open[key] = known if known and known.is_running else change.open(key, known)
        change.stop_or_go(found.open[key], waits_for)
    return found


@dataclass
class _Change:
    standing: Standing
    step: Step
    variables: Mapping[str, object]
    actor: Actor
    at: datetime

    def tell(self, event: str, row: Participant, **facts: Any) -> None:
        """Journal what became of a record."""
        told: dict[str, Any] = {
            "case": str(row.case_id),
            "participant": row.key,
            "agency": row.agency_code,
            "role": row.role,
        }
        record(event, self.standing.case, actor=self.actor, at=self.at, **told, **facts)

    def open(self, key: str, planned: Participant | None) -> Participant:
        """Begin the part that was planned, or one of which nobody knew before: an opinion, or a part done again."""
        row = planned or self._unplanned(key)
        row.started_at = row.clock_from = self.at
        row.due_at = self._asked_until(row) or due_of_part(row)
        row.save()
        self.tell("casework.part_begun", row, due_at=row.due_at, law=row.law)
        return row

    def _asked_until(self, row: Participant) -> datetime | None:
        """Return the deadline that whoever asks for an opinion has set."""
        written = self.variables.get(ASKED_UNTIL) if row.role == PartRole.CONSULTED else None
        return datetime.fromisoformat(written) if isinstance(written, str) and written else None

    def _unplanned(self, key: str) -> Participant:
        case = self.standing.case
        again = Participant.objects.filter(case=case, key=key).order_by("-started_at").first()
        if again:
            return Participant(
                case=case, key=key, role=again.role, position=again.position, agency_code=again.agency_code,
                task=again.task, task_en=again.task_en, limit_amount=again.limit_amount, limit_unit=again.limit_unit,
                law=again.law, is_verified=again.is_verified,
            )  # fmt: skip
        node = self._node_of(key)
        within = node.within
        return Participant(
            case=case, key=key, role=PartRole.CONSULTED, agency_code=self._agency_of(key, node), task=node.name,
            task_en=node.name_en, limit_amount=Decimal(within.amount) if within else None,
            limit_unit=UNITS[within.unit] if within else "",
        )  # fmt: skip

    def _node_of(self, key: str) -> Node:
        graph, tokens = self.standing.graph, self.step.marking.tokens
        for token in tokens.values():
            if engine.part_of(graph, tokens, token) == key:
                node = graph.nodes[token.node]
                while not node.participant:
                    node = graph.nodes[node.scope]
                return node
        raise NotFound

    def _agency_of(self, key: str, node: Node) -> str:
        _name, _slash, item = key.partition("/")
        agency = item or place_of(node, self.standing.case.agencies, {})
        if not agency:
            raise NoAgency(step=node.name or node.id, place=node.agency or node.lane or node.role)
        return agency

    def close(self, row: Participant, outcome: str) -> None:
        """End a part: its clock stops for good."""
        self._go_on(row)
        row.ended_at, row.outcome = self.at, outcome
        row.save()
        self.tell("casework.part_ended", row, outcome=outcome, late=row.due_at is not None and self.at > row.due_at)

    def drop(self, row: Participant) -> None:
        """Strike out a part that the case did not come to."""
        row.ended_at, row.outcome = self.at, NOT_REACHED
        row.save(update_fields=["ended_at", "outcome"])

    def stop_or_go(self, row: Participant, waits_for: str) -> None:
        """Let the clock stand while all of the part waits for the applicant, and count anew when that came."""
        if waits_for and row.paused_at is None:
            row.paused_at = self.at
            row.save(update_fields=["paused_at"])
            self.tell("casework.part_stopped", row, reason=waits_for)
        elif not waits_for and row.paused_at is not None:
            was = row.due_at
            self._go_on(row)
            row.clock_from = self.at
            row.due_at = due_of_part(row) or was
            row.save(update_fields=["paused_at", "pauses", "clock_from", "due_at"])
            self.tell("casework.part_resumed", row, was=was, due_at=row.due_at)

    def _go_on(self, row: Participant) -> None:
        if row.paused_at is not None:
            row.pauses = [
                *row.pauses, {"from": row.paused_at.isoformat(), "to": self.at.isoformat(), "reason": engine.PAUSING}
            ]  # fmt: skip
            row.paused_at = None

    def note_silence(self, rows: Mapping[str, Participant], fired: tuple[int, str]) -> str:
        """Note, once, that the time of a part ran out without an answer. Returns how the part ends if this ended it."""
        number, node = fired
        marking = self.standing.marking.tokens
        token = marking.get(number)
        if token is None or not self.standing.graph.nodes[node].attached_to:
            return ""
        row = rows.get(engine.part_of(self.standing.graph, marking, token))
        if row is None or row.silent_at is not None:
            return ""
        row.silent_at = self.at
        row.save(update_fields=["silent_at"])
        waits = engine.parts_open(self.standing.graph, self.step.marking.tokens)
        self.tell("casework.part_silent", row, due_at=row.due_at, goes_on=row.key not in waits)
        return SILENT


@act
def note_late_answer(participant_id: UUID, *, actor: Actor, at: datetime) -> Participant:
    """Note that an answer came when the flow had gone on without it. Raises NotFound for a part that is not silent."""
    row = Participant.objects.select_for_update(of=("self",)).filter(pk=participant_id).select_related("case").first()
    if row is None or row.silent_at is None or row.outcome != SILENT or row.answered_late_at is not None:
        raise NotFound
    require(access.can_move_cases, actor, row.case)
    row.answered_late_at = at
    row.save(update_fields=["answered_late_at"])
    record(
        "casework.part_answered_late", row.case, actor=actor, at=at, participant=row.key, agency=row.agency_code,
        due_at=row.due_at,
    )  # fmt: skip
    return row


@act
def succeed(before: str, after: str, *, case_id: UUID | None = None, actor: Actor, at: datetime) -> list[Case]:
    """
    Let a successor take over what an agency that ceased has open as a participant: records, steps, the places of its cases.

    `case_id`: in that case only. Clocks run on: the applicant owes nothing to a reform. Returns the cases; again finds nothing.
    """
    require(access.can_mend_cases, actor)
    rows = list(
        Participant.objects.select_for_update(of=("self",))
        .filter(agency_code=before, ended_at__isnull=True, **({"case_id": case_id} if case_id else {}))
        .exclude(role=PartRole.LEAD)
        .select_related("case")
    )
    cases = {row.case_id: row.case for row in rows}
    for row in rows:
        row.before = [*row.before, {"agency": before, "until": at.isoformat()}]
        row.agency_code = after
        row.save(update_fields=["agency_code", "before"])
    for case in cases.values():
        case.agencies = {place: after if code == before else code for place, code in case.agencies.items()}
        case.version += 1
        case.save(update_fields=["agencies", "version"])
        for task in Task.objects.filter(case=case, agency_code=before, state__in=LIVE):
            task.agency_code, task.assignee_official_id, task.assignee_name = after, "", ""
            task.state, task.taken_at, task.version = "open", None, task.version + 1
            task.save()
        parts = [row.key for row in rows if row.case_id == case.pk]
        record("casework.part_succeeded", case, actor=actor, at=at, before=before, agency=after, participants=parts)
    if not cases:
        record("casework.part_succeeded", ("agency", before), actor=actor, at=at, before=before, agency=after)
    return list(cases.values())
