"""Forms as a part of a province pack: `forms/<procedure code>.json`, with what they share in `forms/_common.json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.kernel.forms.actions import publish_forms, withdraw_forms
from tinhso.kernel.forms.definition import COMMON, Field, FormDefinition, Problem, build, examine
from tinhso.kernel.forms.models import FormVersion, Origin
from tinhso.kernel.forms.queries import load_form
from tinhso.kernel.organisation.pack import Change, Document, Fault, Pack, Unreadable

PART = "forms"
WRITTEN_HERE = _(
    "Version {version} of this form was written in the designer, and this file brings another text than the pack did before. "
    "Nothing is overwritten: take the file up as a draft in the designer, or put the designer's file in its place."
)


class FormLoader:
    """Checks, compares and publishes the forms of a pack."""

    def check(self, pack: Pack) -> Iterable[Fault]:
        """
        Return everything wrong with the forms, with file and line.

        Leaves in `pack.shared["forms"]` the code of each form with the dotted paths of its questions (None: it has faults).
        """
        faults: list[Fault] = []
        for name in _names(pack):
            try:
                document = pack.json(name)
                problems = examine(document.data, _common(pack))[1]
            except Unreadable as no:
                faults += no.faults
                continue
            faults += [_fault(document, problem) for problem in problems]
            faults += _wrong_code(document, name)
        whole = {form.code: paths_of(form) for form in _forms(pack)} if not faults else {}
        pack.shared[PART] = {_code(name): whole.get(_code(name)) for name in _names(pack)}
        for code, kept in _kept_here().items():
            # what is in force after the load is what other parts of the pack lean on
            pack.shared[PART][code] = paths_of(load_form(code, kept.version))
        return faults or list(_overwriting(pack))

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which forms would be added, replaced or ended."""
        kept = _kept_here()
        in_force = dict(
            FormVersion.objects.filter(withdrawn_at__isnull=True).exclude(code__in=kept).values_list("code", "sha256")
        )
        forms = [form for form in _forms(pack) if form.code not in kept]
        for form in forms:
            if in_force.get(form.code) != form.sha256:
                verb = "replace" if form.code in in_force else "add"
                yield Change(PART, verb, "form", form.code, form.title.vi)  # type: ignore[arg-type]
        for code in sorted(set(in_force) - {form.code for form in forms}):
            yield Change(PART, "end", "form", code)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Publish what changed and withdraw what the pack no longer has."""
        changes = list(self.plan(pack))
        wanted = {change.key for change in changes if change.verb != "end"}
        if wanted:
            publish_forms([form for form in _forms(pack) if form.code in wanted], actor=actor, at=at)
        gone = [change.key for change in changes if change.verb == "end"]
        if gone:
            withdraw_forms(gone, actor=actor, at=at)


def _kept_here() -> dict[str, FormVersion]:
    """Return the forms in force that were written in the designer, by code: no load replaces or ends them."""
    found = FormVersion.objects.filter(withdrawn_at__isnull=True, origin=Origin.PAGE).defer("schema")
    return {row.code: row for row in found}


def _overwriting(pack: Pack) -> Iterator[Fault]:
    """Return the files that changed since the load before, while somebody changed the same form in the designer."""
    kept = _kept_here()
    if not kept:
        return
    loaded: dict[str, str] = dict(
        FormVersion.objects.filter(code__in=kept, origin=Origin.PACK).order_by("version").values_list("code", "sha256")
    )
    for form in _forms(pack):
        here = kept.get(form.code)
        if here is not None and form.sha256 not in (here.sha256, loaded.get(form.code)):
            document = pack.json(f"{PART}/{form.code}.json")
            yield document.fault("/title", WRITTEN_HERE, version=here.version)


def paths_of(form: FormDefinition) -> frozenset[str]:
    """Return the dotted paths of the steps, groups and questions of a form."""
    return frozenset(_paths(form.steps, ""))


def _paths(fields: Iterable[Field], above: str) -> Iterator[str]:
    for field in fields:
        yield f"{above}{field.key}"
        if field.is_group:
            yield from _paths(field.children, f"{above}{field.key}.")


def _names(pack: Pack) -> list[str]:
    return [name for name in pack.files(f"{PART}/*.json") if PurePosixPath(name).name != COMMON]


def _code(name: str) -> str:
    return PurePosixPath(name).name.removesuffix(".json")


def _common(pack: Pack) -> dict[str, Any]:
    name = f"{PART}/{COMMON}"
    data = pack.json(name).data if pack.has(name) else {}
    return data if isinstance(data, dict) else {}


def _forms(pack: Pack) -> Iterator[FormDefinition]:
    for name in _names(pack):
        yield build(_code(name), 0, examine(pack.json(name).data, _common(pack))[0])


def _fault(document: Document, problem: Problem) -> Fault:
    return document.fault(problem.pointer, lazystr(problem))


def _wrong_code(document: Document, name: str) -> list[Fault]:
    data = document.data
    if isinstance(data, dict) and data.get("x-procedure") and data["x-procedure"] != _code(name):
        problem = Problem(("x-procedure",), "procedure")
        return [_fault(document, problem)]
    return []
