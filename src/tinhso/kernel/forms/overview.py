"""The whole of an application: its list of tasks, and its answers to check, to read and to print."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tinhso.base.refusals import Fault
from tinhso.kernel.forms.asked import Scope, prune, root_scope
from tinhso.kernel.forms.definition import Field, FormDefinition
from tinhso.kernel.forms.lookups import remembering
from tinhso.kernel.forms.prefill import NO_PREFILL, Prefill
from tinhso.kernel.forms.validation import validate_all
from tinhso.kernel.forms.values import Files, show
from tinhso.kernel.forms.words import Words

State = Literal["todo", "doing", "fix", "done", "locked"]


@dataclass(frozen=True, slots=True)
class Task:
    """One step in the list of tasks; keys as the web component `task_list` wants them."""

    key: str
    title: Words
    state: State
    hint: str = ""
    text: str = ""

    def item(self, href: str) -> dict[str, Any]:
        """Return the row of the component."""
        row: dict[str, Any] = {"title": self.title, "state": self.state, "href": "" if self.state == "locked" else href}
        return row | ({"hint": self.hint} if self.hint else {}) | ({"text": self.text} if self.text else {})


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks under one heading."""

    title: Words
    tasks: list[Task] = field(default_factory=list)


def tasks(
    form: FormDefinition,
    data: Mapping[str, Any],
    *,
    on: date,
    visited: Collection[str] | None = None,
    to_mend: Collection[str] = (),
) -> list[TaskGroup]:
    """
    Return the steps that are asked, with how far each is.

    `visited`: steps that were saved at least once; a step without required questions is done once it was seen. None:
    a step counts as begun when it holds an answer.
    `to_mend`: steps that an officer asked to mend.
    """
    answers = prune(form, data, on=on)
    by_step: dict[str, list[Fault]] = {}
    for fault in validate_all(form, data, on=on):
        by_step.setdefault(fault.pointer.split("/")[1] if fault.pointer else "", []).append(fault)
    scope = root_scope(form, answers, on)
    done: set[str] = set()
    groups: list[TaskGroup] = []
    for step in form.steps:
        if not scope.allows(step.when):
            continue
        started = bool(data.get(step.key)) if visited is None else step.key in visited
        task = _task(step, by_step.get(step.key, []), started, set(step.after) - done, step.key in to_mend)
        if task.state == "done":
            done.add(step.key)
        group = next((each for each in groups if each.title == step.section), None)
        if group is None:
            groups.append(group := TaskGroup(step.section))
        group.tasks.append(task)
    return groups


def _task(step: Field, faults: Sequence[Fault], started: bool, waits: set[str], mend: bool) -> Task:
    wrong = [fault for fault in faults if fault.code not in {"required", "minItems"}]
    if mend:
        return Task(step.key, step.title, "fix")
    if waits:
        return Task(step.key, step.title, "locked", hint=_("Opens when the tasks before it are done"))
    if not started:
        return Task(step.key, step.title, "todo", hint=str(step.hint))
    if wrong:
        text = ngettext("Fix {n} answer", "Fix {n} answers", len(wrong)).format(n=len(wrong))
        return Task(step.key, step.title, "fix", text=text)
    return Task(step.key, step.title, "doing" if faults else "done")


def is_complete(form: FormDefinition, data: Mapping[str, Any], *, on: date) -> bool:
    """Tell whether nothing is missing or wrong any more."""
    return not validate_all(form, data, on=on)


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step: rows for the web component `summary_list`."""

    key: str
    title: str
    rows: list[dict[str, Any]]
    href: str = ""


@remembering()
def summary(
    form: FormDefinition,
    data: Mapping[str, Any],
    *,
    on: date,
    change: Callable[[str], str] | None = None,
    files: Files | None = None,
    empty: bool = False,
    prefill: Prefill = NO_PREFILL,
) -> list[Section]:
    """
    Return the answers by step, in the reader's language: to check before sending, to read, or to print.

    `change` gives the address that changes a step (rows get `href` with the id of the question); without it the
    answers are only read. `empty` also shows the questions that were left open; `prefill` keeps locked answers without
    an address, as they cannot be changed here.
    """
    answers = prune(form, data, on=on)
    writer = _Writer(on, files or {}, change, empty, prefill)
    scope = root_scope(form, answers, on)
    sections = []
    for step in form.steps:
        if scope.allows(step.when):
            rows = writer.rows(step, answers.get(step.key), f"/{step.key}", scope.within(answers.get(step.key)), "")
            if rows:
                sections.append(Section(step.key, str(step.title), rows, change(step.key) if change else ""))
    return sections


@dataclass(frozen=True, slots=True)
class _Writer:
    on: date
    files: Files
    change: Callable[[str], str] | None
    empty: bool
    prefill: Prefill

    def rows(self, group: Field, value: Any, pointer: str, scope: Scope, under: str) -> list[dict[str, Any]]:
        kept = value if isinstance(value, Mapping) else {}
        found: list[dict[str, Any]] = []
        for child in group.children:
            if not scope.allows(child.when):
                continue
            at, given = f"{pointer}/{child.key}", kept.get(child.key)
            if child.is_group:
                found += self.rows(child, given, at, scope.within(given), _joined(under, str(child.title)))
            elif child.is_repeat:
                found += self.entries(child, given, at, scope, under)
            else:
                found += self.row(child, given, at, under)
        return found

    def entries(self, question: Field, value: Any, at: str, scope: Scope, under: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        title = question.item_title or question.title
        for index, entry in enumerate(value if isinstance(value, list) else []):
            name = _joined(under, f"{title} {index + 1}")
            found += self.rows(question, entry, f"{at}/{index}", scope.within(entry, item=True), name)
        return found

    def row(self, question: Field, value: Any, at: str, under: str) -> list[dict[str, Any]]:
        words = show(question, value, on=self.on, files=self.files)
        if not words and not self.empty:
            return []
        row: dict[str, Any] = {
            "key": str(question.title),
            "under": under,
            "value": words or _("Not given"),
            "pointer": at,
        }
        locked = question.locked and self.prefill.value(question) is not None
        if self.change is not None and question.compute is None and not locked:
            row["href"] = f"{self.change(at.split('/')[1])}#{at.strip('/').replace('/', '-')}"
        return [row]


def _joined(under: str, title: str) -> str:
    return f"{under} · {title}" if under else title


def answers_document(
    form: FormDefinition,
    data: Mapping[str, Any],
    lang: str,
    *,
    on: date,
    files: Files | None = None,
    facts: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """
    Return what `pdf/form.typ` prints: titles, sections of rows, the declaration, all as plain words in `lang`.

    `facts` are printed as well when known: `to` (receiving agency), `place`, `signer`, `code` (of the dossier).
    """
    with translation.override(lang):
        return {
            "lang": lang,
            "title": str(form.title),
            "number": form.number,
            "procedure": form.procedure,
            "version": form.version,
            "sha256": form.sha256,
            "declaration": str(form.declaration),
            "sections": [
                {"title": section.title, "rows": [_printed(row) for row in section.rows]}
                for section in summary(form, data, on=on, files=files)
            ],
            "labels": {
                "to": _("To"),
                "signer": pgettext("signature", "Applicant"),
                "code": _("Dossier"),
                "sign": _("(Sign and write the full name)"),
                "printed": _("Printed from the answers given online; form version {version}").format(
                    version=form.version
                ),
            },
            "on": on.isoformat(),
            "facts": {key: str(value) for key, value in (facts or {}).items()},
        }


def _printed(row: Mapping[str, Any]) -> dict[str, str]:
    return {"key": row["key"], "under": row["under"], "value": row["value"]}
