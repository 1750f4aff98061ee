"""
Dossiers to copy: every way a dossier goes is played once by acting, and what the acts wrote is kept row by row.

A template becomes a function, written as source and compiled once: it takes what differs (ids, moments, agency, person)
and returns the rows. So a copied dossier has the rows that acting makes, and making one costs a fifth of a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from _world import SERVICE, birth_answers
from lifecycle import a_pdf

TABLES = {
    "onestop_dossier": "id = {dossier}",
    "onestop_result": "dossier_id = {dossier}",
    "onestop_supplementrequest": "dossier_id = {dossier}",
    "onestop_payment": "dossier_id = {dossier}",
    "onestop_pause": "dossier_id = {dossier}",
    "onestop_duechange": "dossier_id = {dossier}",
    "casework_case": "id = {case}",
    "casework_token": "case_id = {case}",
    "casework_task": "case_id = {case}",
}
NUMBERED = ("onestop_pause", "onestop_duechange")
"""Tables whose id the database gives."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?")
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FAR = "9999"

ACTORS = ("applicant", "reception", "head", "processor", "leader", "clerk")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a template is played: the agency, its desk, the division, the service."""

    service_code: str
    service_name: str
    service_name_en: str
    folded_name: str
    agency: str
    agency_name: str
    desk: str
    office: str


@dataclass(slots=True)
class Template:
    """What one way writes."""

    way: tuple[str, ...]
    make: Callable[[Any], dict[str, list[tuple[Any, ...]]]]
    ids: int
    others: list[tuple[int, int, int]]
    """Moments that are no act's: (stage, days after it, second of the civil day)."""
    due: int | None
    """Which of them is the due date that journal lines and variables name; None while there is none."""
    lines: list[tuple[int, tuple[Any, ...], Callable[[Any], tuple[str, str]]]]
    """stage; event, kind of actor, assurance, act and role; and what makes agency and facts."""


def columns_of(table: str) -> list[str]:
    """Return the columns of a table as the database has them, without the id that it gives itself."""
    from django.apps import apps

    described = next(model._meta for model in apps.get_models() if model._meta.db_table == table)  # noqa: SLF001
    names = [field.column for field in described.concrete_fields]
    return names[1:] if table in NUMBERED else names


def read_rows(table: str, where: str) -> list[tuple[Any, ...]]:
    """Return rows as the database spells them: all as text, which each column takes back as what it was."""
    from django.db import connection

    wanted = ", ".join(f'CAST("{name}" AS text)' for name in columns_of(table))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {table} WHERE {where} ORDER BY 1")
        return cursor.fetchall()


