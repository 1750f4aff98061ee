"""
What keeps a pack's procedures from being loaded, each fault with its file and line.

Whatever would let a procedure be offered and then fail whoever files it, is found here: an agency that does not stand, a
case that is not declared, a time that cannot be counted, a fee that nobody said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import registry
from tinhso.kernel.casework.public import NoAgency, ResultTemplate, check_places, places_of
from tinhso.kernel.organisation.pack import Document, Fault, Pack, Said, Unreadable, as_date, check_schema
from tinhso.law.answer import NoAnswer
from tinhso.law.fees import FeeRule, MalformedFeeRule, read_fee_rule
from tinhso.law.later_fees import Holds, read_later_fees
from tinhso.law.online_service import NoReason, may_be_offline
from tinhso.law.working_time import Limit, Unit
from tinhso.modules.catalogue.actions.files import EVENTS_FILE, SYNONYMS_FILE, local_files, read_facts
from tinhso.modules.catalogue.actions.linked import check_linked
from tinhso.modules.catalogue.actions.local import LIFE_EVENTS, LOCAL, SYNONYMS
from tinhso.modules.catalogue.queries.procedures import in_force

IN_FILE = _("Procedure {code} is already in {other}. Keep one.")
WORKED_TWICE = _("A central system works this procedure, so it has no {what} here. Take one of them out.")
GIVEN_TWICE = _("“{key}” is given twice here. Keep one.")
NO_FACTS = _("Procedure {code} has no national facts and no name. Import it, or write its name and field here.")
NO_FORM = _("Form {form} is not in the pack.")
FORM_IN_USE = _(
    "Until {day} the version loaded before is in force and asks by form {form}, which is not in the pack. Keep it until then."
)
NO_FLOW = _("Flow {flow} is not in the pack.")
NO_PLACE = _("Flow {flow} has no place “{place}”. It has: {known}.")
NO_TEMPLATE = _("There is no result template {template}. There are: {known}.")
NO_QUESTION = _("Form {form} has no question {path}.")
NO_PAPER = _("The procedure has no paper “{paper}” that could show it. Its papers: {known}.")
NO_HOLD = _("Several agencies settle it at once, so the work cannot stand for one fee. Write “result” or “nothing”.")
PAPER_OF_ALL = _("Everybody must bring “{paper}”, so that it shows no group. Name a paper that is not required.")
NO_AGENCY = _("No agency {code} stands on {day}. See organisation/agencies.csv.")
NO_SUCH_AGENCY = _("No agency of level “{level}” and kind “{kind}” stands on {day}. See organisation/agencies.csv.")
NO_DESK = _("No one-stop desk receives for {agency}. Name one in its row, or above it, in organisation/agencies.csv.")
NO_DIVISION = _("No division of the competent agency works in the field “{field}”. Fields there: {known}.")
NO_BESIDE = _("No agency of the field “{field}” serves the unit of {agency}, or one above it.")
NO_CASE = _("There is no case “{case}”. Cases of this procedure: {known}.")
NO_FEE = _(
    "It can be filed here, so its fee must be said. Add “fee”; for what costs nothing “fee: {free: true, source: …}”."
)
BAD_FEE = _("The fee rule is wrong: {why}")
UNKNOWN = _("Life event {event} names {code}, which is not in the pack.")
GIVEN_PLACES = ("desk", "office", "agency")
"""The places of a flow that the one-stop shop fills; `agency.roles` names further ones."""
RECEIVING = ("desk", "centre")
"""Kinds of agencies that receive themselves."""
COMMITTEE = "committee"
BESIDE = "unit:"
"""Before a field in `agency.roles`: the agency of the field that serves the competent agency's unit, or one above it."""