class Reader:
    """Turns what one played dossier wrote into a template."""

    def __init__(
        self, dossier: Any, place: Place, actors: dict[str, tuple[str, str]], stages: Sequence[datetime]
    ) -> None:
        self.dossier, self.place, self.stages = dossier, place, list(stages)
        self.marks = self._marks(actors)
        self.ids: dict[str, int] = {}
        self.others: list[tuple[int, int, int]] = []
        self.constants: list[Any] = []

    def _marks(self, actors: dict[str, tuple[str, str]]) -> dict[str, str]:
        place, dossier = self.place, self.dossier
        marks = {
            dossier.code: "c.code",
            dossier.code.lower(): "c.code_lower",
            place.desk: "c.desk",
            place.office: "c.office",
            place.agency: "c.agency",
            place.agency_name: "c.agency_name",
            place.service_code: "c.service_code",
            place.service_name: "c.service_name",
            place.folded_name: "c.folded_service",
            dossier.applicant_name: "c.name",
            dossier.applicant_folded: "c.folded",
            dossier.applicant_number: "c.number",
            dossier.applicant_phone: "c.phone",
            dossier.owner_key: "c.owner",
        }
        if place.service_name_en:
            marks[place.service_name_en] = "c.service_name_en"
        if getattr(dossier, "result", None) is not None and dossier.result.number:
            marks[dossier.result.number] = "c.result_number"
        if dossier.due_at:
            from tinhso.base.clock import civil

            marks[civil(dossier.due_at).isoformat()] = "c.due_iso"
        for payment in dossier.payments.all():
            marks |= {payment.order_code: "c.order_code", payment.receipt_number: "c.receipt_number"}
        for name in ACTORS[1:]:
            key, said = actors[name]
            marks[key] = f"c.{name}_key"
            marks[key.partition(":")[2]] = f"c.{name}_id"
            marks[said] = f"c.{name}_name"
        return {mark: said for mark, said in marks.items() if mark}

    def template(self, way: tuple[str, ...]) -> Template:
        """Return the template of a way."""
        from django.db import connection

        def key(value: UUID) -> str:
            return f"'{value.hex if connection.vendor == 'sqlite' else value}'"

        known = {"dossier": key(self.dossier.id), "case": key(self.dossier.case_id)}
        source = ["def make(c):", "    i, t, o = c.ids, c.stages, c.others", "    return {"]
        for table, where in TABLES.items():
            names = columns_of(table)
            source.append(f"        {table!r}: [")
            source += [f"            ({self._row(names, row)}),\n" for row in read_rows(table, where.format(**known))]
            source.append("        ],")
        source.append("    }")
        lines = list(self._lines())
        space: dict[str, Any] = {"k": self.constants}
        exec("\n".join(source), space)
        due = self._other(self.dossier.due_at) if self.dossier.due_at else None
        return Template(way, space["make"], len(self.ids), self.others, due, lines)

    def _row(self, names: list[str], row: tuple[Any, ...]) -> str:
        return ", ".join(self._cell(name, value) for name, value in zip(names, row, strict=True)) + ","

    def _cell(self, name: str, value: Any) -> str:  # noqa: PLR0911 - one line a kind of column
        if name in {"answers", "form_code", "form_version"}:
            return f"c.{name}"
        if name == "form_number":
            return "'0'" if value == "0" else "c.form_number"
        if name in {"filed_from", "receipt_entry"}:
            return "None" if name == "filed_from" or value is None else "c.receipt_entry"
        if not value:
            return repr(value)
        if _MOMENT.fullmatch(value):
            return self._moment(value)
        if _ID.fullmatch(value) and name in {"id", "case_id", "dossier_id", "token_id"}:
            return f"i[{self._id(value)}]"
        return self._text(value)

    def _constant(self, value: Any) -> str:
        self.constants.append(value)
        return f"k[{len(self.constants) - 1}]"

    def _id(self, value: str) -> int:
        return self.ids.setdefault(value.replace("-", ""), len(self.ids))

    def _moment(self, value: str) -> str:
        if value.startswith(FAR):
            return repr(value)
        at = datetime.fromisoformat(value).replace(tzinfo=UTC)
        if at in self.stages:
            return f"t[{self.stages.index(at)}]"
        return f"o[{self._other(at)}]"

    def _other(self, at: datetime) -> int:
        from tinhso.base.clock import civil

        before = [number for number, stage in enumerate(self.stages) if stage <= at]
        stage = before[-1] if before else 0
        days = (civil(at).date() - civil(self.stages[stage]).date()).days
        of_day = civil(at).hour * 3600 + civil(at).minute * 60
        found = (stage, days, of_day)
        if found not in self.others:
            self.others.append(found)
        return self.others.index(found)

    def _text(self, value: str) -> str:
        pieces = [piece for piece in re.split(self._pattern(), value) if piece]
        said = [self.marks.get(piece) or self._constant(piece) for piece in pieces]
        return said[0] if len(said) == 1 else " + ".join(said)

    def _pattern(self) -> str:
        return "(" + "|".join(re.escape(mark) for mark in sorted(self.marks, key=len, reverse=True)) + ")"

    def _lines(self) -> Iterator[tuple[int, tuple[Any, ...], Callable[[Any], tuple[str, str]]]]:
        """Yield the journal lines: what is constant, and what makes the rest."""
        from tinhso.base.registry import Event, registry
        from tinhso.kernel.journal.content import canonical
        from tinhso.kernel.journal.public import entries

        shown = {event.key for event in registry.of(Event) if event.public and event.key.startswith("onestop.")}
        keys = {said: mark for mark, said in self.marks.items()}
        for entry in entries(self.dossier.journal_subject).order_by("id"):
            if entry.event not in shown:
                continue
            role = next((name for name in ACTORS[1:] if keys.get(f"c.{name}_key") == entry.actor_key), "applicant")
            constant = (entry.event, entry.actor_kind, entry.assurance, entry.act, role)
            space: dict[str, Any] = {"k": self.constants}
            facts = self._text(canonical(entry.facts).decode())
            agency = self._text(entry.agency) if entry.agency else "''"
            exec(f"def make(c):\n    return {agency}, {facts}", space)
            yield self.stages.index(entry.at), constant, space["make"]