def check_procedures(pack: Pack) -> Iterator[Fault]:
    """Return every fault of `procedures/`."""
    facts, faults = read_facts(pack)
    yield from faults
    codes, seen = set(facts), dict[str, str]()
    for name in local_files(pack):
        try:
            document = pack.yaml(name)
        except Unreadable as no:
            yield from no.faults
            continue
        found = list(check_schema(document, LOCAL))
        yield from found
        code = str(document.data.get("code", "")) if isinstance(document.data, dict) else ""
        codes.add(code)
        if not found:
            if (other := seen.setdefault(code, name)) != name:
                yield document.fault("/code", IN_FILE, code=code, other=other)
            yield from _offline(document, pack)
            yield from check_local(document, pack, facts)
    if pack.has(SYNONYMS_FILE):
        yield from check_schema(pack.yaml(SYNONYMS_FILE), SYNONYMS)
    if pack.has(EVENTS_FILE):
        yield from _check_events(pack.yaml(EVENTS_FILE), codes)


def check_local(document: Document, pack: Pack, facts: Mapping[str, Any]) -> Iterator[Fault]:
    """Return every fault of the well-formed file of one procedure, against everything else that stands."""
    yield from _central(document)
    yield from _Local(document, pack, facts).check()


def _central(document: Document) -> Iterator[Fault]:
    """Return procedures that are said to be worked by a central system and here as well."""
    both = [name for name in ("flow", "form", "linked") if document.data.get(name)]
    if document.data.get("central") and both:
        yield document.fault("/central", WORKED_TWICE, what=", ".join(both))


def _offline(document: Document, pack: Pack) -> Iterator[Fault]:
    """Return procedures worked here that are not fully online and do not say why, where the pack says it goes by that law."""
    data = document.data
    if pack.reform is None or not pack.reform.procedures or not data.get("flow"):
        return
    try:
        may_be_offline(data.get("online", "none"), data.get("offline", {}).get("reason", ""), pack.today)
    except NoReason as no:
        yield document.fault("/online", Said(no))


def can_be_counted(way: Mapping[str, Any]) -> bool:
    """Tell whether the time limit of a way of filing can be reckoned."""
    try:
        _limit(way).check()
    except NoAnswer:
        return False
    return True


def _limit(way: Mapping[str, Any]) -> Limit:
    if way.get("amount") is None:
        return Limit(0, Unit.UNSPECIFIED)
    return Limit(Decimal(str(way["amount"])), Unit.from_portal(way.get("unit")))


def _check_events(events: Document, codes: set[str]) -> Iterator[Fault]:
    found = list(check_schema(events, LIFE_EVENTS))
    yield from found
    if found:
        return
    yield from _twice(events, "", events.data, "code")
    for index, event in enumerate(events.data):
        for place, code in enumerate(event.get("procedures", [])):
            if code not in codes:
                yield events.fault(f"/{index}/procedures/{place}", UNKNOWN, event=event["code"], code=code)


def _twice(document: Document, above: str, rows: Iterable[Mapping[str, Any]], *keys: str) -> Iterator[Fault]:
    """Return the rows whose keys together are those of a row before."""
    seen = set[tuple[str, ...]]()
    for index, row in enumerate(rows):
        key = tuple(row.get(name, "") for name in keys)
        if key in seen:
            yield document.fault(f"{above}/{index}/{keys[0]}", GIVEN_TWICE, key=" ".join(filter(None, key)))
        seen.add(key)