class Player:
    """Plays every way a dossier can go, in one place, with one puppet for each post."""

    def __init__(self, place: Place, at: datetime, steps: Sequence[str]) -> None:
        self.place, self.at, self.steps = place, at, tuple(steps)
        self.actors = self._actors()
        self.played = 0

    def _actors(self) -> dict[str, Any]:
        from tinhso.base.actors import Actor, ActorKind, Holding, system
        from tinhso.kernel.identity.public import find_or_add_person
        from tinhso.kernel.journal.public import new_id
        from tinhso.kernel.organisation.public import get_agency, who_holds

        person = find_or_add_person(
            citizen_number="049195009999",
            full_name="Phan Thị Khuôn Mẫu",
            phone="0900009999",
            actor=system("demo"),
            at=self.at,
        )
        made = {"applicant": Actor(ActorKind.CITIZEN, f"person:{person.id}", person.full_name, "vneid:2", 2)}
        on = self.at.date()
        where = {"reception": self.place.desk, "head": self.place.office, "processor": self.place.office}
        for name in ACTORS[1:]:
            agency = get_agency(where.get(name, self.place.agency), on)
            held = Holding(agency.code, tuple(agency.path.split("/")), f"{agency.code}/{name}", frozenset([name]))
            key = new_id()
            if name == "processor" and "assign" in self.steps:
                self.officer = who_holds(agency.code, "processor", on)[0]
                key = self.officer.id
            made[name] = Actor(
                ActorKind.OFFICIAL, f"official:{key}", f"Mẫu {name}", "password+totp", 2, holdings=(held,)
            )
        return made

    def ways(self) -> Iterator[Template]:
        """Yield a template for every way and every point at which it may stand today."""
        rest = self.steps[self.steps.index("propose") :]
        before = self.steps[: self.steps.index("propose")]
        whole = {
            (*before, *rest),
            (*before, "ask", "answer", *rest),
            ("file", "refuse"),
            ("file", "accept", "withdraw"),
        }
        begun = {way[:length] for way in whole for length in range(1, len(way) + 1)}
        for way in sorted(begun):
            yield self.play(way)

    def play(self, way: tuple[str, ...]) -> Template:
        """Play one way and return its template."""
        from tinhso.modules.onestop.models import Dossier

        self.played += 1
        start = self.at + timedelta(days=self.played)
        stages = [start + timedelta(minutes=7 * number) for number in range(len(way))]
        code = self._file(stages[0])
        for step, at in zip(way[1:], stages[1:], strict=True):
            self._step(step, code, at)
        dossier = Dossier.objects.select_related("result").get(code=code)
        actors = {name: (actor.key, actor.name) for name, actor in self.actors.items()}
        return Reader(dossier, self.place, actors, stages).template(way)

    def _file(self, at: datetime) -> str:
        from tinhso.kernel.organisation.public import get_agency
        from tinhso.modules.onestop.actions import filing
        from tinhso.modules.onestop.models import Way
        from tinhso.modules.onestop.queries.services import get_service

        applicant = filing.Applicant(
            self.actors["applicant"].key, self.actors["applicant"].name, "049195009999", "0900009999"
        )

        def file(*, actor: Any, at: datetime) -> str:
            require(anyone, actor)
            return filing.open_dossier(
                get_service(self.place.service_code, at.date()),
                get_agency(self.place.agency, at.date()),
                applicant,
                way=Way.ONLINE,
                answers=birth_answers(at) if self.place.service_code == SERVICE else {},
                form=(SERVICE, 1) if self.place.service_code == SERVICE else ("", 0),
                actor=actor,
                at=at,
            ).code

        from tinhso.base.acts import act, anyone, require

        file.__module__, file.__qualname__ = filing.__name__, "file_application"
        return act(file)(actor=self.actors["applicant"], at=at)

    def _step(self, step: str, code: str, at: datetime) -> None:
        from tinhso.kernel.casework.public import open_tasks
        from tinhso.kernel.documents.public import prepare_made
        from tinhso.modules.onestop.actions import money, processing, reception, results, supplement
        from tinhso.modules.onestop.models import Dossier, MoneyState

        who = {name: {"actor": actor, "at": at} for name, actor in self.actors.items()}
        asked = [{"pointer": "", "component": "", "reason": "missing", "text": "Nộp bản rõ hơn"}]

        def accept() -> None:
            if reception.accept_dossier(code, **who["reception"]).money == MoneyState.DUE:
                money.take_payment(code, **who["reception"])

        def take() -> None:
            task = open_tasks(Dossier.objects.get(code=code).case_id)[0]
            processing.take_dossier(code, task.id, **who["processor"])

        def sign() -> None:
            result = results.number_result(code, **who["leader"])
            paper = results.SignedPaper(prepare_made(a_pdf(), name="x.pdf"), "", result.dossier.revision, result.number)
            results.keep_signed_result(code, paper, **who["leader"])

        {
            "accept": accept,
            "refuse": lambda: reception.refuse_dossier(code, reason="Không thuộc thẩm quyền", **who["reception"]),
            "withdraw": lambda: supplement.withdraw_dossier(code, reason="Rút để làm lại", **who["applicant"]),
            "assign": lambda: processing.assign_dossier(code, self.officer, **who["head"]),
            "take": take,
            "ask": lambda: supplement.ask_for_supplement(code, asked, **who["processor"]),
            "answer": lambda: supplement.answer_supplement(code, **who["applicant"]),
            "propose": lambda: processing.propose_result(code, **who["processor"]),
            "review": lambda: processing.pass_on(code, **who["head"]),
            "sign": sign,
            "issue": lambda: results.issue_result(code, **who["clerk"]),
            "return": lambda: reception.return_result(code, **who["reception"]),
        }[step]()