class _Local:
    """The file of one procedure, well-formed, against everything else that the pack holds."""

    def __init__(self, document: Document, pack: Pack, facts: Mapping[str, Any]) -> None:
        self.document, self.pack, self.facts = document, pack, facts
        self.local: dict[str, Any] = document.data
        self.rule: dict[str, Any] = self.local.get("agency", {})
        self.day: date = max(pack.today, as_date(self.local.get("valid_from", "")) or pack.today)
        """The first day on which these terms can be asked for."""

    def check(self) -> Iterator[Fault]:
        """Return every fault."""
        local = self.local
        if local["code"] not in self.facts and not (local.get("name") and local.get("field")):
            yield self.document.fault("/code", NO_FACTS, code=local["code"])
        yield from self._check_form()
        yield from self._check_flow()
        yield from self._check_agency()
        yield from self._check_roles()
        yield from self._check_template()
        yield from self._check_rows()
        yield from check_linked(self.document, self.pack)
        if "fee" in local:
            yield from self._check_fee()
        elif local.get("agency") and local.get("flow"):
            yield self.document.fault("/flow", NO_FEE)

    def _check_form(self) -> Iterator[Fault]:
        forms, form = self.pack.shared.get("forms"), self.local.get("form")
        if forms is None:
            return
        if form and form not in forms:
            yield self.document.fault("/form", NO_FORM, form=form)
        if self.day > self.pack.today:
            # the load withdraws at once the forms that the pack no longer has
            standing = in_force(self.pack.today).filter(code=self.local["code"]).first()
            used = standing.local.get("form", "") if standing else ""
            if used and used not in forms:
                yield self.document.fault("/valid_from", FORM_IN_USE, form=used, day=self.day.isoformat())

    def _check_flow(self) -> Iterator[Fault]:
        flows, flow = self.pack.shared.get("flows"), self.local.get("flow")
        if flows is None or not flow:
            return
        if flow not in flows:
            yield self.document.fault("/flow", NO_FLOW, flow=flow)
            return
        known, roles = places_of(flows[flow]), self.rule.get("roles", {})
        for role in roles:
            if role not in known:
                yield self.document.fault(
                    f"/agency/roles/{role}", NO_PLACE, flow=flow, place=role, known=", ".join(sorted(known))
                )
        try:
            check_places(flows[flow], {place: place for place in (*GIVEN_PLACES, *roles)}, {})
        except NoAgency as no:
            yield self.document.fault("/flow", lazystr(no))

    def _check_agency(self) -> Iterator[Fault]:
        """Check that there is somebody to settle it, and a desk that receives for them."""
        if not self.rule or "agencies_on" not in self.pack.shared:
            return
        standing, competent, facts = self._standing(), self._competent(), {"day": self.day.isoformat()}
        if not competent and self.rule.get("code"):
            yield self.document.fault("/agency/code", NO_AGENCY, code=self.rule["code"], **facts)
        elif not competent:
            kind = self.rule.get("kind") or COMMITTEE
            yield self.document.fault("/agency", NO_SUCH_AGENCY, level=self.rule["level"], kind=kind, **facts)
        without = [code for code in competent if not _has_desk(code, standing)]
        if without:
            yield self.document.fault("/agency", NO_DESK, agency=without[0])

    def _check_roles(self) -> Iterator[Fault]:
        if "agencies_on" not in self.pack.shared:
            return
        standing, competent = self._standing(), self._competent()
        fields = {row["field"] for row in standing.values() if row["field"] and row["parent"] in competent}
        for place, wanted in self.rule.get("roles", {}).items():
            field = wanted.removeprefix("field:")
            pointer = f"/agency/roles/{place}"
            if wanted.startswith(BESIDE):
                field = wanted.removeprefix(BESIDE)
                without = [code for code in sorted(competent) if not _has_beside(code, field, standing)]
                if without:
                    yield self.document.fault(pointer, NO_BESIDE, field=field, agency=without[0])
            elif field != wanted and competent and field not in fields:
                yield self.document.fault(pointer, NO_DIVISION, field=field, known=", ".join(sorted(fields)) or "—")
            elif field == wanted and wanted not in standing:
                yield self.document.fault(pointer, NO_AGENCY, code=wanted, day=self.day.isoformat())

    def _standing(self) -> dict[str, Any]:
        kept: dict[date, dict[str, Any]] = self.pack.shared.setdefault("catalogue.agencies", {})
        if self.day not in kept:
            kept[self.day] = self.pack.shared["agencies_on"](self.day)
        return kept[self.day]

    def _competent(self) -> set[str]:
        rule, standing = self.rule, self._standing()
        if rule.get("code"):
            return {rule["code"]} & set(standing)
        fitting = (rule.get("level"), rule.get("kind") or COMMITTEE)
        return {code for code, row in standing.items() if (row["level"], row["kind"]) == fitting}

    def _check_template(self) -> Iterator[Fault]:
        known = sorted(template.key for template in registry.of(ResultTemplate))
        wanted = self.local.get("result_template", "")
        if wanted and wanted.rpartition("/")[2] not in known:
            yield self.document.fault("/result_template", NO_TEMPLATE, template=wanted, known=", ".join(known))

    def _check_rows(self) -> Iterator[Fault]:
        """Check what is listed: cases, papers and ways, each once, for a case that there is, in countable time."""
        document, local = self.document, self.local
        for name, keys in (("cases", ("code",)), ("components", ("code",)), ("ways", ("way", "case"))):
            yield from _twice(document, f"/{name}", local.get(name, []), *keys)
        for name in ("components", "ways"):
            for index, row in enumerate(local.get(name, [])):
                yield from self._check_case(f"/{name}/{index}/case", row.get("case", ""))
        for index, way in enumerate(local.get("ways", [])):
            try:
                _limit(way).check()
            except NoAnswer as no:
                yield document.fault(f"/ways/{index}/amount", Said(no))

    def _check_case(self, pointer: str, case: str) -> Iterator[Fault]:
        known = [row["code"] for row in self.local.get("cases", [])]
        if case and case not in known:
            yield self.document.fault(pointer, NO_CASE, case=case, known=", ".join(known) or "—")

    def _check_fee(self) -> Iterator[Fault]:
        """Check the rule of the fee, the cases it is for and the answers of the form that it counts by."""
        fee = self.local["fee"]
        try:
            rule = read_fee_rule(fee)
            later = read_later_fees(fee)
        except MalformedFeeRule as no:
            yield self.document.fault(f"/fee{no.facts['pointer'].rstrip('/')}", BAD_FEE, why=Said(no.facts["why"]))
            return
        for n, one in enumerate(later):
            if one.holds is Holds.WORK and "linked" in self.local:
                yield self.document.fault(f"/fee/later/{n}/holds", NO_HOLD)
        for n, item in enumerate(rule.items):
            for m, amount in enumerate(item.amounts):
                pointer = f"/fee/items/{n}/amounts/{m}/case" if "items" in fee else "/fee/case"
                yield from self._check_case(pointer, amount.case)
            for m, exempt in enumerate(item.exemptions):
                yield from self._check_evidence(f"/fee/items/{n}/exempt/{m}/evidence", exempt.evidence)
        yield from self._check_questions(rule)

    def _check_evidence(self, pointer: str, papers: Sequence[str]) -> Iterator[Fault]:
        """See that the papers that show a group are papers of the procedure, and that nobody else must bring them."""
        known = {row["code"]: row for row in self.local.get("components", [])}
        for place, code in enumerate(papers):
            if code not in known:
                yield self.document.fault(f"{pointer}/{place}", NO_PAPER, paper=code, known=", ".join(known) or "—")
            elif known[code].get("required"):
                yield self.document.fault(f"{pointer}/{place}", PAPER_OF_ALL, paper=code)

    def _check_questions(self, rule: FeeRule) -> Iterator[Fault]:
        form = self.local.get("form", "")
        paths = (self.pack.shared.get("forms") or {}).get(form)
        if paths is None:
            return
        asked = {
            f"/fee/items/{n}/{key}": getattr(item, key)
            for n, item in enumerate(rule.items)
            for key in ("quantity", "only_if")
        }
        for pointer, path in {**asked, "/fee/group_answer": rule.group_answer}.items():
            if path and path not in paths:
                yield self.document.fault(pointer, NO_QUESTION, form=form, path=path)


def _has_desk(code: str, standing: Mapping[str, Any]) -> bool:
    """Tell whether an agency receives itself, or it or one above it names a desk that stands."""
    if standing[code]["kind"] in RECEIVING:
        return True
    while code in standing:
        if standing[code]["desk"]:
            return standing[code]["desk"] in standing
        code = standing[code]["parent"]
    return False


def _has_beside(code: str, field: str, standing: Mapping[str, Any]) -> bool:
    """Tell whether an agency of a field serves the unit of another one, or a unit above it."""
    serving = {(row["level"], row["unit_code"]) for row in standing.values() if row["field"] == field}
    while code in standing:
        if standing[code]["unit_code"] and (standing[code]["level"], standing[code]["unit_code"]) in serving:
            return True
        code = standing[code]["parent"]
    return False
